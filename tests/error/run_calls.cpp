// SPDX-License-Identifier: Apache-2.0
#include "tests/error/run_calls.h"

#include <fstream>
#include <iterator>

#include "tconv/npy.h"
#include "tests/support/layer_data.h"

namespace tconv::test {

using nlohmann::json;

Call good_conv2d() {
    return {{{"op", "tf.nn.conv2d_transpose"}, {"output_shape", {1, 8, 8, 3}}, {"strides", 2}},
            {1, 4, 4, 5},
            {3, 3, 3, 5},
            {}};
}

Call good_atrous() {
    return {{{"op", "tf.nn.atrous_conv2d_transpose"}, {"output_shape", {1, 4, 4, 3}}, {"rate", 2}, {"padding", "SAME"}},
            {1, 4, 4, 5},
            {3, 3, 3, 5},
            {}};
}

Call good_conv3d() {
    return {{{"op", "tf.nn.conv3d_transpose"}, {"output_shape", {1, 8, 8, 8, 3}}, {"strides", 2}},
            {1, 4, 4, 4, 5},
            {3, 3, 3, 3, 5},
            {}};
}

Call good_keras_op() { return {{{"op", "keras.ops.conv_transpose"}, {"strides", 2}}, {1, 4, 4, 5}, {3, 3, 3, 5}, {}}; }

Call good_keras_layer() {
    return {{{"op", "keras.layers.Conv2DTranspose"}, {"filters", 3}, {"kernel_size", 3}},
            {1, 4, 4, 5},
            {3, 3, 3, 5},
            {{3}}};
}

void RunCalls::write_tensor(const std::string &file, const Shape &shape, uint64_t seed) const {
    Array array;
    array.shape = shape;
    size_t count = 1;
    for (int64_t extent : shape) count *= static_cast<size_t>(extent);
    array.data.resize(count);
    fill_small_integers(array.data.data(), static_cast<int64_t>(count), seed);
    ASSERT_TRUE(write_npy(work_.file(file), array)) << file;
}

void RunCalls::write_call(const Call &call) const {
    write("case.json", call.arguments);
    write_tensor("x.npy", call.input, 1);
    write_tensor("w.npy", call.filter, 2);
    for (const Shape &shape : call.bias) write_tensor("b.npy", shape, 3);
}

std::vector<std::string> RunCalls::command(bool bias, const std::vector<std::string> &more) {
    std::vector<std::string> arguments = {"run",      "case.json", "--input",  "x.npy",
                                          "--filter", "w.npy",     "--output", "y.npy"};
    if (bias) arguments.insert(arguments.end(), {"--bias", "b.npy"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

void RunCalls::expect_call_refused(Call call, const json &changes, const std::vector<std::string> &parts) const {
    call.arguments.merge_patch(changes);
    SCOPED_TRACE(call.arguments.dump());
    write_call(call);
    std::vector<std::string> all = {"case.json: "};
    all.insert(all.end(), parts.begin(), parts.end());
    expect_refused(command(!call.bias.empty()), all);
}

void RunCalls::expect_runs(const std::vector<std::string> &arguments) const {
    const CommandResult result = run_tconv(arguments, options());
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "");
    EXPECT_FALSE(result.left_processes);
}

std::string RunCalls::bytes_of(const std::string &file) const {
    std::ifstream stream(work_.file(file), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

std::string npy_bytes(const std::string &dictionary, const std::string &data) {
    std::string header = dictionary;
    header.append(63 - (10 + header.size()) % 64, ' ');
    header += '\n';
    const std::string size = {static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
    return std::string("\x93NUMPY\x01\x00", 8) + size + header + data;
}

std::string npy_dictionary(const std::string &type, const std::string &order, const std::string &shape) {
    return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

}  // namespace tconv::test
