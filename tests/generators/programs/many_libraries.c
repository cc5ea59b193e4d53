/* SPDX-License-Identifier: Apache-2.0
 * Three libraries of tconv, two of them of the same layer, and one of Halide with its own run-time library, in one
 * program. Each runs on ones; prints the sums of what they compute. */
#include <HalideRuntime.h>
#include <stdio.h>
#include <stdlib.h>

#include "other.h"
#include "same_a.h"
#include "same_b.h"
#include "twice.h"

static void *ones(int64_t count) {
    float *values = (float *)malloc(sizeof(float) * (size_t)(count + 1));
    int64_t i;
    if (!values) exit(2);
    for (i = 0; i < count; i++) values[i] = 1.0f;
    return values;
}

static void *scratch(size_t bytes) {
    void *memory = aligned_alloc(64, (bytes + 64) / 64 * 64);
    if (!memory) exit(2);
    return memory;
}

static double sum(const float *values, int64_t count) {
    double total = 0;
    int64_t i;
    for (i = 0; i < count; i++) total += values[i];
    return total;
}

#define RUN(NAME)                                                                                      \
    static double run_##NAME(void) {                                                                   \
        float *output = (float *)ones(NAME##_OUTPUT_ELEMENTS);                                         \
        void *weights = scratch(NAME##_WEIGHTS_BYTES), *workspace = scratch(NAME##_WORKSPACE_BYTES);   \
        const NAME##_args args = {                                                                     \
            (const float *)ones(NAME##_INPUT_ELEMENTS), output, weights, workspace, NULL, NULL, NULL}; \
        int status = NAME##_pack((const float *)ones(NAME##_FILTER_ELEMENTS),                          \
                                 (const float *)ones(NAME##_BIAS_ELEMENTS), weights);                  \
        if (status == NAME##_OK) status = NAME##_run(&args);                                           \
        if (status != NAME##_OK) {                                                                     \
            fprintf(stderr, #NAME ": %s\n", NAME##_status_text(status));                               \
            exit(1);                                                                                   \
        }                                                                                              \
        return sum(output, NAME##_OUTPUT_ELEMENTS);                                                    \
    }

RUN(same_a)
RUN(same_b)
RUN(other)

enum { kCount = 1000 };

static double run_twice(void) {
    float *input = (float *)ones(kCount), *output = (float *)ones(kCount);
    halide_dimension_t dims[1] = {{0, kCount, 1, 0}};
    halide_buffer_t from = {0}, to = {0};
    from.host = (uint8_t *)input;
    to.host = (uint8_t *)output;
    from.type.code = to.type.code = halide_type_float;
    from.type.bits = to.type.bits = 32;
    from.type.lanes = to.type.lanes = 1;
    from.dimensions = to.dimensions = 1;
    from.dim = to.dim = dims;
    if (twice(&from, &to) != 0) exit(1);
    return sum(output, kCount);
}

int main(void) {
    printf("%.0f %.0f %.0f ", run_same_a(), run_same_b(), run_other());
    printf("%.0f\n", run_twice());
    return 0;
}
