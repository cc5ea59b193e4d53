// SPDX-License-Identifier: Apache-2.0
// Files with random damage. Whatever they hold, `tconv run` either makes a result or says one line; it never ends by a
// signal. The seed is fixed and every failure prints what was run.
#include <filesystem>

#include "tconv/npy.h"
#include "tests/error/run_calls.h"
#include "tests/support/layer_data.h"

namespace tconv::test {
namespace {

using nlohmann::json;

constexpr uint64_t kSeed = 20261122;
constexpr int kRuns = 200;

// What breaks readers: ends of ranges, unfinished structures, bytes that are no text.
const std::vector<std::string> &tokens() {
    // clang-format off: a table
    static const std::vector<std::string> all = {
        "null", "true", "-1", "0", "1", "3", "65536", "2147483647", "2147483648", "9223372036854775808", "-9e99", "1e400",
        "NaN", "\"\"", "[", "]", "{", "}", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "'", "(", ")", "\n",
        std::string(1, '\0'), "\xff", "\xc3", "\xef\xbb\xbf", "[[[[[[[[[[[[", "\"strides\":", "\"SAME\"", "\"same\"",
        "channels_first", ">f4", "|O", "True", "99999,"};
    // clang-format on
    return all;
}

class RunDamage : public RunCalls {
protected:
    // One to four edits.
    std::string damaged(std::string text) {
        for (int64_t edits = random_.between(1, 4); edits > 0; edits--) {
            const auto at = static_cast<size_t>(random_.between(0, static_cast<int64_t>(text.size())));
            const auto length = static_cast<size_t>(random_.between(1, 8));
            switch (random_.between(0, 4)) {
            case 0: text.insert(at, tokens()[static_cast<size_t>(random_.between(0, last_token()))]); break;
            case 1: text.erase(at, length); break;
            case 2: text.replace(at, length, tokens()[static_cast<size_t>(random_.between(0, last_token()))]); break;
            case 3: text.insert(at, text.substr(at / 2, length)); break;
            default:
                if (at < text.size()) text[at] = static_cast<char>(random_.between(0, 255));
            }
        }
        return text;
    }

    // One to three arguments with other values, of the types and sizes that occur.
    json other_values(json arguments) {
        static const std::vector<json> values = {nullptr,
                                                 true,
                                                 false,
                                                 0,
                                                 1,
                                                 2,
                                                 3,
                                                 -1,
                                                 7,
                                                 1000,
                                                 65537,
                                                 2.5,
                                                 "SAME",
                                                 "valid",
                                                 "same",
                                                 "NCHW",
                                                 "channels_first",
                                                 "relu",
                                                 "softmax",
                                                 "",
                                                 json::array(),
                                                 {1},
                                                 {2, 1},
                                                 {1, 2, 2},
                                                 {1, 2, 2, 1},
                                                 {1, 8, 8, 3},
                                                 {1, 4, 4, 3},
                                                 {{1}}};
        static const std::vector<std::string> keys = {
            "strides",    "padding", "output_padding", "data_format", "dilations", "dilation_rate",
            "activation", "name",    "bias",           "use_bias",    "rate"};
        for (int64_t edits = random_.between(1, 3); edits > 0; edits--) {
            std::string key = keys[static_cast<size_t>(random_.between(0, static_cast<int64_t>(keys.size()) - 1))];
            if (random_.between(0, 1) == 0) {
                key =
                    std::next(arguments.begin(), random_.between(0, static_cast<int64_t>(arguments.size()) - 1)).key();
            }
            arguments[key] = values[static_cast<size_t>(random_.between(0, static_cast<int64_t>(values.size()) - 1))];
        }
        return arguments;
    }

    static int64_t last_token() { return static_cast<int64_t>(tokens().size()) - 1; }

    void expect_result_or_one_line(bool bias) {
        CommandOptions limited = options();
        limited.most_memory = int64_t{768} * 1024 * 1024;  // so that a large extent is refused, not computed
        const CommandResult result = run_tconv(command(bias), limited);
        const std::string output = work_.file("y.npy");
        if (result.exit_code == 0) {
            succeeded_++;
            EXPECT_EQ(result.err, "");
            EXPECT_TRUE(read_npy(output));
        } else {
            refused_++;
            expect_one_line(result, {});
            EXPECT_FALSE(std::filesystem::exists(output));
        }
        std::filesystem::remove(output);
        EXPECT_EQ(tree_of(work_.path()).size(), bias ? 4u : 3u);
        EXPECT_TRUE(tree_of(temporary_.path()).empty());
    }

    // Both happen; otherwise the damage is not what this test is for.
    void expect_both() const {
        EXPECT_GT(succeeded_, 0);
        EXPECT_GT(refused_, kRuns / 2);
    }

    Random random_{kSeed};
    int succeeded_ = 0, refused_ = 0;
};

TEST_F(RunDamage, Cases) {
    const std::vector<Call> calls = {good_conv2d(), good_atrous(), good_conv3d(), good_keras_op(), good_keras_layer()};
    for (int run = 0; run < kRuns && !HasFailure(); run++) {
        const Call &call = calls[static_cast<size_t>(run) % calls.size()];
        write_call(call);
        const std::string text = run % 2 == 0 ? damaged(call.arguments.dump(2)) : other_values(call.arguments).dump();
        SCOPED_TRACE("run " + std::to_string(run) + ": " + text);
        write("case.json", text);
        expect_result_or_one_line(!call.bias.empty());
        std::filesystem::remove(work_.file("b.npy"));
    }
    expect_both();
}

TEST_F(RunDamage, Tensors) {
    const Call call = good_keras_layer();
    for (int run = 0; run < kRuns && !HasFailure(); run++) {
        write_call(call);
        const char *file = run % 3 == 0 ? "x.npy" : run % 3 == 1 ? "w.npy" : "b.npy";
        const std::string whole = bytes_of(file);
        // Mostly the header; damage to the numbers makes other numbers.
        const size_t cut = run % 4 == 3 ? whole.size() : size_t{128};
        const std::string bytes = damaged(whole.substr(0, cut)) + whole.substr(cut);
        SCOPED_TRACE("run " + std::to_string(run) + ": " + file + ": " + bytes.substr(0, 200));
        write(file, bytes);
        expect_result_or_one_line(true);
    }
    expect_both();
}

}  // namespace
}  // namespace tconv::test
