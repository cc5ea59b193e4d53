// SPDX-License-Identifier: Apache-2.0
// Layers from numbers alone: what is computed, that files come to the same, and every rule.
#include "tconv/layer_builder.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "layer_text.h"

namespace tconv {
namespace {

// PyTorch's ConvTranspose2d(8, 16, 3, stride=2, padding=1, output_padding=1) on [1, 8, 10, 12], as the header has it.
LayerBuilder torch_builder() {
    return LayerBuilder()
        .name("up1")
        .layout(Layout::kChannelsFirst)
        .input({1, 8, 10, 12})
        .filter({8, 16, 3, 3}, "IOHW")
        .strides({2, 2})
        .crops({1, 1}, {0, 0})
        .bias(true)
        .activation({Activation::kLeakyRelu, 0.01f});
}

Layer built(const LayerBuilder &builder) {
    const Expected<Layer> layer = builder.build();
    if (layer) return *layer;
    ADD_FAILURE() << layer.error().message;
    return {};
}

TEST(LayerBuilder, BuildsTheLayerOfItsHeader) {
    const Layer layer = built(torch_builder());
    EXPECT_EQ(layer.name, "up1");
    EXPECT_EQ(layer.spatial_rank, 2);
    EXPECT_EQ(outputs(layer), (Outputs{{20, 1}, {24, 1}}));
    EXPECT_EQ(layer.output_shape(), (Shape{1, 16, 20, 24}));
    EXPECT_EQ(layer.filter_shape(), (Shape{8, 16, 3, 3}));
    EXPECT_EQ(layer.filter_order, "IOHW");
    EXPECT_EQ(layer.workload(), "n1ci8i10x12co16k3x3s2x2d1x1p1x1o20x24:f32:first:bias:leaky_relu(0.01)");
}

TEST(LayerBuilder, AgreesWithAFileOfTheSameLayer) {
    const Layer file = layer_of(json(R"({"name": "up1", "op": "conv_transpose", "input_shape": [1, 8, 10, 12],
                          "filter_shape": [8, 16, 3, 3], "stride": 2, "padding": 1, "output_padding": 1, "bias": true,
                          "activation": {"name": "leaky_relu", "negative_slope": 0.01}})"));
    const Layer layer = built(torch_builder().op(Op::kConvTranspose));
    EXPECT_EQ(layer.name, file.name);
    EXPECT_EQ(layer.op, file.op);
    EXPECT_EQ(layer.workload(), file.workload());
    EXPECT_EQ(layer.filter_order, file.filter_order);
    EXPECT_EQ(layer.axes, file.axes);
    EXPECT_EQ(layer.workspace_limit(), file.workspace_limit());

    const Layer keras = layer_of(json(R"({"name": "layer", "op": "keras.ops.conv_transpose", "input_shape": [2, 4, 6],
                                          "filter_shape": [3, 5, 6], "strides": 2, "dilation_rate": 3,
                                          "strict_nonfinite": true, "max_error_growth": 3,
                                          "max_workspace_bytes": 7})"));
    const Layer plain = built(LayerBuilder()
                                  .input({2, 4, 6})
                                  .filter({3, 5, 6})
                                  .strides({2})
                                  .dilations({3})
                                  .strict_nonfinite(true)
                                  .max_error_growth(3)
                                  .max_workspace_bytes(7));
    EXPECT_EQ(plain.name, "layer");
    EXPECT_EQ(plain.workload(), keras.workload());
    EXPECT_EQ(plain.axes, keras.axes);
    EXPECT_EQ(plain.strict_nonfinite, keras.strict_nonfinite);
    EXPECT_EQ(plain.max_error_growth, keras.max_error_growth);
    EXPECT_EQ(plain.max_workspace_bytes, keras.max_workspace_bytes);
}

// An extent for each axis of the filter, none like another.
TEST(LayerBuilder, TakesTheFilterInAnyOrder) {
    const std::string default_order = "DHWOI";
    const auto extent = [&](char axis) { return static_cast<int64_t>(2 + default_order.find(axis)); };
    std::string order = "DHIOW";
    for (std::sort(order.begin(), order.end());;) {
        Shape shape;
        for (const char axis : order) shape.push_back(extent(axis));
        const Layer layer = built(LayerBuilder().input({1, 4, 4, 4, 6}).filter(shape, order));
        EXPECT_EQ(layer.workload(), "n1ci6i4x4x4co5k2x3x4s1x1x1d1x1x1p0x0x0o5x6x7:f32:last") << order;
        EXPECT_EQ(layer.filter_shape(), shape) << order;
        EXPECT_EQ(layer.filter_order, order == default_order ? "" : order);
        const FilterStrides strides = layer.filter_strides();
        const int64_t of_axis[] = {strides.tap[kZ], strides.tap[kY], strides.tap[kX], strides.out_channel,
                                   strides.in_channel};
        int64_t dense = 1;
        for (size_t d = order.size(); d-- > 0; dense *= shape[d]) {
            EXPECT_EQ(of_axis[default_order.find(order[d])], dense) << order << " " << order[d];
        }
        if (!std::next_permutation(order.begin(), order.end())) break;
    }
}

TEST(LayerBuilder, NamesTheAxesOfTheFilter) {
    const auto axes = [](const Shape &input, const Shape &filter, const char *order) {
        return built(LayerBuilder().input(input).filter(filter, order)).filter_axes();
    };
    EXPECT_EQ(axes({1, 4, 4, 6}, {3, 3, 5, 6}, ""), "the spatial extents, out channels, in channels");
    EXPECT_EQ(axes({1, 4, 4, 6}, {5, 3, 3, 6}, "OHWI"), "out channels, the spatial extents, in channels");
    EXPECT_EQ(axes({1, 4, 4, 6}, {3, 5, 3, 6}, "HOWI"),
              "the spatial extents, out channels, the spatial extents, in channels");
    EXPECT_EQ(axes({1, 4, 6}, {6, 3, 5}, "IWO"), "in channels, the spatial extents, out channels");
}

TEST(LayerBuilder, PlacesTheOutput) {
    const auto line = [] { return LayerBuilder().input({1, 4, 6}).filter({3, 5, 6}).strides({2}); };  // 9 cells
    EXPECT_EQ(outputs(built(line())), (Outputs{{9, 0}}));
    EXPECT_EQ(outputs(built(line().crops({2}, {1}))), (Outputs{{6, 2}}));
    EXPECT_EQ(outputs(built(line().crops({1}, {-1}))), (Outputs{{9, 1}}));
    EXPECT_EQ(outputs(built(line().crops({2}, {}))), (Outputs{{7, 2}}));
    EXPECT_EQ(outputs(built(line().crops({5}, {4}))), (Outputs{{0, 5}}));
    EXPECT_EQ(outputs(built(line().output({4}, {3}))), (Outputs{{4, 3}}));
    EXPECT_EQ(outputs(built(line().output({7}, {3}))), (Outputs{{7, 3}}));
    EXPECT_EQ(outputs(built(line().dilations({4}).output({18}, {0}))), (Outputs{{18, 0}}));  // of 15 and 3
    // The later of the two decides.
    EXPECT_EQ(outputs(built(line().output({4}, {3}).crops({0}, {1}))), (Outputs{{8, 0}}));
    EXPECT_EQ(outputs(built(line().crops({1}, {1}).output({8}, {0}))), (Outputs{{8, 0}}));
    EXPECT_EQ(built(line().input({0, 4, 6})).output_shape(), (Shape{0, 9, 5}));
}

TEST(LayerBuilder, TakesSlopes) {
    const auto line = [] { return LayerBuilder().input({1, 4, 6}).filter({3, 5, 6}); };
    const Layer layer = built(line().prelu({1, 2, 3, 4, 5}));
    EXPECT_EQ(layer.activation, Activation::kPrelu);
    EXPECT_EQ(to_text(layer.activation_of(4)), "leaky_relu(5)");
    EXPECT_EQ(to_text(built(line().prelu({0.5f})).activation), "leaky_relu(0.5)");
    EXPECT_EQ(built(line().prelu({1, 2}).activation(Activation::kRelu)).activation, Activation::kRelu);
}

// One change of a good layer, and what is said of it.
struct Mistake {
    std::function<void(LayerBuilder &)> change;
    std::string message;
};

void expect_refused(const std::vector<Mistake> &mistakes) {
    for (const Mistake &mistake : mistakes) {
        LayerBuilder builder = torch_builder();
        mistake.change(builder);
        EXPECT_EQ(message_of(builder.build()), mistake.message);
    }
}

TEST(LayerBuilder, RefusesShapesByNameValueAndRule) {
    expect_refused({
        {[](auto &b) { b.name("1up"); },
         "name = \"1up\": must be a C identifier: letters, digits and '_', no digit first"},
        {[](auto &b) { b.name("float"); }, "name = \"float\": must not be a keyword of C or C++"},
        {[](auto &b) { b.input({}); },
         "input = []: must have 3, 4 or 5 dimensions: batch, channels and the spatial extents"},
        {[](auto &b) { b.input({1, 8, 2, 2, 2, 2}); },
         "input = [1, 8, 2, 2, 2, 2]: must have 3, 4 or 5 dimensions: batch, channels and the spatial extents"},
        {[](auto &b) { b.input({-1, 8, 10, 12}); }, "input = [-1, 8, 10, 12]: must not be below 0"},
        {[](auto &b) { b.input({1, 8, 10, 2147483648}); },
         "input = [1, 8, 10, 2147483648]: more than 2147483647 is not supported"},
        {[](auto &b) { b.input({1, 0, 10, 12}); }, "input = [1, 0, 10, 12]: the channels must not be 0"},
        {[](auto &b) { b.input({1, 8, 65536, 65536}); },
         "input = [1, 8, 65536, 65536]: more than 2147483647 elements in a tensor are not supported"},
        {[](auto &b) { b.layout(Layout::kChannelsLast); },
         "filter = [8, 16, 3, 3]: must have as many in channels as the input, 12"},
        {[](auto &b) { b.filter({}); }, "filter = []: must have 4 dimensions, as many as the input"},
        {[](auto &b) { b.filter({8, 16, 3}, "IOW"); },
         "filter = [8, 16, 3]: must have 4 dimensions, as many as the input"},
        {[](auto &b) { b.filter({8, 16, 3, 0}, "IOHW"); }, "filter = [8, 16, 3, 0]: must not be below 1"},
        {[](auto &b) { b.filter({7, 16, 3, 3}, "IOHW"); },
         "filter = [7, 16, 3, 3]: must have as many in channels as the input, 8"},
        {[](auto &b) { b.filter({8, 16, 65537, 3}, "IOHW"); },
         "kernel_size of spatial axis 0 = 65537: more than 65536 is not supported"},
        {[](auto &b) { b.filter({8, 16, 3, 3}, "IOH"); },
         "filter order = \"IOH\": must name each axis once, as HWOI does"},
        {[](auto &b) { b.filter({8, 16, 3, 3}, "IOHH"); },
         "filter order = \"IOHH\": must name each axis once, as HWOI does"},
        {[](auto &b) { b.filter({8, 16, 3, 3}, "iohw"); },
         "filter order = \"iohw\": must name each axis once, as HWOI does"},
        {[](auto &b) { b.input({1, 8, 10, 12, 14}).filter({8, 16, 3, 3, 3}, "IOHW"); },
         "filter order = \"IOHW\": must name each axis once, as DHWOI does"},
    });
}

TEST(LayerBuilder, RefusesNumbersByNameValueAndRule) {
    expect_refused({
        {[](auto &b) { b.strides({2}); }, "strides = [2]: must have one entry for each of 2 spatial axes"},
        {[](auto &b) { b.strides({2, 0}); }, "strides = [2, 0]: must not be below 1"},
        {[](auto &b) { b.strides({2, 65537}); }, "stride of spatial axis 1 = 65537: more than 65536 is not supported"},
        {[](auto &b) { b.dilations({1, 1, 1}); },
         "dilations = [1, 1, 1]: must have one entry for each of 2 spatial axes"},
        {[](auto &b) { b.dilations({-1, 1}); }, "dilations = [-1, 1]: must not be below 1"},
        {[](auto &b) { b.dilations({1, 2147483647}); },
         "(input - 1)*stride + (kernel_size - 1)*dilation + 1 of spatial axis 1 = 4294967317: an uncropped output of "
         "more than 2147483647 is not supported"},
        {[](auto &b) { b.crops({1}, {0, 0}); }, "crops before = [1]: must have one entry for each of 2 spatial axes"},
        {[](auto &b) { b.crops({1, -1}, {0, 0}); }, "crops before = [1, -1]: must not be below 0"},
        {[](auto &b) { b.crops({1, 1}, {0}); }, "crops behind = [0]: must have one entry for each of 2 spatial axes"},
        {[](auto &b) { b.crops({1, 1}, {0, -2147483648}); },
         "crops behind = [0, -2147483648]: must not be below -2147483647"},
        {[](auto &b) { b.crops({1, 1}, {0, 30}); }, "crops = 1 and 30: leave an output of -6 cells on spatial axis 1"},
        {[](auto &b) { b.crops({1, 1}, {0, -2}); },
         "output = 26: must end within 1 cells behind the full output, 25, of which 1 are left out before on spatial "
         "axis 1"},
        {[](auto &b) { b.output({0, 5}, {23, 0}); },
         "output = 0: must end within 1 cells behind the full output, 21, of which 23 are left out before on spatial "
         "axis 0"},
        {[](auto &b) { b.output({4}, {0, 0}); }, "output = [4]: must have one entry for each of 2 spatial axes"},
        {[](auto &b) { b.output({4, -4}, {0, 0}); }, "output = [4, -4]: must not be below 0"},
        {[](auto &b) { b.groups(2); }, "groups = 2: must be 1: others are not supported yet"},
        {[](auto &b) { b.max_error_growth(0.5); }, "max_error_growth = 0.500000: must be at least 1"},
        {[](auto &b) { b.max_error_growth(std::nan("")); }, "max_error_growth = nan: must be at least 1"},
        {[](auto &b) { b.max_workspace_bytes(-1); }, "max_workspace_bytes = -1: must not be below 0"},
        {[](auto &b) { b.activation(Activation::kPrelu); },
         "activation.alpha = 0 values: must have one for each output channel, 16, or one for all"},
        {[](auto &b) { b.prelu({1, 2}); },
         "activation.alpha = 2 values: must have one for each output channel, 16, or one for all"},
        {[](auto &b) { b.prelu(std::vector<float>(16, NAN)); },
         "activation.alpha = NaN or Inf: must hold finite numbers"},
        {[](auto &b) { b.prelu({INFINITY}); }, "activation = leaky_relu(inf): must have finite parameters"},
        {[](auto &b) { b.activation({Activation::kLeakyRelu, NAN}); },
         "activation = leaky_relu(nan): must have finite parameters"},
        {[](auto &b) { b.activation({Activation::kCelu, 0}); }, "activation = celu(0): alpha must be above 0"},
        {[](auto &b) { b.activation({Activation::kClip, 2, 1}); },
         "activation = clip(2,1): its limits must be numbers in ascending order"},
    });
    EXPECT_EQ(message_of(torch_builder().activation({Activation::kClip, -INFINITY, 6}).build()), "(accepted)");
    EXPECT_EQ(torch_builder().groups(2).build().error().code, StatusCode::kUnsupported);
}

}  // namespace
}  // namespace tconv
