// SPDX-License-Identifier: Apache-2.0
/// \file
/// A transposed-convolution layer, reduced to what a kernel needs to know.
///
/// Sources of the semantics: TensorFlow 2.21 (tf.nn.conv2d_transpose, tf.nn.atrous_conv2d_transpose,
/// tf.nn.conv3d_transpose) and Keras 3.15 (keras.ops.conv_transpose, keras.layers.Conv1DTranspose, Conv2DTranspose and
/// Conv3DTranspose).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tconv/element_types.h"
#include "tconv/geometry.h"

namespace tconv {

enum class Op {
    kConv2dTranspose,
    kAtrousConv2dTranspose,
    kConv3dTranspose,
    kKerasConvTranspose,
    kKerasConv1DTranspose,
    kKerasConv2DTranspose,
    kKerasConv3DTranspose,
};
enum class Layout { kChannelsLast, kChannelsFirst };
/// keras.activations of these names; kNone is "linear", kSilu also "swish", kHardSilu also "hard_swish". Elementwise but
/// for kSoftmax, which runs over the last axis of the tensor, in either layout.
enum class Activation {
    kNone,
    kRelu,
    kRelu6,
    kLeakyRelu,
    kElu,
    kSelu,
    kCelu,
    kGelu,
    kSoftplus,
    kSoftsign,
    kSilu,
    kMish,
    kSigmoid,
    kTanh,
    kExponential,
    kHardSigmoid,
    kHardSilu,
    kSoftmax,
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
/// channels_first), filter [kernel..., out_channels, in_channels], bias [out_channels]. No tensor exceeds
/// 2^31 - 1 elements.
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
    bool bias = false;
    Activation activation = Activation::kNone;
    bool strict_nonfinite = false;
    double max_error_growth = 2.0;
    std::optional<int64_t> max_workspace_bytes;  ///< as given; workspace_limit() is what holds
    std::optional<WeightFiles> weights;
    std::optional<int64_t> flops;  ///< `flops` of a benchmark entry, as given

    std::vector<int64_t> input_shape() const;   ///< in the order of layout
    std::vector<int64_t> output_shape() const;  ///< in the order of layout
    std::vector<int64_t> filter_shape() const;
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

const char *to_string(Op op);
const char *to_string(Layout layout);
const char *to_string(Activation activation);

}  // namespace tconv
