// SPDX-License-Identifier: Apache-2.0
// Libraries for targets that are not this processor, as `tconv verify` runs them: arm64 in an emulator, OpenCL on a
// device (which PoCL makes of the processor). Guard pages, task orders and strides are those of
// tools/verify/programs/layer_verify.c.
#include <gtest/gtest.h>

#include "tests/generators/corner_layers.h"
#include "tests/generators/emulated.h"
#include "tests/generators/test_targets.h"
#include "tools/verify/verify_layer.h"

namespace tconv::test {

void expect_verified(const LibraryCase &library_case) {
    const auto &[layer, target, variant] = library_case;
    const auto toolchain = find_toolchain(target, {});
    if (!toolchain) GTEST_SKIP() << toolchain.error().message;
    VerifyOptions options;
    options.build.variant = variant;
    const auto verification = verify_layer(layer, target, *toolchain, options);
    ASSERT_TRUE(verification) << verification.error().message;
    if (lacks_device(verification->reason)) GTEST_SKIP() << verification->reason;
    EXPECT_TRUE(verification->pass) << verification->how << ": " << verification->reason;
    EXPECT_TRUE(verification->accuracy) << "nothing ran";
    EXPECT_EQ(verification->choice.variant, variant);
}

namespace {

class EmulatedLibrary : public testing::TestWithParam<LibraryCase> {};

TEST_P(EmulatedLibrary, ComputesItsLayer) { expect_verified(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Arm64Neon, EmulatedLibrary,
                         testing::ValuesIn(with_every_variant(few_corner_layers(), *find_target("arm64-neon"))),
                         NameOfCase());
INSTANTIATE_TEST_SUITE_P(OpenCl, EmulatedLibrary,
                         testing::ValuesIn(with_every_variant(few_corner_layers(), *find_target("opencl"))),
                         NameOfCase());
INSTANTIATE_TEST_SUITE_P(OpenClWithoutOutput, EmulatedLibrary,
                         testing::ValuesIn(with_every_variant({corner_layer("line_softmax_over_nothing")},
                                                              *find_target("opencl"))),
                         NameOfCase());

}  // namespace
}  // namespace tconv::test
