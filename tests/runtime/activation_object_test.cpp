// SPDX-License-Identifier: Apache-2.0
// Activations with parameters: as objects of layer files, as Keras writes them, and what bare names mean where.
#include <limits>

#include "layer_text.h"
#include "tconv/npy.h"
#include "temporary_folder.h"

namespace tconv {
namespace {

// 5 out channels.
Json torch_layer(const Json &activation, const char *changes = "{}") {
    return with(with(json(R"({"name": "up", "op": "conv_transpose", "input_shape": [1, 6, 4, 4],
                              "filter_shape": [6, 5, 3, 3]})"),
                     json(changes)),
                {{"activation", activation}});
}

Json tf_layer(const Json &activation) {
    return with(json(R"({"name": "up", "op": "tf.nn.conv2d_transpose", "input_shape": [1, 4, 4, 6],
                         "filter_shape": [3, 3, 5, 6], "output_shape": [1, 4, 4, 5]})"),
                {{"activation", activation}});
}

Json keras_layer(const Json &activation) {
    return with(json(R"({"name": "up", "op": "keras.layers.Conv2DTranspose", "input_shape": [1, 4, 4, 6],
                         "filters": 5, "kernel_size": 3})"),
                {{"activation", activation}});
}

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr auto kLeaky = Activation::kLeakyRelu, kClip = Activation::kClip, kLinear = Activation::kLinearHardSigmoid;

struct Form {
    const char *object;
    Activation activation;
    const char *text;
};

const std::vector<Form> kForms = {
    {R"({"name": "leaky_relu", "negative_slope": 0.01})", {kLeaky, 0.01f}, "leaky_relu(0.01)"},
    {R"({"name": "leaky_relu", "negative_slope": 0.2})", kLeaky, "leaky_relu"},
    {R"({"name": "leaky_relu", "negative_slope": 0})", {kLeaky, 0}, "leaky_relu(0)"},
    {R"({"name": "leaky_relu", "negative_slope": -1.5})", {kLeaky, -1.5f}, "leaky_relu(-1.5)"},
    {R"({"name": "prelu", "alpha": 0.25})", {kLeaky, 0.25f}, "leaky_relu(0.25)"},
    {R"({"name": "prelu", "alpha": [0.25]})", {kLeaky, 0.25f}, "leaky_relu(0.25)"},
    {R"({"name": "prelu", "alpha": [0, 1, -2, 0.5, 1e-3]})", Activation::kPrelu, "prelu"},
    {R"({"name": "elu"})", {Activation::kElu, 1}, "elu"},
    {R"({"name": "elu", "alpha": -0.5})", {Activation::kElu, -0.5f}, "elu(-0.5)"},
    {R"({"name": "celu"})", {Activation::kCelu, 1}, "celu"},
    {R"({"name": "celu", "alpha": 2})", {Activation::kCelu, 2}, "celu(2)"},
    {R"({"name": "hard_tanh"})", {kClip, -1, 1}, "clip(-1,1)"},
    {R"({"name": "hard_tanh", "min_value": -2})", {kClip, -2, 1}, "clip(-2,1)"},
    {R"({"name": "hard_tanh", "max_value": 0.5})", {kClip, -1, 0.5f}, "clip(-1,0.5)"},
    {R"({"name": "hard_tanh", "min_val": -2, "max_val": 3})", {kClip, -2, 3}, "clip(-2,3)"},
    {R"({"name": "hard_tanh", "max_val": 3})", {kClip, -1, 3}, "clip(-1,3)"},
    {R"({"name": "clip", "min": 0, "max": 6})", {kClip, 0, 6}, "clip(0,6)"},
    {R"({"name": "clip", "min": 2, "max": 2})", {kClip, 2, 2}, "clip(2,2)"},
    {R"({"name": "clip", "min": 0})", {kClip, 0, kInf}, "clip(0,inf)"},
    {R"({"name": "clip", "max": 6})", {kClip, -kInf, 6}, "clip(-inf,6)"},
    {R"({"name": "hard_sigmoid", "alpha": 0.2, "beta": 0.5})", {kLinear, 0.2f, 0.5f}, "linear_hard_sigmoid(0.2,0.5)"},
    // PyTorch's divides by 6, which is no product with a float.
    {R"({"name": "hard_sigmoid", "alpha": 0.16666667, "beta": 0.5})", Activation::kHardSigmoid, "hard_sigmoid"},
    {R"({"name": "hard_sigmoid", "alpha": 0.16666667, "beta": 0})",
     {kLinear, 0.16666667f, 0},
     "linear_hard_sigmoid(0.16666667,0)"},
    // Names without parameters may be objects too.
    {R"({"name": "relu"})", Activation::kRelu, "relu"},
    {R"({"name": "swish"})", Activation::kSilu, "silu"},
    {R"({"name": "linear"})", Activation::kNone, "none"},
};

