// SPDX-License-Identifier: Apache-2.0
// The compiler knows the sizes of all element types, and compiles float32 alone.
#include <gtest/gtest.h>

#include "tools/compiler/build_library.h"
#include "tools/compiler/library_description.h"
#include "tools/verify/verify_data.h"

namespace tconv {
namespace {

Layer layer_of(const ElementTypes &types) {
    Layer layer;
    layer.name = "up";
    layer.types = types;
    layer.axes[kX] = {3, 2, 2, 1, 6, 0};
    layer.in_channels = layer.out_channels = 8;
    layer.bias = true;
    return layer;
}

constexpr DataType kHalf = DataType::kFloat16, kSingle = DataType::kFloat32;

TEST(ElementTypes, OtherThanFloat32AreRefusedByName) {
    const TargetInfo target = *find_target("x86-64-avx2");
    EXPECT_TRUE(choose(layer_of({}), target, {}));
    const auto half = choose(layer_of(ElementTypes::all(kHalf)), target, {});
    ASSERT_FALSE(half);
    EXPECT_EQ(half.error().code, StatusCode::kUnsupported);
    EXPECT_EQ(half.error().message, "dtype = \"float16\": only float32 is supported yet");
}

TEST(ElementTypes, AreThoseOfTheHeader) {
    LibraryDescription library;
    library.target = *find_target("x86-64-avx2");
    library.stages = {{"product", 1}};
    const auto expect = [&](const ElementTypes &types, const std::vector<std::string> &lines) {
        library.layer = layer_of(types);
        const std::string header = library_header(library);
        for (const std::string &line : lines) {
            EXPECT_NE(header.find(line), std::string::npos) << line;
        }
    };
    expect({}, {"#define up_DTYPE \"float32\"\n", "#define up_TENSOR_ALIGNMENT 4 ", "    const float *input;\n",
                "    float *output;\n", "up_pack(const float *filter, const float *bias, void *weights);"});
    expect(ElementTypes::all(kHalf), {"#define up_DTYPE \"float16\"\n", "#define up_TENSOR_ALIGNMENT 2 "});
    expect({kHalf, kHalf, kSingle, kHalf},
           {"#define up_DTYPE \"float16:float16:float32:float16\"\n", "#define up_TENSOR_ALIGNMENT 4 ",
            "    const uint16_t *input;\n", "    uint16_t *output;\n",
            "up_pack(const uint16_t *filter, const float *bias, void *weights);"});
}

// 2049 is the first integer that float16 lacks.
TEST(ElementTypes, DecideWhichSumsAreExact) {
    Layer layer = layer_of(ElementTypes::all(kHalf));
    layer.in_channels = 63;  // and two taps and a bias, of at most 4 * 4
    EXPECT_TRUE(exact_on_integers(layer, {}));
    layer.in_channels = 64;
    EXPECT_FALSE(exact_on_integers(layer, {}));
    layer.types = {};
    EXPECT_TRUE(exact_on_integers(layer, {}));
    layer.types.output = kHalf;
    EXPECT_FALSE(exact_on_integers(layer, {}));
}

}  // namespace
}  // namespace tconv
