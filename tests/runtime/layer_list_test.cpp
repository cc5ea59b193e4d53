// SPDX-License-Identifier: Apache-2.0
// Lists whose entries are layer files of our own or objects of get_config(). Benchmark entries have a test of their
// own.
#include <fstream>

#include "layer_text.h"
#include "temporary_folder.h"

namespace tconv {
namespace {

Json own(const char *name, const char *changes = "{}") {
    return with(
        with(json(R"({"op": "keras.ops.conv_transpose", "input_shape": [1, 4, 4, 6], "filter_shape": [3, 3, 5, 6]})"),
             json(changes)),
        {{"name", name}});
}

Json config(const char *name) {
    return with(
        json(R"({"filters": 8, "kernel_size": [3], "strides": [2], "input_shape": [1, 5, 2], "use_bias": false})"),
        {{"name", name}});
}

Json benchmark_entry(const char *name) {
    return with(json(R"({"op": "conv2d_transpose", "batch": 1, "spatial": [4, 4], "in_channels": 2, "out_channels": 3,
                         "kernel": 2, "strides": 2})"),
                {{"name", name}});
}

std::vector<std::string> names_of(const Json &list, const std::vector<std::string> &chosen = {}) {
    LayerFileOptions options;
    options.layers = chosen;
    const auto layers = parse(list, options);
    if (!layers) return {layers.error().message};
    std::vector<std::string> names;
    for (const Layer &layer : *layers) names.push_back(layer.name);
    return names;
}

TEST(LayerList, HoldsLayersInEveryForm) {
    const Json list = Json::array(
        {own("first"),
         config("decoder/up-1"),
         benchmark_entry("third"),
         {{"class_name", "Conv1DTranspose"}, {"config", config("fourth")}},
         own("fifth", R"({"op": "tf.nn.conv2d_transpose", "output_shape": [1, 6, 6, 5], "padding": "VALID"})")});
    EXPECT_EQ(names_of(list), (std::vector<std::string>{"first", "decoder_up_1", "third", "fourth", "fifth"}));
    EXPECT_EQ(names_of(list, {"fourth", "decoder_up_1", "first"}),
              (std::vector<std::string>{"fourth", "decoder_up_1", "first"}));
    const auto layers = parse(list);
    ASSERT_TRUE(layers);
    EXPECT_EQ((*layers)[0].output_shape(), (Shape{1, 6, 6, 5}));
    EXPECT_EQ((*layers)[1].op, Op::kKerasConv1DTranspose);
    EXPECT_EQ((*layers)[4].op, Op::kConv2dTranspose);
}

TEST(LayerList, WeightsLieWhereTheListDoes) {
    const TemporaryFolder folder;
    const std::string path = folder.file("layers.json");
    std::ofstream(path)
        << Json::array({own("plain"), own("trained", R"({"weights": {"filter": "sub/w.npy"}})")}).dump();
    const auto layers = read_layer_file(path);
    ASSERT_TRUE(layers) << layers.error().message;
    EXPECT_FALSE((*layers)[0].weights);
    ASSERT_TRUE((*layers)[1].weights);
    EXPECT_EQ((*layers)[1].weights->filter, folder.file("sub/w.npy"));
}

TEST(LayerList, MessagesNameTheEntry) {
    EXPECT_EQ(message_of(Json::array({own("good"), own("bad", R"({"strides": 0})")})),
              "layer bad: strides = 0: must not be below 1");
    EXPECT_EQ(message_of(Json::array({own("bad", R"({"op": "keras.op.conv_transpose"})")}))
                  .find("layer bad: op = \"keras.op.conv_transpose\": must be one of tf.nn."),
              0u);
    EXPECT_EQ(message_of(Json::array({with(config("bad"), {{"input_shape", "remove"}})})),
              "layer bad: input_shape = (missing): a layer does not state it: add it to the entry");
    EXPECT_EQ(
        message_of(Json::array({own("bad", R"({"input_shape": [null, 4, 4, 6]})")})),
        "layer bad: input_shape = [null,4,4,6]: extents decided at run time are not supported yet; give a number");
    EXPECT_EQ(message_of(Json::array({own("same"), config("same")})),
              "name of entry 1 = \"same\": must not appear twice in the list");
    EXPECT_EQ(message_of(Json::array({with(own("x"), {{"name", "remove"}})})).find("entry 0 = {"), 0u);
    EXPECT_EQ(names_of(Json::array({own("decoder_up1"), own("head")}), {"decoder_pu1"}),
              (std::vector<std::string>{
                  "layers = decoder_pu1: not in the list, which has decoder_up1, head; did you mean decoder_up1?"}));
}

}  // namespace
}  // namespace tconv