TEST(ActivationForms, HaveTheirParametersInFilesOfEveryKind) {
    for (const Form &form : kForms) {
        const Json object = json(form.object);
        for (const Json &file : {torch_layer(object), tf_layer(object), keras_layer(object)}) {
            const Layer layer = layer_of(file);
            EXPECT_TRUE(layer.activation == form.activation) << file;
            EXPECT_EQ(to_text(layer.activation), form.text) << file;
        }
    }
}

TEST(ActivationForms, ArePartOfTheWorkload) {
    const std::string problem = "n1ci6i4x4co5k3x3s1x1d1x1p0x0o6x6:f32:first";
    EXPECT_EQ(layer_of(torch_layer(nullptr)).workload(), problem);
    for (const Form &form : kForms) {
        if (form.activation == Activation::kNone) continue;
        EXPECT_EQ(layer_of(torch_layer(json(form.object))).workload(), problem + ":" + form.text);
    }
}

TEST(ActivationForms, RefuseByKeyValueAndRule) {
    for (const auto &[object, message] : std::vector<std::pair<const char *, std::string>>{
             {R"({"name": "leaky_relu"})", "activation.negative_slope = (missing): an activation requires it"},
             {R"({"name": "leaky_relu", "alpha": 0.1})",
              "activation.alpha = 0.1: unknown key; an activation has name, negative_slope"},
             {R"({"name": "leaky_relu", "slope": 0.1})",
              "activation.slope = 0.1: unknown key; an activation has name, negative_slope; did you mean "
              "negative_slope?"},
             {R"({"name": "leaky_relu", "negative_slope": "0.1"})",
              "activation.negative_slope = \"0.1\": must be a finite number"},
             {R"({"name": "leaky_relu", "negative_slope": null})",
              "activation.negative_slope = null: must be a finite number"},
             {R"({"name": "leaky_relu", "negative_slope": 1e39})",
              "activation.negative_slope = 1e+39: must be a finite number"},
             {R"({"name": "elu", "alpha": true})", "activation.alpha = true: must be a finite number"},
             {R"({"name": "celu", "alpha": 0})", "activation.alpha = 0: must be above 0"},
             {R"({"name": "celu", "alpha": -1})", "activation.alpha = -1: must be above 0"},
             {R"({"name": "hard_tanh", "min_value": 2})", "activation.min_value = 2: must not be above max_value, 1.0"},
             {R"({"name": "hard_tanh", "min_val": 0.1, "max_val": 0})",
              "activation.min_val = 0.1: must not be above max_val, 0"},
             {R"({"name": "hard_tanh", "min_value": -1, "max_val": 1})",
              "activation.min_value = -1: unknown key; an activation has name, min_val, max_val"},
             {R"({"name": "clip"})", "activation.min = (missing): a clip has min, max or both"},
             {R"({"name": "clip", "min": 0.2, "max": 0.1})", "activation.min = 0.2: must not be above max, 0.1"},
             {R"({"name": "clip", "max": null})", "activation.max = null: must be a finite number"},
             {R"({"name": "hard_sigmoid"})", "activation.alpha = (missing): an activation requires it"},
             {R"({"name": "hard_sigmoid", "alpha": 0.2})", "activation.beta = (missing): an activation requires it"},
             {R"({"name": "prelu"})", "activation.alpha = (missing): an activation requires it"},
             {R"({"name": "prelu", "alpha": [1, 2, 3]})",
              "activation.alpha = 3 values: must have one for each output channel, 5, or one for all"},
             {R"({"name": "prelu", "alpha": []})", "activation.alpha = []: must hold finite numbers, at least one"},
             {R"({"name": "prelu", "alpha": [1, 2, 3, 4, "5"]})",
              "activation.alpha = [1,2,3,4,\"5\"]: must hold finite numbers, at least one"},
             {R"({"name": "prelu", "alpha": [1e39]})",
              "activation.alpha = [1e+39]: must hold finite numbers, at least one"},
             {R"({"name": "prelu", "alpha": ""})",
              "activation.alpha = \"\": must be the path of a .npy file, a number or a list of numbers"},
             {R"({"name": "prelu", "alpha": true})",
              "activation.alpha = true: must be the path of a .npy file, a number or a list of numbers"},
             {R"({"name": "relu", "max_value": 4})", "activation.max_value = 4: unknown key; an activation has name"},
             {R"({"name": "Elu"})",
              "activation.name = \"Elu\": unknown; with parameters there are leaky_relu, prelu, elu, celu, hard_tanh, "
              "clip, hard_sigmoid; did you mean elu?"},
             {R"({"name": 1})", "activation.name = 1: must be a string"},
         }) {
        EXPECT_EQ(message_of(torch_layer(json(object))), message) << object;
        EXPECT_EQ(message_of(keras_layer(json(object))), message) << object;
    }
}

