// SPDX-License-Identifier: Apache-2.0
#include "tests/error/refusals.h"

#include <algorithm>
#include <fstream>

namespace tconv::test {

using nlohmann::json;

json good_layer() {
    return {{"name", "good"},
            {"op", "keras.ops.conv_transpose"},
            {"input_shape", {1, 4, 4, 8}},
            {"filter_shape", {2, 2, 8, 8}},
            {"strides", 2}};
}

void Refusals::write(const std::string &file, const std::string &text) const {
    std::ofstream stream(work_.file(file), std::ios::binary);
    stream << text;
    ASSERT_TRUE(stream.flush().good()) << file;
}

CommandOptions Refusals::options() const {
    CommandOptions options;
    options.directory = work_.path();
    options.temporary_directory = temporary_.path();
    return options;
}

void expect_one_line(const CommandResult &result, const std::vector<std::string> &parts) {
    EXPECT_GE(result.exit_code, 1) << result.out;
    EXPECT_LE(result.exit_code, 125);
    EXPECT_EQ(result.out, "");
    EXPECT_FALSE(result.left_processes);
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_EQ(result.err.empty() ? ' ' : result.err.back(), '\n');
    EXPECT_EQ(result.err.rfind("tconv: ", 0), 0u) << result.err;
    for (const std::string &part : parts) {
        EXPECT_NE(result.err.find(part), std::string::npos) << "no '" << part << "' in: " << result.err;
    }
}

void Refusals::expect_refused(const std::vector<std::string> &arguments, const std::vector<std::string> &parts,
                              const CommandOptions &options) const {
    std::string trace = "tconv";
    for (const std::string &argument : arguments) {
        trace += " '" + argument + "'";
    }
    SCOPED_TRACE(trace);
    const std::vector<std::string> before = tree_of(work_.path());
    expect_one_line(run_tconv(arguments, options), parts);
    EXPECT_EQ(tree_of(work_.path()), before);
    EXPECT_TRUE(tree_of(temporary_.path()).empty());
}

void Refusals::expect_refused(const std::vector<std::string> &arguments, const std::vector<std::string> &parts) const {
    expect_refused(arguments, parts, options());
}

void Refusals::expect_layer_refused(const std::string &text, const std::vector<std::string> &parts) const {
    SCOPED_TRACE(text);
    write("layer.json", text);
    std::vector<std::string> all = {"layer.json: "};
    all.insert(all.end(), parts.begin(), parts.end());
    expect_refused({"build", "layer.json", "--target", "x86-64-avx2", "-o", "new/out"}, all);
}

void Refusals::expect_change_refused(const json &changes, const std::vector<std::string> &parts) const {
    json layer = good_layer();
    layer.merge_patch(changes);
    expect_layer_refused(layer.dump(), parts);
}

}  // namespace tconv::test
