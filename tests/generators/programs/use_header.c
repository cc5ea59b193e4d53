/* SPDX-License-Identifier: Apache-2.0
 * Uses all that the header of a library NAME = corner declares, twice included, in C99 as in C++17. */
#include "corner.h"

static void in_order(void *context, int count, void (*body)(void *closure, int i), void *closure) {
    int i;
    (void)context;
    for (i = 0; i < count; i++) body(closure, i);
}

int call_everything(const float *input, float *output, void *weights, void *workspace) {
    static const int64_t input_shape[corner_RANK] = {corner_INPUT_SHAPE};
    static const int64_t output_shape[corner_RANK] = {corner_OUTPUT_SHAPE};
    static const int64_t filter_shape[corner_RANK] = {corner_FILTER_SHAPE};
    static const float filter[corner_FILTER_ELEMENTS] = {1.0f}, bias[corner_BIAS_ELEMENTS + 1] = {0.0f};
    static const char description[] = corner_DTYPE " " corner_LAYOUT " " corner_TARGET;
    const int64_t sizes[] = {corner_ABI,
                             corner_INPUT_ELEMENTS,
                             corner_OUTPUT_ELEMENTS,
                             corner_WEIGHTS_BYTES,
                             corner_WORKSPACE_BYTES,
                             corner_TENSOR_ALIGNMENT,
                             corner_WEIGHTS_ALIGNMENT,
                             corner_WORKSPACE_ALIGNMENT,
                             corner_STACK_BYTES,
                             corner_MULTIPLY_ADDS};
    const corner_args args = {input, output, weights, workspace, input_shape, output_shape, NULL};
    int status = corner_OK, stage;
#if corner_HAS_SUPPORTED
    if (!corner_supported()) return 0;
#endif
#if !corner_WEIGHTS_IN_LIBRARY
    status = corner_pack(filter, bias, weights);
#endif
    if (status == corner_OK) status = corner_run(&args);
    for (stage = 0; stage < corner_STAGES && status == corner_OK; stage++) {
        if (corner_tasks(stage) > 0) status = corner_task(&args, stage, 0);
    }
    if (status == corner_OK) status = corner_run_parallel(&args, in_order, NULL);
    switch (status) {
    case corner_ERROR_NULL:
    case corner_ERROR_ALIGNMENT:
    case corner_ERROR_STRIDES:
    case corner_ERROR_EXTENTS:
    case corner_ERROR_TASK: return corner_status_text(status)[0];
    default:
        return (int)(sizes[0] + filter_shape[0] + (int64_t)filter[0] + (int64_t)bias[0]) + description[0] +
               corner_variant()[0];
    }
}
