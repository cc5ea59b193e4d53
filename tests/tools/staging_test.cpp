// SPDX-License-Identifier: Apache-2.0
// Files appear all or not at all, and folders that were made for nothing go again.
#include "runtime/base/staging.h"
#include "runtime/base/files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "tests/runtime/temporary_folder.h"

namespace tconv::test {
namespace {

namespace fs = std::filesystem;

class StagingFolder : public testing::Test {
protected:
    const TemporaryFolder root_;

    static void fill(const Staging &staging, const std::vector<std::string> &files) {
        for (const std::string &file : files) {
            ASSERT_TRUE(write_file(staging.path(file), "new " + file));
        }
    }
    std::string text(const std::string &file) const {
        const auto contents = read_file(root_.file(file));
        return contents ? *contents : contents.error().message;
    }
    size_t entries(const std::string &folder = "") const {
        const std::string path = folder.empty() ? root_.path() : root_.file(folder);
        return static_cast<size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator()));
    }
};

TEST_F(StagingFolder, PublishesAllItsFiles) {
    {
        auto staging = Staging::create(root_.file("a/b/c/"));
        ASSERT_TRUE(staging) << staging.error().message;
        fill(*staging, {"x", "y", "not published"});
        EXPECT_FALSE(fs::exists(root_.file("a/b/c/x")));
        ASSERT_TRUE(staging->publish({"x", "y"}));
    }
    EXPECT_EQ(text("a/b/c/x"), "new x");
    EXPECT_EQ(text("a/b/c/y"), "new y");
    EXPECT_EQ(entries("a/b/c"), 2u);
}

TEST_F(StagingFolder, LeavesNothingUnpublished) {
    {
        auto staging = Staging::create(root_.file("a/b"));
        ASSERT_TRUE(staging) << staging.error().message;
        fill(*staging, {"x"});
        EXPECT_EQ(entries(), 1u);
    }
    EXPECT_EQ(entries(), 0u);
}

TEST_F(StagingFolder, KeepsFoldersThatWereThere) {
    fs::create_directories(root_.file("a"));
    {
        ASSERT_TRUE(Staging::create(root_.file("a/b")));
    }
    EXPECT_TRUE(fs::exists(root_.file("a")));
    EXPECT_EQ(entries("a"), 0u);
}

TEST_F(StagingFolder, KeepsFoldersThatOthersUse) {
    {
        auto staging = Staging::create(root_.file("a/b"));
        ASSERT_TRUE(staging);
        ASSERT_TRUE(write_file(root_.file("a/someone else's"), ""));
    }
    EXPECT_EQ(entries("a"), 1u);
}

TEST_F(StagingFolder, IsUndoneWhereOneFileCannotBePublished) {
    {
        fs::create_directories(root_.file("out/y/in the way"));
        ASSERT_TRUE(write_file(root_.file("out/x"), "old x"));
        auto staging = Staging::create(root_.file("out"));
        ASSERT_TRUE(staging);
        fill(*staging, {"w", "x", "y"});
        const Status status = staging->publish({"w", "x", "y"});
        ASSERT_FALSE(status);
        EXPECT_NE(status.error().message.find("out/y: "), std::string::npos) << status.error().message;
    }
    EXPECT_FALSE(fs::exists(root_.file("out/w")));
    EXPECT_EQ(text("out/x"), "old x") << "what was there before has to stay";
    EXPECT_EQ(entries("out"), 2u);
}

TEST_F(StagingFolder, ReplacesOlderFiles) {
    ASSERT_TRUE(write_file(root_.file("x"), "old"));
    auto staging = Staging::create(root_.path());
    ASSERT_TRUE(staging);
    fill(*staging, {"x"});
    ASSERT_TRUE(staging->publish({"x"}));
    EXPECT_EQ(text("x"), "new x");
}

TEST_F(StagingFolder, MovesWithItsObject) {
    std::optional<Staging> kept;
    {
        auto staging = Staging::create(root_.file("a"));
        ASSERT_TRUE(staging);
        kept.emplace(std::move(*staging));
    }
    fill(*kept, {"x"});
    ASSERT_TRUE(kept->publish({"x"}));
    kept.reset();
    EXPECT_EQ(entries("a"), 1u);
}

TEST_F(StagingFolder, RefusesWhatIsNoFolder) {
    ASSERT_TRUE(write_file(root_.file("file"), ""));
    for (const std::string &path :
         {root_.file("file"), root_.file("file/below"), std::string("/proc/none/x"), std::string()}) {
        const auto staging = Staging::create(path);
        ASSERT_FALSE(staging) << path;
        EXPECT_EQ(staging.error().message.rfind("-o = " + path + ": ", 0), 0u) << staging.error().message;
    }
    EXPECT_EQ(entries(), 1u);
}

TEST_F(StagingFolder, FilesSayWhyTheyCannotBeWrittenOrRead) {
    const Status status = write_file(root_.file("none/x"), "text");
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message, root_.file("none/x") + ": cannot be written: No such file or directory");
    const auto read = read_file(root_.file("none/x"));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message, root_.file("none/x") + ": cannot be read: No such file or directory");
    ASSERT_TRUE(write_file(root_.file("empty"), ""));
    EXPECT_EQ(*read_file(root_.file("empty")), "");
}

}  // namespace
}  // namespace tconv::test
