// SPDX-License-Identifier: Apache-2.0
// `tconv run` on real numbers, against the double-precision oracle. tests/error has exact numbers and refusals.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>
#include <sstream>

#include <nlohmann/json.hpp>

#include "command.h"
#include "runtime/base/files.h"
#include "tconv/layer_file.h"
#include "tconv/npy.h"
#include "tools/verify/oracle.h"
#include "tools/verify/test_data.h"

namespace tconv::test {
namespace {

using Json = nlohmann::json;
using Shape = std::vector<int64_t>;

struct RunCase {
    const char *name;
    Json arguments;
    Shape input, filter;
    bool bias = false;
};

void PrintTo(const RunCase &call, std::ostream *stream) { *stream << call.name; }

// Wide enough for several blocks of channels, with remainders; rows and channels that end in the middle of a tile.
const std::vector<RunCase> &run_cases() {
    // clang-format off: a table
    static const std::vector<RunCase> all = {
        {"conv2d", {{"op", "tf.nn.conv2d_transpose"}, {"output_shape", {2, 25, 30, 37}}, {"strides", 2}},
         {2, 13, 15, 19}, {5, 4, 37, 19}},
        {"conv2d_nchw", {{"op", "tf.nn.conv2d_transpose"}, {"output_shape", {1, 3, 40, 39}}, {"strides", {1, 1, 3, 2}},
                         {"dilations", 2}, {"data_format", "NCHW"}, {"bias", true}, {"activation", "sigmoid"}},
         {1, 20, 14, 20}, {3, 6, 3, 20}, true},
        {"atrous", {{"op", "tf.nn.atrous_conv2d_transpose"}, {"output_shape", {1, 24, 31, 65}}, {"rate", 4},
                    {"padding", "VALID"}},
         {1, 16, 23, 8}, {3, 3, 65, 8}},
        {"conv3d", {{"op", "tf.nn.conv3d_transpose"}, {"output_shape", {1, 8, 10, 11, 9}}, {"strides", 2}, {"bias", true},
                    {"activation", "gelu"}},
         {1, 4, 5, 6, 11}, {3, 3, 3, 9, 11}, true},
        {"keras_1d", {{"op", "keras.ops.conv_transpose"}, {"strides", 5}, {"padding", "same"}, {"activation", "tanh"}},
         {3, 101, 7}, {11, 21, 7}},
        {"layer", {{"op", "keras.layers.Conv2DTranspose"}, {"filters", 1}, {"kernel_size", 16}, {"strides", 8},
                   {"padding", "same"}, {"activation", "softplus"}},
         {1, 9, 7, 21}, {16, 16, 1, 21}, true},
    };
    // clang-format on
    return all;
}

int64_t elements(const Shape &shape) {
    int64_t count = 1;
    for (int64_t extent : shape) count *= extent;
    return count;
}

class Run : public testing::TestWithParam<RunCase> {
protected:
    void SetUp() override {
        const RunCase &call = GetParam();
        folder_.write("case.json", call.arguments.dump());
        input_ = tensor("x.npy", call.input, 1);
        filter_ = tensor("w.npy", call.filter, 2);
        CallShapes shapes{call.input, call.filter, std::nullopt};
        if (call.bias) {
            shapes.bias = Shape{call.filter[call.filter.size() - 2]};
            bias_ = tensor("b.npy", *shapes.bias, 3);
        }
        const Expected<Layer> layer = read_call(folder_.path("case.json"), shapes);
        ASSERT_TRUE(layer) << layer.error().message;
        layer_ = *layer;
    }

    Array tensor(const char *file, const Shape &shape, uint64_t seed) const {
        return written(file, {shape, random_cells(elements(shape), seed)});
    }
    Array written(const char *file, const Array &array) const {
        EXPECT_TRUE(write_npy(folder_.path(file), array));
        return array;
    }

    Array run(const std::string &more = "") const {
        const std::string bias = bias_ ? "--bias b.npy " : "";
        const CommandResult result =
            folder_.tconv("run case.json --input x.npy --filter w.npy " + bias + "--output y.npy " + more);
        EXPECT_EQ(result.exit_code, 0) << more;
        EXPECT_EQ(result.out + result.err, "");
        EXPECT_EQ(folder_.leftovers(), "");
        const Expected<Array> output = read_npy(folder_.path("y.npy"));
        EXPECT_TRUE(output);
        return output ? *output : Array();
    }

    void expect_right(const Array &output) const {
        ASSERT_EQ(output.shape, layer_.output_shape());
        const OracleResult reference =
            oracle(layer_, input_.data.data(), filter_.data.data(), bias_ ? bias_->data.data() : nullptr);
        const Comparison comparison = compare(layer_, reference, output.data.data(), 1);
        EXPECT_TRUE(comparison.pass) << comparison.message;
    }

    // The names below "tconv run --isa" in the list of targets, without those that do not run here.
    std::vector<std::string> isas() const {
        const std::string out = folder_.tconv("targets").out;
        std::istringstream lines(out.substr(out.find('\n', out.find("--isa")) + 1));
        std::vector<std::string> names;
        for (std::string line, name, here; std::getline(lines, line);) {
            if (std::istringstream(line) >> name >> here && here != "no") names.push_back(name);
        }
        return names;
    }

    CommandFolder folder_;
    Layer layer_;
    Array input_, filter_;
    std::optional<Array> bias_;
};

TEST_P(Run, AgreesWithTheOracleOnEveryInstructionSet) {
    const std::vector<std::string> names = isas();
    EXPECT_FALSE(names.empty());
    for (const std::string &isa : names) {
        SCOPED_TRACE(isa);
        expect_right(run("--isa " + isa));
    }
}

TEST_P(Run, DoesNotDependOnThreads) {
    run();
    const std::string want = *read_file(folder_.path("y.npy"));
    for (const char *threads : {"2", "3", "64"}) {
        run(std::string("--threads ") + threads);
        EXPECT_TRUE(*read_file(folder_.path("y.npy")) == want) << threads;
    }
}

// compare() wants NaN and Inf exactly where their taps reach.
TEST_P(Run, KeepsNanAndInfinityToTheirTaps) {
    input_.data[input_.data.size() / 2] = std::numeric_limits<float>::quiet_NaN();
    input_.data[input_.data.size() / 7] = std::numeric_limits<float>::infinity();
    written("x.npy", input_);
    const Array output = run("--threads 2");
    expect_right(output);
    int64_t nan = 0;
    for (float value : output.data) nan += std::isnan(value) ? 1 : 0;
    EXPECT_GT(nan, 0);
    EXPECT_LT(nan, static_cast<int64_t>(output.data.size()));
}

INSTANTIATE_TEST_SUITE_P(Operators, Run, testing::ValuesIn(run_cases()),
                         [](const auto &instance) { return instance.param.name; });

}  // namespace
}  // namespace tconv::test
