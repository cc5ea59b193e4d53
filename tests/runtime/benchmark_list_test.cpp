// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <utility>

#include "layer_text.h"

namespace tconv {
namespace {

Json entry(const char *changes = "{}") {
    return with(json(R"({"name": "dcgan_g3", "network": "DCGAN generator", "op": "conv2d_transpose", "batch": 1,
                         "spatial": [16, 8], "in_channels": 256, "out_channels": 128, "kernel": [5, 4],
                         "strides": [2, 2], "dilations": [1, 1], "padding": "same", "output_padding": null,
                         "layout": "channels_last", "flops": 3000000000})"),
                json(changes));
}

Json list(const char *changes = "{}") {
    return Json::array({entry(changes), entry(R"({"name": "second"})"), entry(R"({"name": "third"})")});
}

std::vector<std::string> names_of(const Expected<std::vector<Layer>> &layers) {
    std::vector<std::string> names;
    if (layers) {
        for (const Layer &layer : *layers) names.push_back(layer.name);
    }
    return names;
}

LayerFileOptions choose(const std::vector<std::string> &layers) {
    LayerFileOptions options;
    options.layers = layers;
    return options;
}

TEST(BenchmarkList, AnEntryIsAKerasConvTranspose) {
    const auto layers = parse(list());
    ASSERT_TRUE(layers) << message_of(layers);
    const Layer &layer = layers->front();
    EXPECT_EQ(layer.op, Op::kKerasConvTranspose);
    EXPECT_EQ(layer.input_shape(), (Shape{1, 16, 8, 256}));
    EXPECT_EQ(layer.filter_shape(), (Shape{5, 4, 128, 256}));
    EXPECT_EQ(layer.output_shape(), (Shape{1, 32, 16, 128}));
    EXPECT_EQ(outputs(layer), (Outputs{{32, 1}, {16, 1}}));
    EXPECT_EQ(layer.flops, 3000000000);
    EXPECT_FALSE(layer.bias);
}

TEST(BenchmarkList, KnowsOneTwoAndThreeAxes) {
    const Json one = entry(R"({"op": "conv1d_transpose", "spatial": [64], "kernel": [16], "strides": [8],
                               "dilations": [1]})");
    EXPECT_EQ(layer_of(Json::array({one})).output_shape(), (Shape{1, 512, 128}));
    const Json three = entry(R"({"op": "conv3d_transpose", "spatial": [2, 3, 4], "kernel": 2, "strides": 2,
                                 "dilations": 1, "layout": "channels_first"})");
    EXPECT_EQ(layer_of(Json::array({three})).output_shape(), (Shape{1, 128, 4, 6, 8}));
}

TEST(BenchmarkList, TakesAnEpilogueAndTolerances) {
    const Layer layer = layer_of(Json::array({entry(
        R"({"bias": true, "activation": "relu", "strict_nonfinite": true, "max_error_growth": 1, "max_workspace_bytes": 64})")}));
    EXPECT_TRUE(layer.bias);
    EXPECT_EQ(layer.activation, Activation::kRelu);
    EXPECT_TRUE(layer.strict_nonfinite);
    EXPECT_EQ(layer.max_error_growth, 1.0);
    EXPECT_EQ(layer.max_workspace_bytes, 64);
}

TEST(BenchmarkList, IsTakenWholeOrByNameInTheOrderAsked) {
    EXPECT_EQ(names_of(parse(list())), (std::vector<std::string>{"dcgan_g3", "second", "third"}));
    EXPECT_EQ(names_of(parse(list(), choose({"third", "dcgan_g3"}))), (std::vector<std::string>{"third", "dcgan_g3"}));
}

TEST(BenchmarkList, OnlyChosenEntriesHaveToBeGood) {
    EXPECT_EQ(names_of(parse(list(R"({"kernel": 0})"), choose({"second"}))), std::vector<std::string>{"second"});
    EXPECT_EQ(message_of(list(R"({"kernel": 0})")), "layer dcgan_g3: kernel = 0: must not be below 1");
}

TEST(BenchmarkList, RefusesNamesThatItDoesNotHave) {
    EXPECT_EQ(message_of(list(), choose({"fourth"})),
              "layers = fourth: not in the list, which has dcgan_g3, second, third");
    EXPECT_EQ(message_of(list(), choose({"third", "third"})), "layers = third: must not be chosen twice");
    EXPECT_EQ(message_of(list(R"({"name": "third"})")),
              "name of entry 2 = \"third\": must not appear twice in the list");
    EXPECT_EQ(message_of(Json::array()), "the list = []: must have at least one layer");
    EXPECT_EQ(message_of(json("[1]")), "entry 0 = 1: must be an object with a name");
}

