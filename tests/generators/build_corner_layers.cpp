// SPDX-License-Identifier: Apache-2.0
// build_corner_layers TARGET FOLDER: the libraries of all corner layers, for tools/scripts/compare_libraries.py; where one
// cannot be built, NAME.refused with the reason. They are given as integers that no operator has arguments for, so
// `tconv build` cannot make them.
#include <cstdio>

#include "runtime/base/files.h"
#include "tests/generators/corner_layers.h"
#include "tools/compiler/build_library.h"

int main(int argc, char **argv) {
    if (argc != 3) {
        std::fputs("usage: build_corner_layers TARGET FOLDER\n", stderr);
        return 2;
    }
    const tconv::Expected<tconv::TargetInfo> target = tconv::find_target(argv[1]);
    if (!target) {
        std::fprintf(stderr, "%s\n", target.error().message.c_str());
        return 1;
    }
    for (const tconv::Layer &layer : tconv::test::corner_layers()) {
        if (const auto built = tconv::build_library(layer, *target, argv[2]); !built) {
            const std::string path = std::string(argv[2]) + "/" + layer.name + ".refused";
            if (const tconv::Status written = tconv::write_file(path, built.error().message); !written) {
                std::fprintf(stderr, "%s\n", written.error().message.c_str());
                return 1;
            }
        }
    }
    return 0;
}
