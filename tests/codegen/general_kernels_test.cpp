// SPDX-License-Identifier: Apache-2.0
// The objects of the general kernels, for every instruction set, whether this machine runs it or not.
#include <gtest/gtest.h>

#include <set>

#include "runtime/base/child_process.h"
#include "runtime/run/general_kernels.h"
#include "schedules/machine.h"
#include "tests/codegen/binary_tools.h"
#include "tests/codegen/layer_builds.h"
#include "tools/compiler/target_table.h"
#include "tools/verify/assembly_check.h"

namespace tconv {

void PrintTo(const GeneralKernelShape &shape, std::ostream *stream) { *stream << shape.symbol; }

}  // namespace tconv

namespace tconv::test {
namespace {

#define TCONV_ONE(isa, name, value) +1
constexpr int kElementwise = TCONV_ELEMENTWISE_ACTIVATIONS(TCONV_ONE, );

class GeneralKernelObjects : public testing::TestWithParam<GeneralKernelShape> {
protected:
    void SetUp() override {
        object_ = folder_.file("general.o");
        const auto made =
            run_program({TCONV_GENERAL_KERNELS, to_string(GetParam().isa), object_, folder_.file("general.s")});
        ASSERT_TRUE(made) << made.error().message;
        ASSERT_EQ(made->exit_code, 0) << made->output;
    }

    TemporaryFolder folder_;
    std::string object_;
};

TEST_P(GeneralKernelObjects, NeedNothingFromOutside) {
    const std::string prefix = std::string("tconv_general_") + GetParam().symbol + "_";
    int functions = 0;
    for (const Symbol &symbol : symbols_of(object_)) {
        if (symbol.undefined()) {
            EXPECT_TRUE(symbol.name == "memcpy" || symbol.name == "memset") << symbol.name << " is needed from outside";
        } else if (symbol.global()) {
            EXPECT_EQ(symbol.name.rfind(prefix, 0), 0u) << symbol.name;
            functions += symbol.type == 'T' ? 1 : 0;
        }
    }
    EXPECT_EQ(functions, kProductShapes * kProductKernels + kElementwise) << "products and elementwise activations";
    for (const Section &section : sections_of(object_)) {
        EXPECT_TRUE(section.size == 0 || section.flags.find('W') == std::string::npos)
            << section.name << " is writable";
    }
}

// SSE has no multiply-add instruction to look for.
TEST_P(GeneralKernelObjects, KeepTheirTilesInRegisters) {
    if (GetParam().isa == Isa::kX86) GTEST_SKIP() << "multiplies and adds apart";
    const Machine machine = find_target(to_string(GetParam().isa))->machine();
    std::set<int> loops_of;  // as many multiply-adds
    for (const MultiplyAddLoop &loop : multiply_add_loops(file_text(folder_.file("general.s")))) {
        const int widest = machine.vector_bits == 512 ? loop.zmm : machine.vector_bits == 256 ? loop.ymm : loop.xmm;
        const std::string where = loop.label + ", line " + std::to_string(loop.first_line);
        EXPECT_EQ(widest, loop.multiply_adds) << where << ": narrow registers";
        EXPECT_EQ(loop.gathers, 0) << where;
        EXPECT_EQ(loop.vector_spills, 0) << where;
        // A reload takes one of two loads a cycle, which as many multiply-adds leave partly free.
        EXPECT_LE(loop.address_reloads * 6, loop.multiply_adds) << where;
        loops_of.insert(loop.multiply_adds);
    }
    for (const GeneralProductShape &product : GetParam().products) {
        EXPECT_EQ(loops_of.count(product.block / machine.lanes(DataType::kFloat32) * product.pixels.back()), 1u)
            << "no loop holds the widest tile of the " << product.name << " products";
    }
}

INSTANTIATE_TEST_SUITE_P(InstructionSets, GeneralKernelObjects, testing::ValuesIn(kGeneralKernelShapes),
                         [](const auto &instance) { return std::string(instance.param.symbol); });

}  // namespace
}  // namespace tconv::test
