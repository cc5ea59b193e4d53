// SPDX-License-Identifier: Apache-2.0
// Ctrl-C and kill in the middle of a long build.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

#include "tests/error/refusals.h"

namespace tconv::test {
namespace {

struct Interruption {
    const char *name;
    int signal;
    bool to_group;
};

void PrintTo(const Interruption &interruption, std::ostream *stream) { *stream << interruption.name; }

class Interrupted : public Refusals, public testing::WithParamInterface<Interruption> {
protected:
    // An object or assembly file is there: kernels are being compiled.
    bool compiling() const {
        for (const std::string &path : tree_of(work_.path())) {
            if (path.find(".tconv-") != std::string::npos && path.back() != '/') {
                return true;
            }
        }
        return false;
    }
};

TEST_P(Interrupted, BuildLeavesNothing) {
    RunningCommand build(
        {"build", kBenchmarkList, "--layers", "gan3d_g1,unet3d_up1,vnet_up3,gan3d_g4,voxel_k3,wavegan_g1", "--target",
         "x86-64-avx512", "-o", "new/out"},
        options());
    while (build.running() && !compiling()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    ASSERT_TRUE(build.running()) << "the build was over too soon: " << build.wait().err;
    GetParam().to_group ? build.send_to_group(GetParam().signal) : build.send(GetParam().signal);
    expect_one_line(build.wait(), {"interrupted"});
    EXPECT_TRUE(tree_of(work_.path()).empty());
    EXPECT_TRUE(tree_of(temporary_.path()).empty());
}

INSTANTIATE_TEST_SUITE_P(Signals, Interrupted,
                         testing::Values(Interruption{"sigint", SIGINT, false}, Interruption{"sigterm", SIGTERM, false},
                                         Interruption{"sighup", SIGHUP, false},
                                         Interruption{"control_c", SIGINT, true}),
                         [](const auto &instance) { return instance.param.name; });

}  // namespace
}  // namespace tconv::test
