// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/session_file.h"

#include <gtest/gtest.h>

#include "runtime/base/files.h"
#include "tests/runtime/temporary_folder.h"

namespace tconv::test {
namespace {

const SessionKey kKey = {"x86-64-avx2", "znver3", "0123abc", 1, {"w", "v"}};

const SessionSummary kSummary = {
    {"phases", {{"tile_x", 4}}}, {"planar", {{"rows", 2}}}, 1.5, 2, 0.75, 0.99, 0.5, false, "time is up",
    "native: 0.1 of the bound"};

class Sessions : public testing::Test {
protected:
    std::string refusal(const SessionKey &key) const {
        const auto session = SessionFile::open(path_, key);
        return session ? "(accepted)" : session.error().message;
    }

    TemporaryFolder folder_;
    std::string path_ = folder_.file("session");
};

TEST_F(Sessions, GoOnWhereTheyEnded) {
    {
        auto session = SessionFile::open(path_, kKey);
        ASSERT_TRUE(session) << session.error().message;
        EXPECT_TRUE(session->trials("w").empty());
        ASSERT_TRUE(session->add("w", {{"phases", {{"tile_x", 4}}}, -0.125, "", true, 2.5}));
        ASSERT_TRUE(session->add("w", {{"planar", {}}, 0, "crashed: \xff", false, 3}));
        ASSERT_TRUE(session->add_end("v", kSummary, true));
        ASSERT_TRUE(session->add_end("w", kSummary, false));
        EXPECT_NE(session->summary("w"), nullptr);
    }
    const auto session = SessionFile::open(path_, kKey);
    ASSERT_TRUE(session) << session.error().message;
    ASSERT_EQ(session->trials("w").size(), 2u);
    const SessionTrial &timed = session->trials("w")[0], &failed = session->trials("w")[1];
    EXPECT_EQ(timed.candidate, (Candidate{"phases", {{"tile_x", 4}}}));
    EXPECT_EQ(timed.log_time, -0.125);
    EXPECT_EQ(timed.failure, "");
    EXPECT_TRUE(timed.is_best);
    EXPECT_EQ(timed.seconds, 2.5);
    EXPECT_EQ(failed.failure.rfind("crashed: ", 0), 0u);
    EXPECT_FALSE(failed.is_best);
    EXPECT_TRUE(session->is_done("v"));
    EXPECT_FALSE(session->is_done("w"));
    EXPECT_EQ(session->summary("w"), nullptr);
    const SessionSummary *summary = session->summary("v");
    ASSERT_NE(summary, nullptr);
    EXPECT_EQ(summary->chosen, kSummary.chosen);
    EXPECT_EQ(summary->best, kSummary.best);
    EXPECT_EQ(summary->ms, 1.5);
    EXPECT_EQ(summary->default_ms, 2);
    EXPECT_EQ(summary->ratio, 0.75);
    EXPECT_EQ(summary->confidence, 0.99);
    EXPECT_EQ(summary->limit_ms, 0.5);
    EXPECT_FALSE(summary->undisturbed);
    EXPECT_EQ(summary->end, "time is up");
    EXPECT_EQ(summary->verified, "native: 0.1 of the bound");
}

TEST_F(Sessions, LoseAtMostTheLineThatAKilledProcessWasWriting) {
    {
        auto session = SessionFile::open(path_, kKey);
        ASSERT_TRUE(session->add("w", {{"phases", {}}, 0.5, "", false, 1}));
    }
    const std::string whole = *read_file(path_);
    ASSERT_TRUE(write_file(path_, whole + R"({"workload":"w","vari)"));
    auto session = SessionFile::open(path_, kKey);
    ASSERT_TRUE(session) << session.error().message;
    EXPECT_EQ(session->trials("w").size(), 1u);
    EXPECT_EQ(*read_file(path_), whole);
    ASSERT_TRUE(session->add("w", {{"planar", {}}, 0.5, "", false, 1}));
    EXPECT_EQ(SessionFile::open(path_, kKey)->trials("w").size(), 2u);
}

TEST_F(Sessions, RefuseAnotherByName) {
    ASSERT_TRUE(SessionFile::open(path_, kKey));
    const std::string prefix = "--session = " + path_ + ": is a session of ";
    SessionKey other = kKey;
    other.target = "x86-64";
    EXPECT_EQ(refusal(other), prefix + "target \"x86-64-avx2\", not \"x86-64\"");
    other = kKey;
    other.cpu = "generic";
    EXPECT_EQ(refusal(other), prefix + "cpu \"znver3\", not \"generic\"");
    other = kKey;
    other.commit = "fedcba9";
    EXPECT_EQ(refusal(other), prefix + "commit \"0123abc\", not \"fedcba9\"");
    other = kKey;
    other.threads = 2;
    EXPECT_EQ(refusal(other), prefix + "threads 1, not 2");
    other = kKey;
    other.workloads = {"u"};
    EXPECT_EQ(refusal(other), prefix + "other layers: [\"w\",\"v\"]");
    EXPECT_EQ(refusal(kKey), "(accepted)");
}

TEST_F(Sessions, RefuseOtherFiles) {
    for (const char *text : {"", "[]\n", "{}\n", "hello\n", "{\"tconv_session\": 1"}) {
        ASSERT_TRUE(write_file(path_, text));
        EXPECT_EQ(refusal(kKey), "--session = " + path_ + ": is no session of tconv tune") << text;
        EXPECT_EQ(*read_file(path_), text);
    }
    ASSERT_TRUE(write_file(path_, ""));
    std::filesystem::remove(path_);
    ASSERT_TRUE(SessionFile::open(path_, kKey));
    for (const char *line : {"hello", "{}", "{\"workload\": 4}", R"({"workload": "w", "variant": "v"})"}) {
        const std::string whole = *read_file(path_);
        ASSERT_TRUE(write_file(path_, whole + line + "\n"));
        EXPECT_EQ(refusal(kKey), "--session = " + path_ + ": line 2 is not one of a session") << line;
        ASSERT_TRUE(write_file(path_, whole));
    }
}

TEST_F(Sessions, NeedNoFile) {
    auto session = SessionFile::open("", kKey);
    ASSERT_TRUE(session);
    EXPECT_TRUE(session->add("w", {{"phases", {}}, 0.5, "", false, 1}));
    EXPECT_EQ(session->trials("w").size(), 1u);
}

TEST_F(Sessions, SayThatTheyCannotBeWritten) {
    const auto session = SessionFile::open(folder_.file("absent/session"), kKey);
    ASSERT_FALSE(session);
    EXPECT_NE(session.error().message.find("absent/session: cannot be written: No such file"), std::string::npos)
        << session.error().message;
}

}  // namespace
}  // namespace tconv::test
