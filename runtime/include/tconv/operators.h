// SPDX-License-Identifier: Apache-2.0
/// \file
/// The operators as functions over tensor views, under the names and with the arguments of the originals:
///
///     tf.nn.conv1d_transpose            tconv::nn::conv1d_transpose
///     tf.nn.conv2d_transpose            tconv::nn::conv2d_transpose
///     tf.nn.atrous_conv2d_transpose     tconv::nn::atrous_conv2d_transpose
///     tf.nn.conv3d_transpose            tconv::nn::conv3d_transpose
///     keras.ops.conv_transpose          tconv::keras::ops::conv_transpose
///     keras.layers.Conv2DTranspose      tconv::keras::layers::Conv2DTranspose
///     PyTorch, ONNX ConvTranspose       tconv::conv_transpose
///
///     tconv::nn::Conv2dTransposeArguments arguments;
///     arguments.output_shape = {1, 64, 64, 32};
///     arguments.strides = 2;
///     const tconv::Status status = tconv::nn::conv2d_transpose(x, filters, arguments, y);
///
/// or, in C++20, `conv2d_transpose(x, filters, {.output_shape = {1, 64, 64, 32}, .strides = 2}, y)`. Tensors are
/// parameters, everything else that the original takes is a field of an argument structure, which starts with the
/// original's defaults. Beside the function itself there are NAME_shape, the shape of its result, and NAME_plan, a plan
/// (plan.h) that packs the filter once and is then run on any number of inputs of that shape; the function itself makes
/// a plan and drops it. That costs what copying the filter into fresh memory costs, at most twice as much: little where
/// an input has thousands of pixels, most of the time where it has a few. The threads of `parallel_for` pack as well as
/// compute. A filter whose view is not dense is first copied, by one thread.
///
/// Shapes count elements, in the order of data_format; filters are [spatial..., out_channels, in_channels] in every
/// layout, but for conv_transpose, and a view of them may have strides. Outputs are the caller's: dense or strided, of exactly the shape that
/// NAME_shape says, not overlapping an input. Nothing is kept of a view after the function returns. Only the batch may
/// be 0. Limits: kernel_size and stride 65536, 2^31 - 1 elements in a tensor.
///
/// Errors are those of the same call in a file for `tconv run`, word for word: one line "argument = value: rule", where
/// the tensors are called `input`, `filter` and `bias`. All functions are thread-safe, and throw nothing of their own.
///
/// Sources of the semantics: TensorFlow 2.21, Keras 3.15, PyTorch 2 and ONNX opset 22. What their CPU kernels refuse although the documentation
/// allows it (dilations, channels-first layouts) is computed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "tconv/arguments.h"
#include "tconv/plan.h"
#include "tconv/status.h"

