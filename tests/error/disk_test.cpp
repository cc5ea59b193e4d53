// SPDX-License-Identifier: Apache-2.0
// A disk that fills up while a library is written: an error, and the disk as it was.
#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "tests/error/refusals.h"

namespace tconv::test {
namespace {

class Disk : public Refusals, public testing::WithParamInterface<int64_t> {
protected:
    void SetUp() override { write("layer.json", good_layer()); }

    std::vector<std::string> build_into(const std::string &folder) const {
        return {"build", "layer.json", "--target", "x86-64-avx2", "-o", folder};
    }
};

using LargestFile = Disk;

TEST_P(LargestFile, IsAnErrorThatLeavesNothing) {
    CommandOptions limited = options();
    limited.largest_file = GetParam();
    expect_refused(build_into("new/out"), {}, limited);
}

// The assembly, the objects, the archive and the header are each larger than some of these.
INSTANTIATE_TEST_SUITE_P(Bytes, LargestFile, testing::Values(0, 1000, 3000, 6000), testing::PrintToStringParamName());

TEST_F(Disk, WithoutALimitTheSameBuildSucceeds) { EXPECT_EQ(run_tconv(build_into("out"), options()).exit_code, 0); }

using FullDisk = Disk;

TEST_P(FullDisk, IsAnErrorThatLeavesNothing) {
    const std::string disk = work_.file("disk");
    std::filesystem::create_directory(disk);
    // Mounts of this process alone, gone when it ends.
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
        GTEST_SKIP() << "needs the right to mount: " << std::strerror(errno);
    }
    const std::string size = "size=" + std::to_string(GetParam());
    if (mount("none", disk.c_str(), "tmpfs", 0, size.c_str()) != 0) {
        GTEST_SKIP() << "cannot mount a tmpfs: " << std::strerror(errno);
    }
    expect_refused(build_into("disk/new/out"), {});
    EXPECT_TRUE(tree_of(disk).empty());
    umount(disk.c_str());
}

// In pages of 4096 bytes: full at the first object, in the middle, and at the end.
INSTANTIATE_TEST_SUITE_P(Bytes, FullDisk, testing::Values(4096, 5 * 4096, 15 * 4096),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace tconv::test
