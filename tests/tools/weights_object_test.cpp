// SPDX-License-Identifier: Apache-2.0
// The object files that hold weights: they are written byte by byte, so other programs have to agree that they are
// objects.
#include "tools/compiler/weights_object.h"

#include <Halide.h>
#include <gtest/gtest.h>

#include "runtime/base/child_process.h"
#include "runtime/base/files.h"
#include "tests/runtime/temporary_folder.h"
#include "tests/tools/program_output.h"
#include "tools/compiler/target_table.h"

namespace tconv::test {
namespace {

// Prints the numbers that the object holds, whether they are aligned, and runs as position-independent code.
const char *const kProgram = R"(
#include <stdint.h>
#include <stdio.h>
extern const void *model__weights(void);
int main(void) {
    const float *w = model__weights();
    printf("%d %g %g %g\n", (int)((uintptr_t)w % 64), w[0], w[1], w[4999]);
    return 0;
}
)";

std::string numbers() {
    std::vector<float> values(5000, 0.0f);
    values[0] = 1.5f;
    values[1] = -2.25f;
    values[4999] = 7.0f;
    return {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(float)};
}

class WeightsObject : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        target_ = *find_target(GetParam());
        const auto object = weights_object("model__weights", numbers(), Halide::Target(target_.halide));
        ASSERT_TRUE(object) << object.error().message;
        ASSERT_TRUE(write_file(folder_.file("weights.o"), *object));
        ASSERT_TRUE(write_file(folder_.file("main.c"), kProgram));
    }

    const TemporaryFolder folder_;
    TargetInfo target_;
};

TEST_P(WeightsObject, IsReadWithoutComplaint) {
    const std::string text = output_of({"llvm-readelf", "--all", "--wide", folder_.file("weights.o")});
    for (const char *part : {"warning", "error", "failed", "<corrupt", "<unknown"}) {
        EXPECT_EQ(text.find(part), std::string::npos) << part << " in: " << text;
    }
    for (const char *part : {"REL (Relocatable file)", ".rodata", ".note.GNU-stack", "model__weights", "HIDDEN"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << " not in: " << text;
    }
    EXPECT_EQ(text.find(" WA "), std::string::npos) << "a section is writable: " << text;
}

TEST_P(WeightsObject, LinksAndReturnsItsNumbers) {
    for (const char *model : {"-fPIE -pie", "-fno-pie -no-pie"}) {
        const std::string flags = model;
        const size_t blank = flags.find(' ');
        const std::string program = folder_.file("program");
        ASSERT_EQ(output_of({target_.cc, flags.substr(0, blank), flags.substr(blank + 1), "-Wl,--fatal-warnings", "-o",
                             program, folder_.file("main.c"), folder_.file("weights.o")}),
                  "");
        std::vector<std::string> command = {program};
        if (!runs_natively(target_)) {
            command = {"sh", "-c", target_.emulator + " \"$0\"", program};
        }
        EXPECT_EQ(output_of(command), "0 1.5 -2.25 7\n") << model;
    }
}

INSTANTIATE_TEST_SUITE_P(Targets, WeightsObject, testing::Values("x86-64", "arm64-neon"), [](const auto &instance) {
    return std::string(instance.param == "x86-64" ? "x86_64" : "arm64");
});

TEST(WeightsObjectRefusals, NameTheTarget) {
    for (const char *target : {"arm-32-linux", "x86-64-windows", "arm-64-osx", "riscv-64-linux"}) {
        const auto object = weights_object("f", "1234", Halide::Target(target));
        ASSERT_FALSE(object) << target;
        EXPECT_EQ(object.error().message.rfind(std::string("--target = ") + target, 0), 0u) << object.error().message;
    }
}

TEST(WeightsObjectRefusals, AreNoneForALayerWithoutWeights) {
    EXPECT_TRUE(weights_object("f", {}, Halide::Target("x86-64-linux")));
}

}  // namespace
}  // namespace tconv::test
