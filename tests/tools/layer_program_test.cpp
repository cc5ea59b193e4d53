// SPDX-License-Identifier: Apache-2.0
// The program that `tconv verify` links with a library notices what a library must not do.
#include "tools/verify/layer_program.h"

#include <gtest/gtest.h>

#include <cstring>

#include "runtime/base/files.h"
#include "tools/verify/test_data.h"

namespace tconv {
namespace {

struct Fault {
    const char *name;
    int number;           // FAULT of programs/faulty.c
    const char *message;  // of the program; empty: the library is right
};

class FaultyLibrary : public testing::TestWithParam<Fault> {
protected:
    // The program's output file, or why it has none.
    static Expected<std::string> run(int fault) {
        const Expected<WorkFolder> folder = WorkFolder::create();
        const Expected<TargetInfo> target = find_target("host");
        const Expected<Toolchain> toolchain = find_toolchain(*target, {});
        if (!folder || !toolchain) {
            return Error{StatusCode::kFailed, "no folder or no compiler"};
        }
        Layer layer;
        layer.name = "faulty";
        BuiltLibrary library;
        library.archive = folder->path("faulty.o");
        const std::string sources = TCONV_FAULTY_LIBRARY_DIR;
        const Expected<std::string> header = read_file(sources + "/faulty.h");
        if (Status status = write_file(folder->path("faulty.h"), *header); !status) {
            return status.error();
        }
        if (Status status = compile_program(*toolchain, sources + "/faulty.c", library.archive,
                                            {"-c", "-O0", "-DFAULT=" + std::to_string(fault)});
            !status) {
            return status.error();
        }
        const Expected<std::string> program =
            link_layer_program("layer_verify", layer, *target, library, *toolchain, *folder);
        if (!program) {
            return program.error();
        }
        for (const auto &[file, cells] : {std::pair("input", 16), std::pair("filter", 16), std::pair("bias", 4)}) {
            const std::vector<float> data = random_cells(cells, 1);
            const std::string bytes(reinterpret_cast<const char *>(data.data()), data.size() * sizeof(float));
            if (Status status = write_file(folder->path(file), bytes); !status) {
                return status.error();
            }
        }
        const Expected<std::string> printed = run_on_target(
            *toolchain, *program,
            {folder->path("input"), folder->path("filter"), folder->path("bias"), folder->path("output"), "1", "all"});
        return printed ? read_file(folder->path("output")) : printed.error();
    }
};

TEST_P(FaultyLibrary, IsNoticed) {
    const Expected<std::string> output = run(GetParam().number);
    const std::string message = GetParam().message;
    if (message.empty()) {
        ASSERT_TRUE(output) << output.error().message;
        std::vector<float> cells(16);
        ASSERT_EQ(output->size(), cells.size() * sizeof(float));
        std::memcpy(cells.data(), output->data(), output->size());
        const std::vector<float> input = random_cells(16, 1);
        for (size_t i = 0; i < cells.size(); i++) {
            EXPECT_EQ(cells[i], 2 * input[i]);
        }
        return;
    }
    ASSERT_FALSE(output);
    EXPECT_NE(output.error().message.find(message), std::string::npos) << output.error().message;
}

INSTANTIATE_TEST_SUITE_P(Faults, FaultyLibrary,
                         testing::Values(Fault{"none", 0, ""},
                                         Fault{"writes_beyond_output", 1, "access 64 bytes from the start of output"},
                                         Fault{"reads_before_input", 2, "access -4 bytes from the start of input"},
                                         Fault{"writes_input", 3, "write to input, which is read-only"},
                                         Fault{"writes_weights", 4, "write to weights, which is read-only"},
                                         Fault{"writes_beside_workspace", 5, "workspace: a byte -1 from its start"},
                                         Fault{"packs_too_much", 6, "weights: a byte 80 from its start"},
                                         Fault{"tasks_depend_on_order", 7, "differs from run"},
                                         Fault{"forgets_a_task_in_parallel", 8, "run_parallel differs from run"},
                                         Fault{"ignores_strides", 9, "strided output: a byte 16 from its start"},
                                         Fault{"writes_between_cells", 10, "strided output: a byte 16 from its start"},
                                         Fault{"fails", 11, "run returned 3: strides"}),
                         [](const testing::TestParamInfo<Fault> &info) { return std::string(info.param.name); });

}  // namespace
}  // namespace tconv
