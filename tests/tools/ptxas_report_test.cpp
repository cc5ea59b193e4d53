// SPDX-License-Identifier: Apache-2.0
#include "tools/verify/ptxas.h"

#include <gtest/gtest.h>

namespace tconv {
namespace {

TEST(PtxasReport, ReadsEveryKernel) {
    const std::vector<DeviceKernel> kernels = parse_ptxas_report(
        "ptxas info    : 8 bytes gmem\n"
        "ptxas info    : Compiling entry function 'first' for 'sm_80'\n"
        "ptxas info    : Function properties for first\n"
        "    96 bytes stack frame, 24 bytes spill stores, 40 bytes spill loads\n"
        "ptxas info    : Used 64 registers, used 1 barriers, 4096 bytes smem, 424 bytes cmem[0]\n"
        "ptxas info    : Compiling entry function 'second' for 'sm_80'\n"
        "ptxas info    : Function properties for second\n"
        "    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads\n"
        "ptxas info    : Used 26 registers, used 0 barriers, 400 bytes cmem[0]\n");
    ASSERT_EQ(kernels.size(), 2u);
    EXPECT_EQ(kernels[0].name, "first");
    EXPECT_EQ(kernels[0].architecture, "sm_80");
    EXPECT_EQ(kernels[0].registers, 64);
    EXPECT_EQ(kernels[0].spill_store_bytes, 24);
    EXPECT_EQ(kernels[0].spill_load_bytes, 40);
    EXPECT_EQ(kernels[0].shared_bytes, 4096);
    EXPECT_EQ(kernels[1].name, "second");
    EXPECT_EQ(kernels[1].registers, 26);
    EXPECT_EQ(kernels[1].spill_store_bytes + kernels[1].spill_load_bytes + kernels[1].shared_bytes, 0);
}

}  // namespace
}  // namespace tconv
