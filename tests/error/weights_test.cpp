// SPDX-License-Identifier: Apache-2.0
// Trained weights that do not fit their layer.
#include <fstream>
#include <iterator>

#include "tconv/npy.h"
#include "tests/error/refusals.h"

namespace tconv::test {
namespace {

using nlohmann::json;

// One version-1.0 .npy file: a header of that dictionary, padded to 64 bytes, then `bytes` zeros.
std::string npy(const std::string &dictionary, size_t bytes) {
    std::string header = dictionary;
    while ((10 + header.size() + 1) % 64 != 0) {
        header += ' ';
    }
    header += '\n';
    const std::string size = {static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
    return std::string("\x93NUMPY\x01\x00", 8) + size + header + std::string(bytes, '\0');
}

std::string dictionary(const std::string &type, const std::string &order, const std::string &shape) {
    return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

class WeightFiles : public Refusals {
protected:
    static constexpr size_t kFilterBytes = 2 * 2 * 8 * 8 * 4;

    void write_filter(const std::string &bytes) const { write("filter.npy", bytes); }

    void expect_weights_refused(const std::vector<std::string> &parts, const json &changes = json::object()) const {
        json layer = good_layer();
        layer["weights"] = {{"filter", "filter.npy"}};
        layer.merge_patch(changes);
        write("layer.json", layer);
        expect_refused({"build", "layer.json", "--target", "x86-64-avx2", "-o", "new/out"}, parts);
    }
};

TEST_F(WeightFiles, Missing) { expect_weights_refused({"tconv: good: weights.filter = filter.npy: No such file"}); }

TEST_F(WeightFiles, Truncated) {
    const std::string whole = npy(dictionary("<f4", "False", "(2, 2, 8, 8)"), kFilterBytes);
    for (size_t size : {size_t{0}, size_t{5}, size_t{9}, size_t{40}, whole.size() - kFilterBytes, whole.size() - 1}) {
        write_filter(whole.substr(0, size));
        expect_weights_refused({"filter.npy"});
    }
    write_filter(whole + "x");
    expect_weights_refused({"filter.npy"});
}

TEST_F(WeightFiles, OfAnotherType) {
    write_filter(npy(dictionary("<f8", "False", "(2, 2, 8, 8)"), 2 * kFilterBytes));
    expect_weights_refused({"tconv: good: weights.filter = filter.npy: ", "<f8"});
    write_filter(npy(dictionary("<i4", "False", "(2, 2, 8, 8)"), kFilterBytes));
    expect_weights_refused({"filter.npy", "<i4"});
}

TEST_F(WeightFiles, OfAnotherShape) {
    write_filter(npy(dictionary("<f4", "False", "(2, 2, 4, 16)"), kFilterBytes));
    expect_weights_refused({"tconv: good: weights.filter = filter.npy: ", "[2, 2, 4, 16]", "[2, 2, 8, 8]"});
    write_filter(npy(dictionary("<f4", "False", "(256,)"), kFilterBytes));
    expect_weights_refused({"filter.npy", "[256]"});
}

TEST_F(WeightFiles, NotNumpy) {
    write_filter("{\"this\": \"is JSON\"}");
    expect_weights_refused({"filter.npy"});
}

TEST_F(WeightFiles, WithoutTheBiasThatTheLayerHas) {
    write_filter(npy(dictionary("<f4", "False", "(2, 2, 8, 8)"), kFilterBytes));
    expect_weights_refused({"bias"}, {{"bias", true}});
}

TEST_F(WeightFiles, WithABiasThatTheLayerHasNot) {
    write_filter(npy(dictionary("<f4", "False", "(2, 2, 8, 8)"), kFilterBytes));
    expect_weights_refused({"bias"}, {{"weights", {{"bias", "filter.npy"}}}});
}

TEST_F(WeightFiles, OnATargetThatCannotHoldThem) {
    write_filter(npy(dictionary("<f4", "False", "(2, 2, 8, 8)"), kFilterBytes));
    json layer = good_layer();
    layer["weights"] = {{"filter", "filter.npy"}};
    write("layer.json", layer);
    expect_refused({"build", "layer.json", "--target", "arm-32-linux", "-o", "new/out"}, {"arm-32-linux", "NAME_pack"});
}

// Each verb names the layer once.
TEST_F(WeightFiles, OfOneLayerAmongSeveral) {
    json other = good_layer(), layer = good_layer();
    other["name"] = "other";
    layer["weights"] = {{"filter", "filter.npy"}};
    write("list.json", json::array({other, layer}));
    expect_refused({"build", "list.json", "--target", "x86-64-avx2", "-o", "new/out"},
                   {"tconv: good: weights.filter = filter.npy: No such file"});
    write("layer.json", layer);
    for (const char *verb : {"verify", "bench"}) {
        const CommandResult result = run_tconv({verb, "layer.json", "--target", "host"}, options());
        EXPECT_NE(result.err.find("tconv: good: weights.filter = filter.npy: No such file"), std::string::npos)
            << result.err;
    }
}

// Fortran order is another order of the same numbers: the library must be the one of C order.
TEST_F(WeightFiles, InFortranOrderAreTaken) {
    json layer = good_layer();
    layer["weights"] = {{"filter", "filter.npy"}};
    write("layer.json", layer);
    std::vector<float> filter(kFilterBytes / 4);
    for (size_t i = 0; i < filter.size(); i++) {
        filter[i] = static_cast<float>(i);
    }
    ASSERT_TRUE(write_npy(work_.file("filter.npy"), {{2, 2, 8, 8}, filter}));
    ASSERT_EQ(run_tconv({"build", "layer.json", "--target", "x86-64-avx2", "-o", "c_order"}, options()).exit_code, 0);

    std::string reordered = npy(dictionary("<f4", "True", "(2, 2, 8, 8)"), 0);
    for (size_t ci = 0; ci < 8; ci++) {
        for (size_t co = 0; co < 8; co++) {
            for (size_t kx = 0; kx < 2; kx++) {
                for (size_t ky = 0; ky < 2; ky++) {
                    const float value = filter[((ky * 2 + kx) * 8 + co) * 8 + ci];
                    reordered.append(reinterpret_cast<const char *>(&value), sizeof(value));
                }
            }
        }
    }
    write_filter(reordered);
    const CommandResult result =
        run_tconv({"build", "layer.json", "--target", "x86-64-avx2", "-o", "fortran"}, options());
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const auto text = [&](const std::string &file) {
        std::ifstream stream(work_.file(file), std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(stream), {});
    };
    EXPECT_FALSE(text("c_order/libgood.a").empty());
    EXPECT_TRUE(text("c_order/libgood.a") == text("fortran/libgood.a"));
}

}  // namespace
}  // namespace tconv::test