class SlopesOfAFile : public ::testing::Test {
protected:
    Json prelu(const Array &array) const {
        EXPECT_TRUE(write_npy(path_, array));
        return torch_layer(json(R"({"name": "prelu", "alpha": "alpha.npy"})"));
    }

    Expected<std::vector<Layer>> read(const Json &file, bool read_tensors = true) const {
        LayerFileOptions options;
        options.read_tensors = read_tensors;
        return parse_layer_text(file.dump(), folder_.path(), options);
    }

    TemporaryFolder folder_;
    const std::string path_ = folder_.file("alpha.npy");
    const std::vector<float> five_ = {0.5f, 0, -1, 2, 0.25f};
};

TEST_F(SlopesOfAFile, AreOneForEachOutputChannel) {
    for (const Shape &shape : {Shape{5}, Shape{5, 1, 1}, Shape{1, 5, 1, 1}}) {
        const auto layers = read(prelu({shape, five_}));
        ASSERT_TRUE(layers) << layers.error().message;
        const Layer &layer = layers->front();
        EXPECT_EQ(layer.activation, Activation::kPrelu);
        EXPECT_EQ(layer.slopes, five_);
        EXPECT_EQ(layer.slopes_file, path_);
        EXPECT_EQ(to_text(layer.activation_of(3)), "leaky_relu(2)");
    }
}

TEST_F(SlopesOfAFile, MayBeOneForAll) {
    for (const Shape &shape : {Shape{1}, Shape{}, Shape{1, 1, 1}}) {
        const auto layers = read(prelu({shape, {0.25f}}));
        ASSERT_TRUE(layers) << layers.error().message;
        EXPECT_EQ(to_text(layers->front().activation), "leaky_relu(0.25)");
    }
}

TEST_F(SlopesOfAFile, AreRefusedWithTheirPath) {
    EXPECT_EQ(message_of(read(prelu({{3}, {1, 2, 3}}))),
              "activation.alpha = 3 values: must have one for each output channel, 5, or one for all");
    EXPECT_EQ(message_of(read(prelu({{5, 2}, std::vector<float>(10)}))),
              "activation.alpha = \"alpha.npy\": the array has shape [5, 2], must have one value for each output "
              "channel, or one");
    EXPECT_EQ(message_of(read(prelu({{0}, {}}))),
              "activation.alpha = \"alpha.npy\": must hold finite numbers, at least one");
    EXPECT_EQ(message_of(read(prelu({{5}, {0, 0, kInf, 0, 0}}))),
              "activation.alpha = \"alpha.npy\": must hold finite numbers, at least one");
    EXPECT_EQ(message_of(read(torch_layer(json(R"({"name": "prelu", "alpha": "none.npy"})")))),
              "activation.alpha = \"none.npy\": " + folder_.file("none.npy") + ": No such file or directory");
}

// As `tconv inspect` reads a layer whose weights are elsewhere.
TEST_F(SlopesOfAFile, StayUnreadWhereNobodyWantsThem) {
    const auto layers = read(torch_layer(json(R"({"name": "prelu", "alpha": "none.npy"})")), false);
    ASSERT_TRUE(layers) << layers.error().message;
    EXPECT_EQ(layers->front().slopes_file, folder_.file("none.npy"));
    EXPECT_EQ(layers->front().slopes, std::vector<float>(5, 0.0f));
}

