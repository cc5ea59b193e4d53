/* SPDX-License-Identifier: Apache-2.0
 * One transposed convolution with tconv: pack the weights once, run, and compare with the definition. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "decoder_up1.h"

/* The layer of decoder_up1.json: kernel 4, stride 2, SAME padding crops one cell at the start of each axis. */
enum { kKernel = 4, kStride = 2, kPadBefore = 1, kIn = 16, kOut = 32, kChannelsIn = 64, kChannelsOut = 32 };

static float input[decoder_up1_INPUT_ELEMENTS];
static float output[decoder_up1_OUTPUT_ELEMENTS];
static float filter[decoder_up1_FILTER_ELEMENTS];
static float bias[decoder_up1_BIAS_ELEMENTS];
static double sums[decoder_up1_OUTPUT_ELEMENTS];
static double magnitudes[decoder_up1_OUTPUT_ELEMENTS];

static void fill(float *values, size_t count, uint32_t seed) {
    for (size_t i = 0; i < count; ++i) {
        seed = seed * 1664525u + 1013904223u;
        values[i] = (float)(seed >> 8) / 8388608.0f - 1.0f;
    }
}

/* Weights and workspace are the caller's memory, aligned to 64 bytes. A workspace may be empty. */
enum { kAlignment = decoder_up1_WEIGHTS_ALIGNMENT };
static char weights_memory[decoder_up1_WEIGHTS_BYTES + kAlignment];
static char workspace_memory[decoder_up1_WORKSPACE_BYTES + kAlignment];

static void *aligned(char *memory) { return memory + (kAlignment - (uintptr_t)memory % kAlignment); }

/* The definition: every input cell adds its value, times the filter, to the output cells under it. */
static void scatter(int y, int x, int ky, int kx) {
    const int out_y = y * kStride + ky - kPadBefore;
    const int out_x = x * kStride + kx - kPadBefore;
    if (out_y < 0 || out_y >= kOut || out_x < 0 || out_x >= kOut) return;
    const float *in = input + (y * kIn + x) * kChannelsIn;
    for (int co = 0; co < kChannelsOut; ++co) {
        const float *tap = filter + ((ky * kKernel + kx) * kChannelsOut + co) * kChannelsIn;
        const int cell = (out_y * kOut + out_x) * kChannelsOut + co;
        for (int ci = 0; ci < kChannelsIn; ++ci) {
            sums[cell] += (double)in[ci] * tap[ci];
            magnitudes[cell] += fabs((double)in[ci] * tap[ci]);
        }
    }
}

/* Largest error in units of what rounding explains: 1 is the bound for a sum of float32 products. */
static double largest_error(void) {
    for (int i = 0; i < kIn * kIn * kKernel * kKernel; ++i)
        scatter(i / (kIn * kKernel * kKernel), i / (kKernel * kKernel) % kIn, i / kKernel % kKernel, i % kKernel);
    const int terms = kKernel / kStride * (kKernel / kStride) * kChannelsIn + 1;
    double largest = 0;
    for (int i = 0; i < decoder_up1_OUTPUT_ELEMENTS; ++i) {
        const double value = sums[i] + bias[i % kChannelsOut];
        const double expected = value > 0 ? value : 0;
        const double bound = terms * (double)FLT_EPSILON * (magnitudes[i] + fabs(bias[i % kChannelsOut]));
        const double error = fabs(output[i] - expected) / bound;
        if (!(error <= largest) && largest == largest) largest = error; /* keeps NaN */
    }
    return largest;
}

int main(void) {
#if decoder_up1_HAS_SUPPORTED /* not on every target */
    if (!decoder_up1_supported()) {
        fprintf(stderr, "minimal: this processor cannot run code for %s\n", decoder_up1_TARGET);
        return 1;
    }
#endif
    void *weights = aligned(weights_memory);
    fill(input, decoder_up1_INPUT_ELEMENTS, 1);
    fill(filter, decoder_up1_FILTER_ELEMENTS, 2);
    fill(bias, decoder_up1_BIAS_ELEMENTS, 3);

    int status = decoder_up1_pack(filter, bias, weights); /* once, when the model is loaded */
    if (status == decoder_up1_OK) {
        decoder_up1_args args;
        memset(&args, 0, sizeof args);
        args.input = input;
        args.output = output;
        args.weights = weights;
        args.workspace = aligned(workspace_memory);
        status = decoder_up1_run(&args);
    }
    if (status != decoder_up1_OK) {
        fprintf(stderr, "minimal: %s\n", decoder_up1_status_text(status));
        return 1;
    }

    const double error = largest_error();
    printf("decoder_up1: %d cells, variant %s, largest error %.3f of the rounding bound\n",
           (int)decoder_up1_OUTPUT_ELEMENTS, decoder_up1_variant(), error);
    return error <= 1 ? 0 : 1;
}
