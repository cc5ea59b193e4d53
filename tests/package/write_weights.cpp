// SPDX-License-Identifier: Apache-2.0
// write_weights FILE SEED EXTENT...: a .npy file of that shape, with values that depend on the seed.
#include <cstdio>
#include <cstdlib>

#include "tconv/npy.h"

int main(int argc, char **argv) {
    if (argc < 4) {
        std::fprintf(stderr, "usage: write_weights FILE SEED EXTENT...\n");
        return 2;
    }
    tconv::Array array;
    int64_t elements = 1;
    for (int i = 3; i < argc; ++i) {
        array.shape.push_back(std::atoll(argv[i]));
        elements *= array.shape.back();
    }
    const int64_t seed = std::atoll(argv[2]);
    for (int64_t i = 0; i < elements; ++i) array.data.push_back(static_cast<float>((i * 7 + seed) % 17) / 8.0f - 1.0f);
    const tconv::Status status = tconv::write_npy(argv[1], array);
    if (!status) {
        std::fprintf(stderr, "write_weights: %s\n", status.error().message.c_str());
        return 1;
    }
    return 0;
}
