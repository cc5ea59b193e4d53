/* SPDX-License-Identifier: Apache-2.0 */
#include "faulty.h"

#include <string.h>

enum {
    kNone,
    kWritesBeyondOutput,
    kReadsBeforeInput,
    kWritesInput,
    kWritesWeights,
    kWritesBesideWorkspace,
    kPacksTooMuch,
    kTasksDependOnOrder,
    kForgetsLastTaskInParallel,
    kIgnoresStrides,
    kWritesBetweenCells,
    kFails
};

static int64_t stride(const int64_t *strides, int dimension) {
    static const int64_t dense[4] = {16, 8, 4, 1};
    return strides ? strides[dimension] : dense[dimension];
}

/* Row y of the image. */
static void row(const faulty_args *args, int y) {
    const int64_t *in = args->input_strides, *out = FAULT == kIgnoresStrides ? NULL : args->output_strides;
    for (int x = 0; x < 2; x++)
        for (int c = 0; c < 4; c++)
            args->output[y * stride(out, 1) + x * stride(out, 2) + c] =
                2 * args->input[y * stride(in, 1) + x * stride(in, 2) + c];
}

static void misbehave(const faulty_args *args) {
    float *output = args->output;
    if (FAULT == kWritesBeyondOutput) output[16] = 1;
    if (FAULT == kReadsBeforeInput) output[0] = *(volatile const float *)(args->input - 1);
    if (FAULT == kWritesInput) *(volatile float *)(uintptr_t)args->input = 0;
    if (FAULT == kWritesWeights) *(volatile float *)(uintptr_t)args->weights = 0;
    if (FAULT == kWritesBesideWorkspace) ((volatile char *)args->workspace)[-1] = 0;
    if (FAULT == kWritesBetweenCells && args->output_strides) output[4] = 0;
}

int faulty_run(const faulty_args *args) {
    if (FAULT == kFails) return faulty_ERROR_STRIDES;
    row(args, 0);
    row(args, 1);
    misbehave(args);
    return faulty_OK;
}

int faulty_task(const faulty_args *args, int stage, int i) {
    (void)stage;
    row(args, i);
    if (FAULT == kTasksDependOnOrder && i == 0) args->output[8] += args->output[0];
    if (i == 1) misbehave(args);
    return faulty_OK;
}

int faulty_pack(const float *filter, const float *bias, void *weights) {
    memcpy(weights, filter, 64);
    memcpy((char *)weights + 64, bias, 16);
    if (FAULT == kPacksTooMuch) ((char *)weights)[80] = 0;
    return faulty_OK;
}

struct closure {
    const faulty_args *args;
};

static void body(void *closure, int i) { faulty_task(((struct closure *)closure)->args, 0, i); }

int faulty_run_parallel(const faulty_args *args, faulty_parallel_for parallel_for, void *context) {
    struct closure closure;
    closure.args = args;
    parallel_for(context, FAULT == kForgetsLastTaskInParallel ? 1 : 2, body, &closure);
    return faulty_OK;
}
