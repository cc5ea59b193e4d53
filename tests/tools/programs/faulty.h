/* SPDX-License-Identifier: Apache-2.0
 * A hand-written library with the interface of those that tconv writes: output = 2 * input on [1, 2, 2, 4]. With
 * FAULT it does something that `tconv verify` has to notice. */
#ifndef faulty_H_
#define faulty_H_

#include <stddef.h>
#include <stdint.h>

#define faulty_LAYOUT "channels_last"
#define faulty_RANK 4
#define faulty_INPUT_SHAPE 1, 2, 2, 4
#define faulty_OUTPUT_SHAPE 1, 2, 2, 4
#define faulty_INPUT_ELEMENTS 16
#define faulty_OUTPUT_ELEMENTS 16
#define faulty_FILTER_ELEMENTS 16
#define faulty_BIAS_ELEMENTS 4
#define faulty_WEIGHTS_IN_LIBRARY 0
#define faulty_WEIGHTS_BYTES 80
#define faulty_WORKSPACE_BYTES 64
#define faulty_TENSOR_ALIGNMENT 4
#define faulty_WEIGHTS_ALIGNMENT 64
#define faulty_WORKSPACE_ALIGNMENT 64
#define faulty_STAGES 1

enum { faulty_OK = 0, faulty_ERROR_STRIDES = 3 };

typedef struct faulty_args {
    const float *input;
    float *output;
    const void *weights;
    void *workspace;
    const int64_t *input_strides, *output_strides;
    const int64_t *extents;
} faulty_args;

typedef void (*faulty_parallel_for)(void *context, int count, void (*body)(void *closure, int i), void *closure);

int faulty_run(const faulty_args *args);
int faulty_task(const faulty_args *args, int stage, int i);
int faulty_pack(const float *filter, const float *bias, void *weights);
int faulty_run_parallel(const faulty_args *args, faulty_parallel_for parallel_for, void *context);

static inline int faulty_tasks(int stage) { return stage == 0 ? 2 : 0; }

static inline const char *faulty_status_text(int status) {
    return status == faulty_ERROR_STRIDES ? "strides" : "success";
}

#endif