TEST(BenchmarkList, RefusesBadEntries) {
    const auto refusal = [](const char *changes) { return message_of(Json::array({entry(changes)})); };
    EXPECT_EQ(refusal(R"({"op": "conv4d_transpose"})"),
              "layer dcgan_g3: op = \"conv4d_transpose\": must be conv1d_transpose, conv2d_transpose or "
              "conv3d_transpose");
    EXPECT_EQ(refusal(R"({"spatial": [16]})"),
              "layer dcgan_g3: spatial = [16]: must be an integer or a list of 2 integers");
    EXPECT_EQ(refusal(R"({"kernel": "remove"})"), "layer dcgan_g3: kernel = (missing): a benchmark entry requires it");
    EXPECT_EQ(refusal(R"({"layout": "NHWC"})"),
              "layer dcgan_g3: layout = \"NHWC\": must be \"channels_last\", \"channels_first\" or null");
    EXPECT_EQ(refusal(R"({"output_padding": 2})"),
              "layer dcgan_g3: output_padding = 2: must be below the stride, 2 on spatial axis 0" + kCropsElsewhere);
    EXPECT_EQ(refusal(R"({"flops": -1})"), "layer dcgan_g3: flops = -1: must be an integer from 0 to 2^63 - 2");
    EXPECT_EQ(refusal(R"({"flops": 1e9})"),
              "layer dcgan_g3: flops = 1000000000.0: must be an integer from 0 to 2^63 - 2");
    EXPECT_EQ(refusal(R"({"dtype": "float32"})").find("layer dcgan_g3: dtype = \"float32\": unknown key"), 0u);
    EXPECT_EQ(refusal(R"({"name": "dcgan g3"})").find("layer dcgan g3: name = \"dcgan g3\": must be a C identifier"),
              0u);
}

TEST(BenchmarkList, HasNamesAndShapesOfItsOwn) {
    LayerFileOptions options;
    options.name = "mine";
    EXPECT_EQ(message_of(list(), options), "name = mine: the layers of a list have names of their own");
    options.name.reset();
    options.input_shape = Shape{1, 2, 2, 3};
    EXPECT_EQ(message_of(list(), options), "input_shape = [1, 2, 2, 3]: the layers of a list have their own");
    EXPECT_EQ(message_of(json(R"({"op": "keras.ops.conv_transpose"})"), choose({"a", "b"})),
              "layers = a,b: the file holds one layer; only a list has layers to choose from");
}

std::vector<Layer> project_list(const char *file) {
    auto layers = read_layer_file(std::string(TCONV_SOURCE_DIR "/benchmarks/") + file);
    EXPECT_TRUE(layers) << message_of(layers);
    return layers ? *layers : std::vector<Layer>{};
}

bool kernel_is(const Layer &layer, int64_t kernel, int64_t stride) {
    return std::all_of(layer.axes.begin() + 3 - layer.spatial_rank, layer.axes.end(),
                       [=](const Axis &axis) { return axis.kernel == kernel && axis.stride == stride; });
}

bool kernel_is_stride(const Layer &layer) {
    return std::all_of(layer.axes.begin(), layer.axes.end(),
                       [](const Axis &axis) { return axis.kernel == axis.stride; });
}

TEST(BenchmarkList, TheProjectsOwnListsAreGood) {
    for (const auto &[file, count] : {std::pair{"layers.json", 32u}, std::pair{"layers_more.json", 24u}}) {
        const auto layers = project_list(file);
        EXPECT_EQ(layers.size(), count) << file;
        for (const Layer &layer : layers) {
            // The lists count every input cell with every tap, also those that land outside the image.
            const int64_t all_macs = layer.batch * layer.in_channels * layer.out_channels * layer.axes[0].input *
                                     layer.axes[1].input * layer.axes[2].input * layer.axes[0].kernel *
                                     layer.axes[1].kernel * layer.axes[2].kernel;
            EXPECT_EQ(layer.flops, 2 * all_macs) << layer.name;
            EXPECT_LE(layer.useful_macs(), all_macs) << layer.name;
            EXPECT_GT(layer.useful_macs(), all_macs / 3) << layer.name;
        }
    }
}

TEST(BenchmarkList, NoLayerIsInTheProjectsOwnListsTwice) {
    std::set<std::string> names, workloads;
    for (const char *file : {"layers.json", "layers_more.json"}) {
        for (const Layer &layer : project_list(file)) {
            EXPECT_TRUE(names.insert(layer.name).second) << layer.name;
            EXPECT_TRUE(workloads.insert(layer.workload()).second) << layer.name << ": " << layer.workload();
        }
    }
}

TEST(BenchmarkList, TheFurtherLayersAreOfAllKinds) {
    const auto layers = project_list("layers_more.json");
    const auto count = [&](auto &&kind) { return std::count_if(layers.begin(), layers.end(), kind); };
    EXPECT_GE(count([](const Layer &layer) { return layer.spatial_rank == 1; }), 4);
    EXPECT_GE(count([](const Layer &layer) { return layer.spatial_rank == 3; }), 4);
    EXPECT_LE(count([](const Layer &layer) { return layer.out_channels <= 3; }), 4);
    EXPECT_GE(count([](const Layer &layer) {
                  return std::min(layer.in_channels, layer.out_channels) >= 64 &&
                         (kernel_is_stride(layer) || kernel_is(layer, 3, 2));
              }),
              8);
}

}  // namespace
}  // namespace tconv
