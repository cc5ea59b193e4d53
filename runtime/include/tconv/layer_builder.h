// SPDX-License-Identifier: Apache-2.0
/// \file
/// Makes layers from numbers, without a file, for programs that know a layer from elsewhere; what it checks last, every
/// reader of files checks last. What frameworks mean by padding has become crops and output extents by then (geometry.h):
///
///     // PyTorch: ConvTranspose2d(8, 16, 3, stride=2, padding=1, output_padding=1) on [1, 8, 10, 12]
///     const tconv::Expected<tconv::Layer> layer = tconv::LayerBuilder()
///                                                     .name("up1")
///                                                     .layout(tconv::Layout::kChannelsFirst)
///                                                     .input({1, 8, 10, 12})
///                                                     .filter({8, 16, 3, 3}, "IOHW")
///                                                     .strides({2, 2})
///                                                     .crops({1, 1}, {0, 0})
///                                                     .bias(true)
///                                                     .activation({tconv::Activation::kLeakyRelu, 0.01f})
///                                                     .build();
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tconv/layer.h"
#include "tconv/status.h"

namespace tconv {

/// Lists have one entry for each spatial axis, outermost first. Nothing is checked before build().
class LayerBuilder {
public:
    LayerBuilder &name(std::string name);             ///< a C identifier; "layer" without it
    LayerBuilder &op(Op label);                       ///< what is printed; without effect on what is computed
    LayerBuilder &layout(Layout layout);              ///< of input and output; channels_last without it
    LayerBuilder &input(std::vector<int64_t> shape);  ///< in the order of layout(); required
    /// The dense filter's shape, and what its axes are (Layer::filter_order), any permutation. Required.
    LayerBuilder &filter(std::vector<int64_t> shape, std::string order = "");
    LayerBuilder &strides(std::vector<int64_t> strides);      ///< >= 1; 1 without it
    LayerBuilder &dilations(std::vector<int64_t> dilations);  ///< >= 1; 1 without it
    /// Cells of the full output, (input - 1)*stride + (kernel - 1)*dilation + 1, that are left out before the first and
    /// behind the last. `after` may be negative: so many cells more, which hold bias, fewer than the larger of stride and
    /// dilation. None without it.
    LayerBuilder &crops(std::vector<int64_t> before, std::vector<int64_t> after);
    /// The same by the output's extents, in place of what is left out behind the last.
    LayerBuilder &output(std::vector<int64_t> extents, std::vector<int64_t> crops_before);
    LayerBuilder &groups(int64_t groups);  ///< 1: others are not supported yet
    LayerBuilder &bias(bool bias);
    LayerBuilder &activation(Activation activation);  ///< any but kPrelu
    LayerBuilder &prelu(std::vector<float> slopes);   ///< one for each output channel, or one
    LayerBuilder &weights(WeightFiles files);
    LayerBuilder &strict_nonfinite(bool strict);
    LayerBuilder &max_error_growth(double growth);     ///< >= 1
    LayerBuilder &max_workspace_bytes(int64_t bytes);  ///< >= 0

    /// The layer, or what is wrong: argument, value, rule. An output has at least 0 cells along each axis.
    Expected<Layer> build() const;

private:
    Status check_lists() const;
    Status check_channels(const Layer &layer) const;
    void place(Layer &layer) const;

    Layer layer_;
    std::vector<int64_t> input_, filter_, strides_, dilations_, before_, after_, output_;
    int64_t groups_ = 1;
};

}  // namespace tconv