// PyTorch's and Keras' defaults differ under these names.
TEST(BareActivations, WithoutOneMeaningAreRefusedWithExplicitCrops) {
    EXPECT_EQ(message_of(torch_layer("leaky_relu")),
              "activation = \"leaky_relu\": has no slope of its own here, since Keras' is 0.2 or 0.3 and PyTorch's and "
              "ONNX' 0.01: state {\"name\": \"leaky_relu\", \"negative_slope\": 0.01}");
    EXPECT_EQ(message_of(torch_layer("hard_sigmoid")),
              "activation = \"hard_sigmoid\": has no parameters of its own here: state {\"name\": \"hard_sigmoid\", "
              "\"alpha\": A, \"beta\": 0.5} with A 0.2 for ONNX' default and 0.16666667 for PyTorch's");
    for (const auto &make : {tf_layer, keras_layer}) {
        EXPECT_EQ(to_text(layer_of(make("leaky_relu")).activation), "leaky_relu");
        EXPECT_EQ(to_text(layer_of(make("hard_sigmoid")).activation), "hard_sigmoid");
    }
    for (const char *name :
         {"relu", "relu6", "elu", "selu", "celu", "gelu", "silu", "hard_swish", "hard_tanh", "tanh"}) {
        EXPECT_EQ(layer_of(torch_layer(name)).workload().substr(43),
                  layer_of(with(torch_layer(name), {{"activation", {{"name", name}}}})).workload().substr(43));
    }
    EXPECT_EQ(to_text(layer_of(torch_layer("hard_tanh")).activation), "clip(-1,1)");
}

TEST(BareActivations, ThatNeedParametersAreRefusedEverywhere) {
    for (const Json &file : {torch_layer("prelu"), tf_layer("prelu"), keras_layer("prelu")}) {
        EXPECT_EQ(message_of(file),
                  "activation = \"prelu\": has parameters: state {\"name\": \"prelu\", \"alpha\": \"alpha.npy\"}");
    }
    for (const Json &file : {torch_layer("clip"), tf_layer("clip"), keras_layer("clip")}) {
        EXPECT_EQ(message_of(file),
                  "activation = \"clip\": has parameters: state {\"name\": \"clip\", \"min\": 0, \"max\": 6}");
    }
}

// PyTorch and ONNX name an axis; ours is the last one, which in channels_first holds pixels.
TEST(BareActivations, SoftmaxNeedsTheChannelsLastWithExplicitCrops) {
    const std::string rule =
        ": runs over the last axis, which are no channels in channels_first; in PyTorch and ONNX an axis is stated: "
        "state \"data_format\": \"channels_last\", or leave it to the caller";
    EXPECT_EQ(message_of(torch_layer("softmax")), "activation = \"softmax\"" + rule);
    EXPECT_EQ(message_of(torch_layer({{"name", "softmax"}})), "activation = {\"name\":\"softmax\"}" + rule);
    const char *last = R"({"data_format": "channels_last", "input_shape": [1, 4, 4, 6]})";
    EXPECT_EQ(layer_of(torch_layer("softmax", last)).activation, Activation::kSoftmax);
    const Json first = with(tf_layer("softmax"),
                            {{"data_format", "NCHW"}, {"input_shape", {1, 6, 4, 4}}, {"output_shape", {1, 5, 4, 4}}});
    EXPECT_EQ(layer_of(first).activation, Activation::kSoftmax);
}

TEST(KerasActivationLayers, HaveAnyParameters) {
    for (const auto &[object, text] : std::vector<std::pair<const char *, const char *>>{
             {R"({"class_name": "LeakyReLU", "config": {"negative_slope": 0.3}})", "leaky_relu(0.3)"},
             {R"({"class_name": "LeakyReLU", "config": {}})", "leaky_relu(0.3)"},  // Keras' default
             {R"({"class_name": "LeakyReLU", "config": {"negative_slope": 0.20000000298023224}})", "leaky_relu"},
             {R"({"class_name": "LeakyReLU", "config": {"alpha": 0.1}})", "leaky_relu(0.1)"},  // Keras 2
             {R"({"class_name": "ReLU", "config": {"max_value": 4}})", "clip(0,4)"},
             {R"({"class_name": "ReLU", "config": {"max_value": 0}})", "clip(0,0)"},
             {R"({"class_name": "ReLU", "config": {"negative_slope": 0.1, "max_value": null}})", "leaky_relu(0.1)"},
             {R"({"class_name": "ELU", "config": {"alpha": 0.5}})", "elu(0.5)"},
             {R"({"class_name": "function", "config": "hard_tanh"})", "clip(-1,1)"},
             {R"({"class_name": "function", "config": "leaky_relu"})", "leaky_relu"},  // the function's default is 0.2
             {R"({"class_name": "Activation", "config": {"name": "a", "activation": {"class_name": "LeakyReLU",
                                                                                     "config": {}}}})",
              "leaky_relu(0.3)"},
         }) {
        EXPECT_EQ(to_text(layer_of(keras_layer(json(object))).activation), text) << object;
    }
    EXPECT_EQ(message_of(torch_layer(json(R"({"class_name": "ReLU", "config": {}})"))),
              "activation = {\"class_name\":\"ReLU\",\"config\":{}}: must be a name, an object with a name or null");
}

}  // namespace
}  // namespace tconv
