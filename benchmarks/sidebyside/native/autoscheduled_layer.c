/* SPDX-License-Identifier: Apache-2.0
 * A layer that the program `autoscheduled` made, for the benchmark's worker. Compiled with
 * -DLAYER_CALLS="NAME_calls.h", which it wrote: Halide's header, the layer's shape, and a kernel's call for each stride
 * phase. Axes stand outermost first. */
#include <stdlib.h>
#include <string.h>

#include "layer_calls.h"

enum { kMostAxes = 3, kMostDimensions = kMostAxes + 2 };

typedef struct Call {
    int (*kernel)(void **arguments);
    int offsets[kMostAxes]; /* input cell that tap 0 of output cell 0 reads */
    int first_output[kMostAxes], outputs[kMostAxes];
    int taps[kMostAxes], first_tap[kMostAxes], tap_step[kMostAxes];
    const float *weights; /* packed: [taps..][in][out] */
} Call;

#include LAYER_CALLS

enum { kCalls = sizeof calls / sizeof calls[0] };

typedef struct Tensor {
    halide_buffer_t buffer;
    halide_dimension_t dimensions[kMostDimensions];
} Tensor;

static struct {
    const float *input;
    float *output, *weights;
} layer;

static void ignore_error(void *context, const char *message) {
    (void)context;
    (void)message; /* kernels return a status, too */
}

static void *make_tensor(Tensor *tensor, const float *data) {
    memset(tensor, 0, sizeof *tensor);
    tensor->buffer.host = (uint8_t *)data;
    tensor->buffer.type.code = halide_type_float;
    tensor->buffer.type.bits = 32;
    tensor->buffer.type.lanes = 1;
    tensor->buffer.dim = tensor->dimensions;
    return &tensor->buffer;
}

static void add_dimension(Tensor *tensor, int extent, int stride) {
    halide_dimension_t *dimension = &tensor->dimensions[tensor->buffer.dimensions++];
    dimension->extent = extent;
    dimension->stride = stride;
}

/* Weights of one phase, from the filter [kernel..][out][in]. */
static float *pack(Call *call, const float *filter, float *packed) {
    int count = 1;
    for (int a = 0; a < kRank; a++) count *= call->taps[a];
    call->weights = packed;
    for (int tap = 0; tap < count; tap++) {
        int rest = tap, place = 0, row = 1;
        for (int a = kRank - 1; a >= 0; a--) {
            place += row * (call->first_tap[a] + rest % call->taps[a] * call->tap_step[a]);
            row *= kKernel[a];
            rest /= call->taps[a];
        }
        for (int ci = 0; ci < kInChannels; ci++)
            for (int co = 0; co < kOutChannels; co++)
                *packed++ = filter[((long)place * kOutChannels + co) * kInChannels + ci];
    }
    return packed;
}

int layer_open(const float *input, const float *filter, const float *bias, float *output, int threads) {
    size_t elements = (size_t)kInChannels * kOutChannels;
    void *memory = NULL;
    float *packed;
    (void)bias;
    for (int a = 0; a < kRank; a++) elements *= kKernel[a];
    if (posix_memalign(&memory, 64, elements * sizeof(float) + 64) != 0) return -1;
    layer.input = input;
    layer.output = output;
    layer.weights = packed = memory;
    for (int i = 0; i < kCalls; i++) packed = pack(&calls[i], filter, packed);
    halide_set_error_handler(ignore_error);
    halide_set_num_threads(threads);
    return 0;
}

static int run_call(const Call *call) {
    Tensor input, filter, output;
    int offsets[kMostAxes], count = 0, input_stride = kInChannels, output_stride = kOutChannels;
    int tap_stride = kInChannels * kOutChannels;
    long start = 0;
    void *arguments[kMostAxes + 3];
    arguments[count++] = make_tensor(&input, layer.input);
    make_tensor(&filter, call->weights);
    make_tensor(&output, NULL);
    add_dimension(&input, kInChannels, 1);
    add_dimension(&filter, kOutChannels, 1);
    add_dimension(&filter, kInChannels, kOutChannels);
    add_dimension(&output, kOutChannels, 1);
    for (int a = kRank - 1; a >= 0; a--) {
        offsets[a] = call->offsets[a];
        arguments[count++] = &offsets[a];
        add_dimension(&input, kInput[a], input_stride);
        add_dimension(&filter, call->taps[a], tap_stride);
        add_dimension(&output, call->outputs[a], kStride[a] * output_stride);
        start += (long)call->first_output[a] * output_stride;
        input_stride *= kInput[a];
        output_stride *= kOutput[a];
        tap_stride *= call->taps[a];
    }
    add_dimension(&input, kBatch, input_stride);
    add_dimension(&output, kBatch, output_stride);
    output.buffer.host = (uint8_t *)(layer.output + start);
    arguments[count++] = &filter.buffer;
    arguments[count++] = &output.buffer;
    return call->kernel(arguments);
}

long layer_output_elements(void) {
    long elements = (long)kBatch * kOutChannels;
    for (int a = 0; a < kRank; a++) elements *= kOutput[a];
    return elements;
}

int layer_run(void) {
    for (int i = 0; i < kCalls; i++) {
        const int status = run_call(&calls[i]);
        if (status != 0) return status;
    }
    return 0;
}

void layer_close(void) {
    halide_shutdown_thread_pool();
    free(layer.weights);
}
