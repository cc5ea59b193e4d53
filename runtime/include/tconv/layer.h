// SPDX-License-Identifier: Apache-2.0
/// \file
/// A transposed-convolution layer, reduced to what a kernel needs to know.
///
/// Sources of the semantics: TensorFlow 2.21 (tf.nn.conv1d_transpose, conv2d_transpose, atrous_conv2d_transpose and
/// conv3d_transpose), Keras 3.15 (keras.ops.conv_transpose, keras.layers.Conv1DTranspose, Conv2DTranspose and
/// Conv3DTranspose), PyTorch 2 (torch.nn.ConvTranspose1d, 2d and 3d) and ONNX opset 22 (ConvTranspose).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tconv/activation.h"
#include "tconv/element_types.h"
#include "tconv/geometry.h"

namespace tconv {

enum class Op {
    kConv1dTranspose,
    kConv2dTranspose,
    kAtrousConv2dTranspose,
    kConv3dTranspose,
    kKerasConvTranspose,
    kKerasConv1DTranspose,
    kKerasConv2DTranspose,
    kKerasConv3DTranspose,
    kConvTranspose,  ///< explicit crops: PyTorch and ONNX
};
enum class Layout { kChannelsLast, kChannelsFirst };

/// Elements between neighbours of a dense filter along each of its axes.
struct FilterStrides {
    std::array<int64_t, 3> tap{1, 1, 1};  ///< z, y, x
    int64_t out_channel = 1;
    int64_t in_channel = 1;
};

/// An argument as the layer's file states it: the key and its JSON.
struct StatedArgument {
    std::string key;
    std::string value;
};

/// Files of trained weights; absolute, or relative to the working directory.
struct WeightFiles {
    std::string filter;
    std::string bias;  ///< empty without bias
};

/// Into Layer::axes.
constexpr int kZ = 0, kY = 1, kX = 2;

/// A validated layer. Tensors are dense in the order of `layout`:
/// input [batch, spatial..., in_channels], output [batch, spatial..., out_channels] (channels second in
/// channels_first), filter [kernel..., out_channels, in_channels] unless filter_order says otherwise, bias
/// [out_channels]. No tensor exceeds 2^31 - 1 elements.
struct Layer {
    std::string name;  ///< a C identifier
    Op op = Op::kKerasConvTranspose;
    ElementTypes types;  ///< of a layer file: its one `dtype`
    Layout layout = Layout::kChannelsLast;
    int spatial_rank = 2;  ///< 1, 2 or 3
    int64_t batch = 1;     ///< may be 0
    int64_t in_channels = 1;
    int64_t out_channels = 1;
    /// z, y, x: the last spatial_rank entries are the layer's; the leading ones are Axis{} (extent 1).
    std::array<Axis, 3> axes;
    /// The filter's axes, outermost first: D, H and W (those that the layer has) are spatial, O and I are channels.
    /// "HWOI" is TensorFlow's and Keras', "IOHW" PyTorch's and ONNX'. Empty: the former.
    std::string filter_order;
    bool bias = false;
    Activation activation;
    std::vector<float> slopes;  ///< of kPrelu, [out_channels]
    std::string slopes_file;    ///< that they were read from; empty where a list states them
    bool strict_nonfinite = false;
    double max_error_growth = 2.0;
    std::optional<int64_t> max_workspace_bytes;  ///< as given; workspace_limit() is what holds
    std::optional<WeightFiles> weights;
    std::vector<StatedArgument> arguments;  ///< of the operator, as a file states them; none of a call
    std::optional<int64_t> flops;           ///< `flops` of a benchmark entry, as given

    /// What a cell of an output channel meets: of kPrelu the leaky_relu with the channel's slope.
    Activation activation_of(int64_t channel) const;
    std::vector<int64_t> input_shape() const;   ///< in the order of layout
    std::vector<int64_t> output_shape() const;  ///< in the order of layout
    std::vector<int64_t> filter_shape() const;  ///< in the order of filter_order
    FilterStrides filter_strides() const;
    std::string filter_layout() const;  ///< filter_order, or the default in its place
    /// "the spatial extents, out channels, in channels": what the filter's axes are.
    std::string filter_axes() const;
    int64_t input_elements() const;
    int64_t output_elements() const;
    int64_t filter_elements() const;
    int64_t bias_elements() const;  ///< 0 without bias
    /// Of the dense tensors.
    int64_t input_bytes() const;
    int64_t output_bytes() const;
    int64_t filter_bytes() const;
    int64_t bias_bytes() const;
    /// "float32": the `dtype` of a layer file. Types that differ are joined, input:filter:accumulate:output.
    std::string dtype() const;
    bool has_cells() const;  ///< no spatial extent of the input is 0; if one is, the output is activation(bias)
    /// The most scratch that a library of this layer may ask of its caller: what the file says, else the larger of 32 MB and
    /// input plus output.
    int64_t workspace_limit() const;
    /// Multiply-adds inside the image, 2 flops each: what the layer really needs.
    int64_t useful_macs() const;
    /// One word that names the whole problem, e.g. "n1ci64i28x28co32k4x4s2x2d1x1p1x1o56x56:f32:last:bias:relu".
    std::string workload() const;
};

/// "HWOI" of 2 spatial axes, "WOI" of 1, "DHWOI" of 3.
std::string default_filter_order(int spatial_rank);

const char *to_string(Op op);
const char *to_string(Layout layout);

}  // namespace tconv