namespace tconv {

namespace nn {

/// tf.nn.conv1d_transpose(input, filters, output_shape, strides, padding='SAME', data_format='NWC', dilations=None,
/// name=None).
struct Conv1dTransposeArguments {
    Shape output_shape = {};       ///< [batch, width, out_channels] in the order of data_format; required
    IntOrList strides = {};        ///< an integer or a list of 1 or 3, >= 1; None: 1
    std::string padding = "SAME";  ///< "SAME" or "VALID"
    std::optional<std::string> data_format = "NWC";  ///< "NWC" or "NCW"; none: "NWC"
    IntOrList dilations = {};                        ///< like strides
    std::optional<std::string> name = {};            ///< without effect
    Epilogue epilogue = {};
};

/// tf.nn.conv2d_transpose(input, filters, output_shape, strides, padding='SAME', data_format='NHWC', dilations=None,
/// name=None).
struct Conv2dTransposeArguments {
    Shape output_shape = {};     ///< [batch, height, width, out_channels] in the order of data_format; required
    IntOrList strides = {};      ///< an integer or a list of 1, 2 or 4, >= 1; None: 1
    TfPadding padding = "SAME";  ///< "SAME", "VALID" or pairs, e.g. {{0, 0}, {1, 1}, {1, 1}, {0, 0}}
    std::optional<std::string> data_format = "NHWC";  ///< "NHWC" or "NCHW"; none: "NHWC"
    IntOrList dilations = {};                         ///< like strides
    std::optional<std::string> name = {};             ///< without effect
    Epilogue epilogue = {};
};

/// tf.nn.atrous_conv2d_transpose(value, filters, output_shape, rate, padding, name=None). NHWC only.
struct AtrousConv2dTransposeArguments {
    Shape output_shape = {};                  ///< [batch, height, width, out_channels]; required
    std::optional<int64_t> rate = {};         ///< >= 1; required
    std::optional<std::string> padding = {};  ///< "SAME" or "VALID"; required
    std::optional<std::string> name = {};     ///< without effect
    Epilogue epilogue = {};
};

/// tf.nn.conv3d_transpose(input, filters, output_shape, strides, padding='SAME', data_format='NDHWC', dilations=None,
/// name=None).
struct Conv3dTransposeArguments {
    Shape output_shape = {};  ///< [batch, depth, height, width, out_channels] in the order of data_format; required
    IntOrList strides = {};   ///< an integer or a list of 1, 3 or 5, >= 1; required
    std::string padding = "SAME";                      ///< "SAME" or "VALID"
    std::optional<std::string> data_format = "NDHWC";  ///< "NDHWC" or "NCDHW"; none: "NDHWC"
    IntOrList dilations = {};                          ///< like strides; None: 1
    std::optional<std::string> name = {};              ///< without effect
    Epilogue epilogue = {};
};

/// `input` is [batch, width, in_channels] in the order of data_format, `filters` [width, out_channels, in_channels].
Status conv1d_transpose(const TensorView &input, const TensorView &filters, const Conv1dTransposeArguments &arguments,
                        const MutableTensorView &output, const ParallelFor &parallel_for = {});
Expected<Plan> conv1d_transpose_plan(const Shape &input, const TensorView &filters,
                                     const Conv1dTransposeArguments &arguments, const PlanOptions &options = {});
Expected<Shape> conv1d_transpose_shape(const Shape &input, const Shape &filters,
                                       const Conv1dTransposeArguments &arguments);

/// `input` (also called `value`) is [batch, height, width, in_channels] in the order of data_format, `filters` (also
/// called `filter`) [height, width, out_channels, in_channels].
Status conv2d_transpose(const TensorView &input, const TensorView &filters, const Conv2dTransposeArguments &arguments,
                        const MutableTensorView &output, const ParallelFor &parallel_for = {});
Expected<Plan> conv2d_transpose_plan(const Shape &input, const TensorView &filters,
                                     const Conv2dTransposeArguments &arguments, const PlanOptions &options = {});
Expected<Shape> conv2d_transpose_shape(const Shape &input, const Shape &filters,
                                       const Conv2dTransposeArguments &arguments);

/// `value` (called `input` in messages) is [batch, height, width, in_channels].
Status atrous_conv2d_transpose(const TensorView &value, const TensorView &filters,
                               const AtrousConv2dTransposeArguments &arguments, const MutableTensorView &output,
                               const ParallelFor &parallel_for = {});
Expected<Plan> atrous_conv2d_transpose_plan(const Shape &value, const TensorView &filters,
                                            const AtrousConv2dTransposeArguments &arguments,
                                            const PlanOptions &options = {});
Expected<Shape> atrous_conv2d_transpose_shape(const Shape &value, const Shape &filters,
                                              const AtrousConv2dTransposeArguments &arguments);

/// `input` is [batch, depth, height, width, in_channels] in the order of data_format, `filters`
/// [depth, height, width, out_channels, in_channels].
Status conv3d_transpose(const TensorView &input, const TensorView &filters, const Conv3dTransposeArguments &arguments,
                        const MutableTensorView &output, const ParallelFor &parallel_for = {});
Expected<Plan> conv3d_transpose_plan(const Shape &input, const TensorView &filters,
                                     const Conv3dTransposeArguments &arguments, const PlanOptions &options = {});
Expected<Shape> conv3d_transpose_shape(const Shape &input, const Shape &filters,
                                       const Conv3dTransposeArguments &arguments);

}  // namespace nn

/// The attributes of torch.nn.ConvTranspose1d, 2d and 3d and of ONNX' ConvTranspose, with n = 1, 2 or 3 spatial axes, which
/// the rank of the input decides. What both state may be given under either name, not both.
struct ConvTransposeArguments {
    IntOrList strides = 1;         ///< an integer or a list of n, >= 1
    IntOrList pads = {};           ///< ONNX: an integer, a list of n, or of 2n, all begins, then all ends; >= 0
    IntOrList padding = {};        ///< PyTorch: an integer or a list of n, >= 0; not beside pads
    IntOrList output_padding = 0;  ///< an integer or a list of n; 0 <= output_padding < max(stride, dilation)
    IntOrList dilations = 1;       ///< an integer or a list of n, >= 1
    /// ONNX: an integer or a list of n, without batch and channels; pads are ignored beside it.
    IntOrList output_shape = {};
    std::string auto_pad = "NOTSET";                ///< or "SAME_UPPER", "SAME_LOWER", "VALID"
    int64_t groups = 1;                             ///< others are not supported yet
    std::string data_format = "channels_first";     ///< or "channels_last"
    std::optional<std::string> filter_layout = {};  ///< "IOHW" (none) or "HWOI"; "IOW", "WOI", "IODHW", "DHWOI"
    Epilogue epilogue = {};
};

/// `input` is [batch, in_channels, spatial...] or as data_format says, `filter` [in_channels, out_channels, spatial...] or
/// as filter_layout says.
Status conv_transpose(const TensorView &input, const TensorView &filter, const ConvTransposeArguments &arguments,
                      const MutableTensorView &output, const ParallelFor &parallel_for = {});
Expected<Plan> conv_transpose_plan(const Shape &input, const TensorView &filter,
                                   const ConvTransposeArguments &arguments, const PlanOptions &options = {});
Expected<Shape> conv_transpose_shape(const Shape &input, const Shape &filter, const ConvTransposeArguments &arguments);

namespace keras::ops {

/// keras.ops.conv_transpose(inputs, kernel, strides=1, padding='valid', output_padding=None, data_format=None,
/// dilation_rate=1), with n = 1, 2 or 3 spatial axes, which the rank of the inputs decides.
struct ConvTransposeArguments {
    IntOrList strides = 1;          ///< an integer or a list of n, >= 1
    std::string padding = "valid";  ///< "valid" or "same", in any case
    IntOrList output_padding = {};  ///< None, an integer or a list of n; 0 <= output_padding < stride
    std::optional<std::string> data_format =
        {};                       ///< "channels_last" or "channels_first", in any case; none: channels_last
    IntOrList dilation_rate = 1;  ///< an integer or a list of n, >= 1; with any strides
    Epilogue epilogue = {};
};

/// `inputs` is [batch, spatial..., in_channels] in the order of data_format, `kernel` [spatial..., out_channels,
/// in_channels]. Messages call them `input` and `filter`.
Status conv_transpose(const TensorView &inputs, const TensorView &kernel, const ConvTransposeArguments &arguments,
                      const MutableTensorView &output, const ParallelFor &parallel_for = {});
Expected<Plan> conv_transpose_plan(const Shape &inputs, const TensorView &kernel,
                                   const ConvTransposeArguments &arguments, const PlanOptions &options = {});
Expected<Shape> conv_transpose_shape(const Shape &inputs, const Shape &kernel, const ConvTransposeArguments &arguments);

}  // namespace keras::ops

namespace keras::layers {

/// The constructor's arguments of keras.layers.Conv2DTranspose. Those from kernel_initializer on matter for training
/// only: they are kept as given, names or whatever else the caller writes, and have no effect.
struct Conv2DTransposeArguments {
    std::optional<int64_t> filters = {};  ///< out_channels, >= 1; required
    IntOrList kernel_size = {};           ///< an integer or a list of 2, >= 1; required
    IntOrList strides = {1, 1};           ///< an integer or a list of 2, >= 1
    std::string padding = "valid";        ///< "valid" or "same", in any case
    IntOrList output_padding = {};        ///< None, an integer or a list of 2; 0 <= output_padding < stride
    std::optional<std::string> data_format =
        {};                            ///< "channels_last" or "channels_first", in any case; none: channels_last
    IntOrList dilation_rate = {1, 1};  ///< an integer or a list of 2, >= 1; not above 1 where a stride is
    std::optional<std::string> activation = {};                ///< by Keras name, e.g. "relu"; none: linear
    std::map<std::string, double> activation_parameters = {};  ///< as Epilogue::parameters
    std::optional<std::vector<float>> alpha = {};              ///< as Epilogue::alpha
    bool use_bias = true;
    std::optional<std::string> kernel_initializer = "glorot_uniform";
    std::optional<std::string> bias_initializer = "zeros";
    std::optional<std::string> kernel_regularizer = {};
    std::optional<std::string> bias_regularizer = {};
    std::optional<std::string> activity_regularizer = {};
    std::optional<std::string> kernel_constraint = {};
    std::optional<std::string> bias_constraint = {};
    bool trainable = true;
    std::optional<std::string> name = {};
    std::optional<std::string> dtype = {};  ///< "float32"; none: the same
};

/// The layer: its arguments, checked as Keras checks them. It holds no weights; they go into its plans. Immutable.
class Conv2DTranspose {
public:
    static Expected<Conv2DTranspose> create(const Conv2DTransposeArguments &arguments);

    /// As given, the ones without effect too.
    const Conv2DTransposeArguments &arguments() const { return arguments_; }

    /// `input_shape` is [batch, height, width, in_channels] in the order of data_format.
    Expected<Shape> compute_output_shape(const Shape &input_shape) const;

    /// `kernel` is kernel_size + [filters, in_channels], called `filter` in messages; `bias` is [filters], and is
    /// required exactly when use_bias is true.
    Expected<Plan> plan(const Shape &input_shape, const TensorView &kernel,
                        const std::optional<TensorView> &bias = std::nullopt, const PlanOptions &options = {}) const;

    Status operator()(const TensorView &inputs, const TensorView &kernel, const std::optional<TensorView> &bias,
                      const MutableTensorView &output, const ParallelFor &parallel_for = {}) const;

private:
    explicit Conv2DTranspose(Conv2DTransposeArguments arguments) : arguments_(std::move(arguments)) {}

    Conv2DTransposeArguments arguments_;
};

}  // namespace keras::layers

}  // namespace tconv
