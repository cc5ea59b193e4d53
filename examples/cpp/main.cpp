// SPDX-License-Identifier: Apache-2.0
// Bilinear upsampling by two as a transposed convolution, run by the general kernels: no compiler, no generated code.
#include <cstdio>
#include <vector>

#include "tconv/operators.h"

int main() {
    const std::vector<float> image = {0, 4, 8, 12};                 // [1, 2, 2, 1]
    const std::vector<float> filter = {1, 2, 1, 2, 4, 2, 1, 2, 1};  // [3, 3, 1, 1], a tent
    std::vector<float> upsampled(16);

    tconv::nn::Conv2dTransposeArguments arguments;
    arguments.output_shape = {1, 4, 4, 1};
    arguments.strides = 2;
    const tconv::TensorView x{image.data(), {1, 2, 2, 1}, {}}, w{filter.data(), {3, 3, 1, 1}, {}};
    const tconv::MutableTensorView y{upsampled.data(), arguments.output_shape, {}};

    // A plan packs the filter once and runs any number of images.
    const tconv::Expected<tconv::Plan> plan = tconv::nn::conv2d_transpose_plan(x.shape, w, arguments);
    if (!plan) {
        std::fprintf(stderr, "%s\n", plan.error().message.c_str());
        return 1;
    }
    if (const tconv::Status status = plan->run(x, y); !status) {
        std::fprintf(stderr, "%s\n", status.error().message.c_str());
        return 1;
    }
    std::printf("with %s\n", to_string(plan->isa()));
    for (int row = 0; row < 4; row++) {
        for (int column = 0; column < 4; column++) {
            std::printf("%5g", static_cast<double>(upsampled[4 * row + column]));
        }
        std::printf("\n");
    }
    // SAME with kernel_size 3 and stride 2 crops nothing at the beginning: cell (1, 1) holds the centre of the tent over
    // pixel (0, 0); (2, 2) holds a corner of each of the four.
    return upsampled[4 * 2 + 2] == 0 + 4 + 8 + 12 ? 0 : 2;
}
