// SPDX-License-Identifier: Apache-2.0
// The libraries of the program that avx512_test.cpp links and that a processor with AVX-512 runs.
#pragma once

#include <cstdint>
#include <vector>

namespace tconv::test {

struct LinkedLibrary {
    const char *corner;  // the corner layer that it computes
    const char *variant;
    bool direct;  // it sums as the definition does, so that small integers come out exactly
    int64_t weights_bytes, workspace_bytes;
    // Null strides: dense.
    int (*run)(const float *input, float *output, const void *weights, void *workspace, const int64_t *input_strides,
               const int64_t *output_strides);
    int (*pack)(const float *filter, const float *bias, void *weights);
};

// Written by the test, from the headers of what it built.
extern const std::vector<LinkedLibrary> kLinkedLibraries;

}  // namespace tconv::test
