// SPDX-License-Identifier: Apache-2.0
#include "tests/property/operator_call.h"

#include <algorithm>
#include <iterator>

namespace tconv::test {
namespace {

// Multiply-adds and output cells of one call. Most are small; some are large enough for several blocks of everything.
constexpr int64_t kSmallWork = 100'000, kLargeWork = 2'000'000;
constexpr int64_t kSmallOutput = 40'000, kLargeOutput = 400'000;

// Most calls are ordinary. What a kernel does beyond one block of channels, one tile of pixels or one cache shows on
// layers that are large in one direction.
enum class Size { kOrdinary, kLong, kDeep };

int64_t random_batch(Random &random) {
    if (one_in(random, 30)) return 0;
    return one_in(random, 3) ? random.between(2, 3) : 1;
}

Size random_size(Random &random) {
    if (one_in(random, 20)) return Size::kLong;
    return one_in(random, 30) ? Size::kDeep : Size::kOrdinary;
}

// At, below and above what fills the vectors of some instruction set; now and then more than any block.
int64_t random_channels(Random &random) {
    static constexpr int64_t kNotable[] = {1, 7, 8, 15, 16, 17, 33};
    if (one_in(random, 40)) return random.between(41, 520);
    if (one_in(random, 200)) return random.between(521, 2500);
    return one_in(random, 2) ? random.between(1, 40) : kNotable[random.between(0, std::size(kNotable) - 1)];
}

int64_t random_kernel(Random &random) { return one_in(random, 25) ? random.between(8, 24) : random.between(1, 7); }
int64_t random_stride(Random &random) { return one_in(random, 25) ? random.between(6, 16) : random.between(1, 5); }
int64_t random_dilation(Random &random) { return one_in(random, 2) ? 1 : random.between(1, 4); }

// One value for every axis, or one for each.
void draw(OperatorCall &call, int64_t Window::*field, Random &random, int64_t (*value)(Random &)) {
    const bool alike = one_in(random, 3);
    const int64_t common = value(random);
    for (auto window = call.windows.end() - call.rank; window != call.windows.end(); ++window)
        (*window).*field = alike ? common : value(random);
}

void draw_shapes(OperatorCall &call, Size size, Random &random) {
    call.batch = random_batch(random);
    call.in_channels = random_channels(random);
    call.out_channels = random_channels(random);
    draw(call, &Window::input, random, [](Random &r) { return one_in(r, 8) ? 1 : r.between(1, 12); });
    draw(call, &Window::kernel, random, random_kernel);
    if (size == Size::kLong) {
        int64_t &few = one_in(random, 2) ? call.in_channels : call.out_channels;
        few = random.between(1, 4);
        const int64_t axis = one_in(random, 2) ? 2 : random.between(3 - call.rank, 2);
        call.windows[static_cast<size_t>(axis)].input = random.between(300, 3000);
    }
    if (size == Size::kDeep) {
        call.in_channels = random.between(129, 520);
        call.out_channels = random.between(129, 520);
    }
}

// Keras' layer refuses strides and dilation together, and an atrous convolution has no stride and a single rate.
void draw_steps(OperatorCall &call, Random &random) {
    const bool either = call.op == Op::kKerasConv2DTranspose;
    const bool atrous = call.op == Op::kAtrousConv2dTranspose;
    const bool strided = !atrous && (!either || one_in(random, 2));
    if (strided) draw(call, &Window::stride, random, random_stride);
    if (!strided || !either) draw(call, &Window::dilation, random, random_dilation);
    if (atrous) call.windows[1].dilation = call.windows[2].dilation;
}

// Halves extents until the call is small enough, but for those that make its size.
void shrink(OperatorCall &call, Size size, Random &random) {
    const bool large = size != Size::kOrdinary || one_in(random, 6);
    const int64_t most_work = large ? kLargeWork : kSmallWork, most_cells = large ? kLargeOutput : kSmallOutput;
    const auto too_large = [&] {
        int64_t cells = call.batch * call.out_channels;
        for (const Window &w : call.windows) cells *= (w.input + 1) * w.stride + w.effective_kernel();
        return call.multiply_adds() > most_work || cells > most_cells;
    };
    while (too_large()) {
        Window &window = call.windows[static_cast<size_t>(random.between(3 - call.rank, 2))];
        int64_t *extents[] = {&window.input,  &window.input,     &window.kernel,    &window.kernel,
                              &window.stride, &call.in_channels, &call.out_channels};
        int64_t &extent = *extents[random.between(0, std::size(extents) - 1)];
        const bool channels = &extent == &call.in_channels || &extent == &call.out_channels;
        if (size == Size::kLong ? extent >= 300 && !one_in(random, 16) : size == Size::kDeep && channels) continue;
        extent = std::max<int64_t>(1, extent / 2);
    }
}

// The output extents o of tf.nn.conv*_transpose: those from which the forward convolution makes `input` cells, which
// are ceil(o / stride) for SAME and ceil((o - effective kernel + 1) / stride) for VALID.
int64_t random_tf_output(const OperatorCall &call, const Window &window, Random &random) {
    const int64_t lost = call.same ? 0 : window.effective_kernel() - 1;
    return window.stride * (window.input - 1) + random.between(1, window.stride) + lost;
}

// keras.src.backend.common.backend_utils, compute_conv_transpose_output_shape.
int64_t keras_output(const OperatorCall &call, const Window &window) {
    const int64_t kernel = window.effective_kernel();
    const int64_t between_inputs = (window.input - 1) * window.stride;
    if (!call.output_padding)
        return call.same ? window.input * window.stride : between_inputs + std::max(kernel, window.stride);
    const int64_t uncropped = between_inputs + kernel;
    return (call.same ? uncropped - 2 * (kernel / 2) : uncropped) + window.output_padding;
}

// TensorFlow's kernel: the outputs from which the forward convolution, its input padded so, makes `input` cells.
void draw_padding_pair(Window &window, Random &random) {
    const int64_t full = (window.input - 1) * window.stride + window.effective_kernel();
    window.crop = random.between(0, std::min<int64_t>(full - 1, 4));
    const int64_t behind = random.between(0, std::min<int64_t>(full - 1 - window.crop, 4));
    window.output = full - window.crop - behind + random.between(0, window.stride - 1);
}

// The text of ONNX' ConvTranspose, and PyTorch's, whose pads are symmetric.
void draw_explicit_output(OperatorCall &call, Window &window, Random &random) {
    const int64_t most_padding = std::max(window.stride, window.dilation) - 1;
    window.output_padding = one_in(random, 2) ? 0 : random.between(0, most_padding);
    const int64_t bare = (window.input - 1) * window.stride + window.effective_kernel();
    const int64_t full = bare + window.output_padding;
    if (call.crops == Crops::kStated) {
        window.crop =
            one_in(random, 8) ? random.between(0, full - 1) : random.between(0, std::min<int64_t>(full - 1, 3));
        const int64_t left = full - 1 - window.crop;
        window.output = full - window.crop - std::min(left, one_in(random, 2) ? window.crop : random.between(0, 3));
        return;
    }
    const bool same = call.crops == Crops::kSameUpper || call.crops == Crops::kSameLower;
    window.output = same ? window.input * window.stride : random.between(1, bare + window.stride - 1);
    const int64_t total = std::max<int64_t>(0, full - window.output);
    const bool upper = call.crops == Crops::kSameUpper || call.crops == Crops::kOutputShapeUpper;
    window.crop = upper ? total / 2 : total - total / 2;
}

void draw_explicit_outputs(OperatorCall &call, Random &random) {
    static constexpr Crops kForms[] = {Crops::kStated,           Crops::kStated,    Crops::kOutputShape,
                                       Crops::kOutputShapeUpper, Crops::kSameUpper, Crops::kSameLower};
    call.crops = kForms[random.between(0, std::size(kForms) - 1)];
    for (auto w = call.windows.end() - call.rank; w != call.windows.end(); ++w) {
        // auto_pad needs a kernel that reaches the next input.
        if (call.crops >= Crops::kSameUpper) w->stride = std::min(w->stride, w->effective_kernel());
        draw_explicit_output(call, *w, random);
    }
}

bool is_keras(Op op) { return op == Op::kKerasConvTranspose || op == Op::kKerasConv2DTranspose; }

void draw_outputs(OperatorCall &call, Random &random) {
    if (call.op == Op::kConvTranspose) return draw_explicit_outputs(call, random);
    if (call.op == Op::kConv2dTranspose && one_in(random, 3)) {
        call.crops = Crops::kStated;
        for (auto w = call.windows.end() - call.rank; w != call.windows.end(); ++w) draw_padding_pair(*w, random);
        return;
    }
    call.same = one_in(random, 2);
    call.output_padding = is_keras(call.op) && one_in(random, 2);
    if (call.output_padding) {
        // A value that suits every axis can be stated as one integer.
        int64_t least = call.windows[2].stride;
        for (auto w = call.windows.end() - call.rank; w != call.windows.end(); ++w) least = std::min(least, w->stride);
        const bool alike = one_in(random, 2);
        const int64_t common = random.between(0, least - 1);
        for (auto w = call.windows.end() - call.rank; w != call.windows.end(); ++w)
            w->output_padding = alike ? common : random.between(0, w->stride - 1);
    }
    for (auto w = call.windows.end() - call.rank; w != call.windows.end(); ++w)
        w->output = is_keras(call.op) ? keras_output(call, *w) : random_tf_output(call, *w, random);
}

void draw_activation(OperatorCall &call, Size size, Random &random) {
    const auto last = static_cast<int64_t>(all_activations().size()) - 1;
    if (one_in(random, 2)) call.activation = all_activations()[static_cast<size_t>(random.between(0, last))];
    // Over the long axis, mostly.
    if (size == Size::kLong && call.channels_first && !one_in(random, 4)) call.activation = Activation::kSoftmax;
    const bool refused = call.op == Op::kConvTranspose && call.channels_first;
    if (refused && call.activation == Activation::kSoftmax) call.activation = Activation::kTanh;
    Activation &drawn = call.activation;
    const auto eighths = [&](int64_t low, int64_t high) { return static_cast<float>(random.between(low, high)) / 8; };
    if (drawn == Activation::kLeakyRelu || drawn == Activation::kElu) drawn.a = eighths(-4, 12);
    if (drawn == Activation::kCelu) drawn.a = eighths(1, 16);
    if (drawn == Activation::kClip) drawn = {Activation::kClip, eighths(-16, 4), eighths(4, 16)};
    if (drawn == Activation::kLinearHardSigmoid) drawn = {Activation::kLinearHardSigmoid, eighths(1, 4), eighths(0, 8)};
    if (drawn != Activation::kPrelu) return;
    call.slopes = some_slopes(call.out_channels);
    if (call.out_channels == 1) drawn = {Activation::kLeakyRelu, call.slopes[0]};
}

std::vector<int64_t> with_channels(const OperatorCall &call, std::vector<int64_t> spatial, int64_t channels) {
    spatial.insert(call.channels_first ? spatial.begin() : spatial.end(), channels);
    spatial.insert(spatial.begin(), call.batch);
    return spatial;
}

}  // namespace

std::vector<int64_t> OperatorCall::each(int64_t Window::*field) const {
    std::vector<int64_t> values;
    for (auto window = windows.end() - rank; window != windows.end(); ++window) values.push_back((*window).*field);
    return values;
}

std::vector<int64_t> OperatorCall::input_shape() const {
    return with_channels(*this, each(&Window::input), in_channels);
}

std::vector<int64_t> OperatorCall::output_shape() const {
    return with_channels(*this, each(&Window::output), out_channels);
}

std::vector<int64_t> OperatorCall::filter_shape() const {
    std::vector<int64_t> shape = each(&Window::kernel);
    shape.insert(filter_first ? shape.begin() : shape.end(), out_channels);
    shape.insert(filter_first ? shape.begin() : shape.end(), in_channels);
    return shape;
}

int64_t OperatorCall::multiply_adds() const {
    int64_t count = batch * in_channels * out_channels;
    for (const Window &window : windows) count *= window.input * window.kernel;
    return count;
}

const std::vector<Activation> &all_activations() {
    static const std::vector<Activation> all = {
        Activation::kNone,        Activation::kRelu,          Activation::kRelu6,
        Activation::kLeakyRelu,   Activation::kElu,           Activation::kSelu,
        Activation::kCelu,        Activation::kGelu,          Activation::kSoftplus,
        Activation::kSoftsign,    Activation::kSilu,          Activation::kMish,
        Activation::kSigmoid,     Activation::kTanh,          Activation::kExponential,
        Activation::kHardSigmoid, Activation::kHardSilu,      Activation::kSoftmax,
        Activation::kPrelu,       {Activation::kClip, -1, 1}, {Activation::kLinearHardSigmoid, 0.2f, 0.5f},
    };
    return all;
}

std::vector<float> some_slopes(int64_t channels) {
    std::vector<float> slopes;
    for (int64_t c = 0; c < channels; c++) slopes.push_back(static_cast<float>(c * 5 % 17 - 4) / 8);
    return slopes;
}

OperatorCall random_call(Random &random) {
    static constexpr Op kOps[] = {Op::kConv1dTranspose,    Op::kConv2dTranspose,     Op::kAtrousConv2dTranspose,
                                  Op::kConv3dTranspose,    Op::kConvTranspose,       Op::kConvTranspose,
                                  Op::kKerasConvTranspose, Op::kKerasConv2DTranspose};
    OperatorCall call;
    call.op = kOps[random.between(0, std::size(kOps) - 1)];
    if (call.op == Op::kConv3dTranspose) call.rank = 3;
    if (call.op == Op::kConv1dTranspose) call.rank = 1;
    const bool any_rank = call.op == Op::kKerasConvTranspose || call.op == Op::kConvTranspose;
    if (any_rank) call.rank = static_cast<int>(random.between(1, 3));
    call.filter_first = call.op == Op::kConvTranspose && !one_in(random, 4);
    call.channels_first = call.op != Op::kAtrousConv2dTranspose && one_in(random, 2);
    const Size size = random_size(random);
    draw_shapes(call, size, random);
    draw_steps(call, random);
    shrink(call, size, random);
    draw_outputs(call, random);
    call.bias = one_in(random, 2);
    draw_activation(call, size, random);
    return call;
}

}  // namespace tconv::test
