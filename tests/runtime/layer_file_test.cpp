// SPDX-License-Identifier: Apache-2.0
// What holds for every layer file: its JSON, the keys of our own, the limits on sizes, the file itself.
#include <filesystem>
#include <fstream>
#include <random>

#include "layer_text.h"
#include "temporary_folder.h"

namespace tconv {
namespace {

const char *const kGood =
    R"({"name": "up", "op": "keras.ops.conv_transpose", "input_shape": [1, 4, 4, 6], "filter_shape": [3, 3, 5, 6]})";

Json good(const char *changes = "{}") { return with(json(kGood), json(changes)); }

std::string refusal_of_text(const std::string &text) { return message_of(parse_layer_text(text, "")); }

TEST(LayerFile, RefusesWhatIsNoJson) {
    EXPECT_EQ(refusal_of_text(""), "not valid JSON: the text is empty");
    EXPECT_EQ(refusal_of_text(" \n "), "not valid JSON: the text is empty");
    EXPECT_EQ(refusal_of_text("{\n  \"name\": up\n}").find("not valid JSON: parse error at line 2, column 11: "), 0u);
    for (const char *text : {"{", "{\"name\"", "[1,", "{} {}", "{\"a\": NaN}", "{\"a\": 1e999}", "{\"a\": 01}",
                             "// comment\n{}", "{\"a\": \"\xff\"}", "{'a': 1}", "\x7f"}) {
        EXPECT_EQ(refusal_of_text(text).find("not valid JSON: "), 0u) << text << ": " << refusal_of_text(text);
    }
    EXPECT_NE(refusal_of_text(std::string("{\"a\":\0 1}", 9)), "(accepted)");
    EXPECT_LT(refusal_of_text("{\"a\": \"" + std::string(100000, 'x')).size(), 400u);
}

TEST(LayerFile, RefusesJsonOfOtherShapes) {
    EXPECT_EQ(refusal_of_text("1"), "the file = 1: must hold a layer (an object) or a list of layers");
    EXPECT_EQ(refusal_of_text("null"), "the file = null: must hold a layer (an object) or a list of layers");
    EXPECT_EQ(refusal_of_text(R"({"name": "a", "op": "x", "name": "b"})"), R"(key "name" appears twice in one object)");
    EXPECT_EQ(refusal_of_text(R"({"weights": {"filter": "a", "filter": "b"}})"),
              R"(key "filter" appears twice in one object)");
    EXPECT_EQ(refusal_of_text(std::string(100000, '[')), "nested deeper than 32 levels");
    const std::string deep = std::string(100000, '[') + std::string(100000, ']');
    EXPECT_EQ(refusal_of_text("{\"op\": " + deep + "}"), "nested deeper than 32 levels");
}

TEST(LayerFile, NamesTheOperators) {
    const std::string ops =
        "must be one of tf.nn.conv1d_transpose, tf.nn.conv2d_transpose, tf.nn.atrous_conv2d_transpose, "
        "tf.nn.conv3d_transpose, conv_transpose, keras.ops.conv_transpose, keras.layers.Conv1DTranspose, "
        "keras.layers.Conv2DTranspose, keras.layers.Conv3DTranspose";
    EXPECT_EQ(message_of(json("{}")), "op = (missing): " + ops);
    EXPECT_EQ(message_of(good(R"({"op": "conv2d_transpose"})")),
              "op = \"conv2d_transpose\": " + ops + "; did you mean tf.nn.conv2d_transpose?");
    EXPECT_EQ(message_of(good(R"({"op": 3})")), "op = 3: must be a string");
}

TEST(LayerFile, RefusesUnknownKeysFirst) {
    const std::string message = message_of(good(R"({"stride": 2, "filter_shape": "remove"})"));
    EXPECT_EQ(message.find("stride = 2: unknown key; keras.ops.conv_transpose has name, op, input_shape"), 0u);
    EXPECT_NE(message.find("; did you mean strides?"), std::string::npos) << message;
    EXPECT_EQ(message_of(good(R"({"speed": 2})")).find("did you mean"), std::string::npos);
}

TEST(LayerFile, NamesAreCIdentifiers) {
    for (const char *name : {"", "3d", "a b", "a-b", "\xc3\xa9t\xc3\xa9", "a.b", "a\n"}) {
        const std::string message = message_of(with(good(), {{"name", name}}));
        EXPECT_NE(message.find("must be a C identifier"), std::string::npos) << name << ": " << message;
    }
    for (const char *name : {"double", "class", "namespace", "restrict", "_Bool", "while"}) {
        EXPECT_EQ(message_of(with(good(), {{"name", name}})),
                  std::string("name = \"") + name + "\": must not be a keyword of C or C++");
    }
    EXPECT_EQ(layer_of(with(good(), {{"name", std::string(100, 'a')}})).name.size(), 100u);
    EXPECT_NE(message_of(with(good(), {{"name", std::string(101, 'a')}})).find("at most 100 characters"),
              std::string::npos);
    EXPECT_EQ(message_of(good(R"({"name": "remove"})")), "name = (missing): keras.ops.conv_transpose requires it");
    EXPECT_EQ(message_of(good(R"({"name": 3})")), "name = 3: must be a string");
}

TEST(LayerFile, OptionsOverrideNameAndInputShape) {
    LayerFileOptions options;
    options.name = "other";
    options.input_shape = Shape{2, 8, 8, 6};
    const Layer layer = layer_of(good(), options);
    EXPECT_EQ(layer.name, "other");
    EXPECT_EQ(layer.output_shape(), (Shape{2, 10, 10, 5}));
    // What they complete or repeat is no news.
    std::vector<std::string> notes;
    options.notes = &notes;
    layer_of(good(), options);
    ASSERT_EQ(notes.size(), 1u);
    EXPECT_EQ(notes[0], "input_shape = [1,4,4,6]: --input-shape takes its place, [2, 8, 8, 6]");
    for (const char *stated : {R"({"input_shape": "remove"})", R"({"input_shape": [null, 8, null, 6]})",
                               R"({"input_shape": [2, 8, 8, 6]})"}) {
        notes.clear();
        layer_of(good(stated), options);
        EXPECT_TRUE(notes.empty()) << stated;
    }
    options.input_shape = Shape{2, 8, -8, 6};
    EXPECT_EQ(message_of(good(), options), "input_shape = [2,8,-8,6]: must not be below 0");
}

TEST(LayerFile, ReadsTheKeysOfItsOwn) {
    const Layer layer = layer_of(good(R"({"dtype": "float32", "bias": true, "activation": "tanh",
                                          "strict_nonfinite": true, "max_error_growth": 8.5})"));
    EXPECT_TRUE(layer.bias);
    EXPECT_EQ(layer.activation, Activation::kTanh);
    EXPECT_TRUE(layer.strict_nonfinite);
    EXPECT_EQ(layer.max_error_growth, 8.5);
    EXPECT_EQ(layer_of(good()).max_error_growth, 2.0);
    EXPECT_FALSE(layer_of(good()).strict_nonfinite);
    EXPECT_FALSE(layer_of(good()).weights.has_value());
    EXPECT_EQ(message_of(good(R"({"max_error_growth": 0.5})")), "max_error_growth = 0.5: must be a number not below 1");
    EXPECT_EQ(message_of(good(R"({"max_error_growth": true})")),
              "max_error_growth = true: must be a number not below 1");
    EXPECT_FALSE(layer_of(good()).max_workspace_bytes.has_value());
    EXPECT_EQ(layer_of(good(R"({"max_workspace_bytes": 0})")).workspace_limit(), 0);
    EXPECT_EQ(layer_of(good(R"({"max_workspace_bytes": 5000000000})")).workspace_limit(), 5000000000);
    EXPECT_EQ(layer_of(good()).workload(), layer_of(good(R"({"max_workspace_bytes": 0})")).workload());
    for (const char *value : {"-1", "1.5", "\"1 MB\"", "true", "null", "9223372036854775807"}) {
        EXPECT_EQ(message_of(with(good(), {{"max_workspace_bytes", json(value)}})),
                  std::string("max_workspace_bytes = ") + value + ": must be an integer from 0 to 2^63 - 2");
    }
    EXPECT_EQ(message_of(good(R"({"strict_nonfinite": 1})")), "strict_nonfinite = 1: must be true or false");
    EXPECT_EQ(message_of(good(R"({"bias": "b"})")), "bias = \"b\": must be true or false");
    EXPECT_EQ(message_of(good(R"({"dtype": "float16"})")), "dtype = \"float16\": only float32 is supported yet");
    EXPECT_TRUE(is_unsupported(good(R"({"dtype": "float16"})")));
    EXPECT_EQ(message_of(good(R"({"dtype": 32})")), "dtype = 32: must be a string");
}

TEST(LayerFile, ResolvesWeightsAgainstItsFolder) {
    const Layer plain = layer_of(good(R"({"weights": {"filter": "w.npy"}})"));
    ASSERT_TRUE(plain.weights.has_value());
    EXPECT_EQ(plain.weights->filter, "models/w.npy");
    EXPECT_EQ(plain.weights->bias, "");
    const Layer biased = layer_of(good(R"({"bias": true, "weights": {"filter": "/a/w.npy", "bias": "../b.npy"}})"));
    EXPECT_EQ(biased.weights->filter, "/a/w.npy");
    EXPECT_EQ(biased.weights->bias, "models/../b.npy");
    const auto here = parse_layer_text(good(R"({"weights": {"filter": "w.npy"}})").dump(), "");
    ASSERT_TRUE(here);
    EXPECT_EQ(here->front().weights->filter, "w.npy");
}

TEST(LayerFile, RefusesWeightsThatDoNotMatchTheLayer) {
    EXPECT_EQ(message_of(good(R"({"weights": {}})")), "weights.filter = (missing): weights requires it");
    EXPECT_EQ(message_of(good(R"({"bias": true, "weights": {"filter": "w.npy"}})")),
              "weights.bias = (missing): weights requires it");
    EXPECT_EQ(message_of(good(R"({"weights": {"filter": "w.npy", "bias": "b.npy"}})")),
              "weights.bias = \"b.npy\": the layer has no bias");
    EXPECT_EQ(message_of(good(R"({"weights": {"filter": ""}})")),
              "weights.filter = \"\": must be the path of a .npy file");
    EXPECT_EQ(message_of(good(R"({"weights": {"filter": "a\u0000b"}})")),
              R"(weights.filter = "a\u0000b": must be the path of a .npy file)");
    EXPECT_EQ(message_of(good(R"({"weights": {"filter": 1}})")), "weights.filter = 1: must be a string");
    EXPECT_EQ(message_of(good(R"({"weights": {"kernel": "w.npy"}})")),
              "weights.kernel = \"w.npy\": unknown key; weights has filter, bias");
    EXPECT_EQ(message_of(good(R"({"weights": "w.npy"})")).find("weights = \"w.npy\": must be an object"), 0u);
}

TEST(LayerFile, RefusesExtentsDecidedAtRunTime) {
    for (const char *shape : {"[null, 4, 4, 6]", "[1, null, 4, 6]", "[1, 4, null, 6]"}) {
        const Json file = with(good(), {{"input_shape", json(shape)}});
        EXPECT_TRUE(is_unsupported(file));
        EXPECT_NE(message_of(file).find(
                      "extents decided at run time are not supported yet; give a number, here or by --input-shape"),
                  std::string::npos);
    }
    EXPECT_EQ(message_of(good(R"({"input_shape": [1, 4, 4, null]})")),
              "input_shape = [1,4,4,null]: must be a list of integers");
}

// The filter is as it should be where the input lacks its first dimension.
TEST(LayerFile, AnInputWithoutABatchIsToBlame) {
    EXPECT_EQ(
        message_of(good(R"({"input_shape": [4, 4, 6]})")),
        "input_shape = [4,4,6]: must be a list of 4 integers, as many as filter_shape = [3,3,5,6]: batch, channels and "
        "the spatial extents; is the batch missing?");
    EXPECT_EQ(
        message_of(good(R"({"filter_shape": [3, 5, 6]})")).find("filter_shape = [3,5,6]: must be a list of 4 integers"),
        0u);
    const auto call = parse_call(R"({"op": "keras.ops.conv_transpose"})", "", {{4, 4, 6}, {3, 3, 5, 6}, std::nullopt});
    EXPECT_EQ(message_of(call),
              "input = [4,4,6]: must have 4 dimensions, as many as filter = [3,3,5,6]: batch, channels and the "
              "spatial extents; is the batch missing?");
}

TEST(LayerFile, AcceptsAnEmptyBatch) {
    const Layer layer = layer_of(good(R"({"input_shape": [0, 4, 4, 6]})"));
    EXPECT_EQ(layer.output_shape(), (Shape{0, 6, 6, 5}));
    EXPECT_EQ(layer.output_elements(), 0);
    EXPECT_EQ(layer.useful_macs(), 0);
}

TEST(LayerFile, RefusesSizesBeyondThirtyTwoBits) {
    EXPECT_EQ(message_of(good(R"({"input_shape": [1, 65536, 65536, 6]})")),
              "input_shape = [1, 65536, 65536, 6]: more than 2147483647 elements in a tensor are not supported");
    EXPECT_EQ(message_of(good(R"({"input_shape": [0, 65536, 65536, 6]})")),
              "input_shape = [0, 65536, 65536, 6]: more than 2147483647 elements in a tensor are not supported");
    EXPECT_EQ(message_of(good(R"({"filter_shape": [30000, 30000, 5, 6]})")),
              "filter_shape = [30000, 30000, 5, 6]: more than 2147483647 elements in a tensor are not supported");
    EXPECT_EQ(message_of(good(R"({"strides": 9000})")),
              "output shape = [1, 36000, 36000, 5]: more than 2147483647 elements in a tensor are not supported");
    EXPECT_EQ(message_of(good(R"({"strides": 65537})")),
              "stride of spatial axis 0 = 65537: more than 65536 is not supported");
    EXPECT_EQ(message_of(good(R"({"filter_shape": [3, 65537, 5, 6]})")),
              "kernel_size of spatial axis 1 = 65537: more than 65536 is not supported");
    EXPECT_EQ(message_of(good(R"({"dilation_rate": [1, 2147483647]})")),
              "(input - 1)*stride + (kernel_size - 1)*dilation + 1 of spatial axis 1 = 4294967298: an uncropped output "
              "of more than 2147483647 is not supported");
    EXPECT_EQ(message_of(good(R"({"strides": 2147483648})")), "strides = 2147483648: must not exceed 2147483647");
    EXPECT_EQ(message_of(good(R"({"strides": 18446744073709551615})")),
              "strides = 18446744073709551615: must not exceed 2147483647");
    EXPECT_EQ(message_of(good(R"({"strides": -9223372036854775808})")),
              "strides = -9223372036854775808: must not be below 1");
    EXPECT_EQ(message_of(good(R"({"strides": 100000000000000000000})")),
              "strides = 1e+20: must be an integer or a list of 2 integers");
    EXPECT_TRUE(is_unsupported(good(R"({"input_shape": [2147483647, 2147483647, 2147483647, 6]})")));
}

TEST(LayerFile, ErrorsNameTheFile) {
    TemporaryFolder folder;
    const std::string path = folder.file("layer.json");
    std::ofstream(path) << good(R"({"strides": 0, "weights": {"filter": "w.npy"}})").dump();
    EXPECT_EQ(message_of(read_layer_file(path)), path + ": strides = 0: must not be below 1");
    std::ofstream(path) << good(R"({"weights": {"filter": "w.npy"}})").dump();
    const auto layers = read_layer_file(path);
    ASSERT_TRUE(layers);
    EXPECT_EQ(layers->front().weights->filter, folder.file("w.npy"));
}

TEST(LayerFile, RefusesFilesThatCannotBeRead) {
    TemporaryFolder folder;
    const std::string missing = folder.file("missing.json");
    const auto layers = read_layer_file(missing);
    EXPECT_EQ(message_of(layers), missing + ": cannot be read: No such file or directory");
    EXPECT_EQ(layers.error().code, StatusCode::kNotFound);
    EXPECT_EQ(message_of(read_layer_file(folder.path())), folder.path() + ": is a directory, not a file");
    const std::string empty = folder.file("empty.json");
    std::ofstream(empty).flush();
    EXPECT_EQ(message_of(read_layer_file(empty)), empty + ": not valid JSON: the text is empty");
    const std::string large = folder.file("large.json");
    std::ofstream(large) << std::string(17 * 1024 * 1024, ' ');
    EXPECT_EQ(message_of(read_layer_file(large)), large + ": larger than 16 MiB, no layer file is");
}

TEST(LayerFile, DamagedFilesGiveOneLineOrALayer) {
    const uint32_t seed = 7;
    std::mt19937 random(seed);
    const std::string whole =
        good(R"({"strides": [2, 2], "bias": true, "weights": {"filter": "w", "bias": "b"}})").dump();
    const std::string bytes = "{}[]\",:0-9.eE\\ntrfu\xff\x00 ";
    for (int trial = 0; trial < 20000; trial++) {
        std::string text = whole;
        for (int edits = 1 + trial % 4; edits > 0; edits--) {
            const size_t at = random() % text.size();
            const char byte = bytes[random() % bytes.size()];
            if (random() % 3 == 0) {
                text.erase(at, 1 + random() % 4);
            } else if (random() % 2 == 0) {
                text.insert(at, 1, byte);
            } else {
                text[at] = byte;
            }
            if (text.empty()) text = " ";
        }
        const auto layers = parse_layer_text(text, "");
        if (layers) continue;
        ASSERT_FALSE(layers.error().message.empty());
        ASSERT_EQ(layers.error().message.find_first_of(std::string("\n\r\0", 3)), std::string::npos)
            << text << " (seed " << seed << ", trial " << trial << ")";
    }
}

}  // namespace
}  // namespace tconv
