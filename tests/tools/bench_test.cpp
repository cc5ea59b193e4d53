// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "command.h"
#include "runtime/base/files.h"

namespace tconv::test {
namespace {

using Json = nlohmann::json;

class Bench : public testing::Test {
protected:
    void SetUp() override { folder_.write("up.json", small_layer("up")); }

    Json json(const std::string &file) const { return Json::parse(*read_file(folder_.path(file))); }

    CommandFolder folder_;
};

TEST_F(Bench, WritesItsResults) {
    const CommandResult result =
        folder_.tconv("bench '" TCONV_BENCHMARK_LAYERS "' --layers vae_d3,fcn_upscore2 --repeats 3 --json times.json");
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(folder_.leftovers(), "");
    const Json times = json("times.json");
    EXPECT_EQ(times.at("threads"), 1);
    EXPECT_GT(times.at("machine").at("peak_gflops"), 0.0);
    EXPECT_GT(times.at("machine").at("bandwidth_gbps"), 0.0);
    for (const char *key : {"cpu", "cores", "target", "tconv", "halide", "date"}) {
        EXPECT_TRUE(times.at("machine").contains(key)) << key;
    }
    ASSERT_EQ(times.at("results").size(), 2u);
    const Json &layer = times.at("results").at("vae_d3");
    const double ms = layer.at("ms");
    EXPECT_GT(ms, 0.0);
    EXPECT_GE(layer.at("median_ms"), ms);
    EXPECT_GT(layer.at("limit_ms"), 0.0);
    EXPECT_NE(layer.at("variant"), "");
    EXPECT_TRUE(layer.at("knobs_from").is_string());
    EXPECT_TRUE(layer.at("knobs").is_object());
    constexpr double kFlops = 451584;  // of vae_d3 in the list
    EXPECT_NEAR(layer.at("gflops"), 1e-6 * kFlops / ms, 1e-6 * kFlops / ms * 1e-9);
}

// Without `flops` in the file: twice the products of the scatter form.
TEST_F(Bench, CountsTheScatterForm) {
    ASSERT_EQ(folder_.tconv("bench up.json --repeats 1 --threads 2 --json times.json").exit_code, 0);
    const Json times = json("times.json");
    EXPECT_EQ(times.at("threads"), 2);
    const double ms = times.at("results").at("up").at("ms");
    const double gflops = 2e-6 * (5 * 6) * (4 * 4) * 20 * 8 / ms;
    EXPECT_NEAR(times.at("results").at("up").at("gflops"), gflops, gflops * 1e-9);
}

TEST_F(Bench, WritesNothingWhenItFails) {
    folder_.write_script("emulator",
                         "case $1 in\n"
                         "*/machine_peak) echo gflops 1; echo gigabytes_per_second 1 ;;\n"
                         "*) exit 9 ;;\n"
                         "esac\n");
    const CommandResult result = folder_.tconv("bench up.json --emulator ./emulator --json times.json");
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_TRUE(is_one_line(result.err)) << result.err;
    EXPECT_NE(result.err.find("up: layer_time: exit code 9"), std::string::npos) << result.err;
    EXPECT_FALSE(folder_.has("times.json"));
    EXPECT_EQ(folder_.leftovers(), "");
}

TEST_F(Bench, ComputesWithWhatTheProgramsPrint) {
    folder_.write_script("emulator",
                         "case $1 in\n"
                         "*/machine_peak) echo 7 warnings; echo gflops 100; echo gigabytes_per_second 10 ;;\n"
                         "*/layer_time) echo ms 3; echo 0.5 warnings; echo ms 1; echo ms 2; echo ms 5 ;;\n"
                         "esac\n");
    const CommandResult result =
        folder_.tconv("bench '" TCONV_BENCHMARK_LAYERS "' --layers unet_up1 --emulator ./emulator --json times.json");
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const Json layer = json("times.json").at("results").at("unet_up1");
    EXPECT_EQ(layer.at("ms"), 1.0);
    EXPECT_EQ(layer.at("median_ms"), 2.5);
    // k = s: every product lands in the image. 3.288334336 GFLOP at 100 GFLOP/s take longer than the tensors.
    EXPECT_NEAR(layer.at("limit_ms"), 32.88334336, 1e-9);
    EXPECT_NEAR(layer.at("gflops"), 3288.334336, 1e-6);
}

TEST_F(Bench, RefusesAFileItCannotWriteBeforeItMeasures) {
    const CommandResult result = folder_.tconv("bench up.json --json absent/times.json");
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find("--json = absent/times.json: "), std::string::npos) << result.err;
}

TEST_F(Bench, KeepsTheLayerFile) {
    const std::string layer = *read_file(folder_.path("up.json"));
    const CommandResult result = folder_.tconv("bench up.json --json up.json");
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.err, "tconv: --json = up.json: must be another file than the layer file\n");
    EXPECT_EQ(*read_file(folder_.path("up.json")), layer);
}

TEST_F(Bench, TimesTheGeneralKernels) {
    const CommandResult result =
        folder_.tconv("bench up.json --kernels general --threads 2 --repeats 2 --json times.json");
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const Json layer = json("times.json").at("results").at("up");
    EXPECT_EQ(layer.at("variant"), "general");
    EXPECT_GT(layer.at("ms"), 0.0);
    EXPECT_GE(layer.at("median_ms"), layer.at("ms"));
    for (const char *refused : {"--variant phases", "--knobs tile_x=1", "--target opencl"}) {
        const CommandResult refusal = folder_.tconv(std::string("bench up.json --kernels general ") + refused);
        EXPECT_EQ(refusal.exit_code, 1) << refused;
        EXPECT_TRUE(is_one_line(refusal.err)) << refusal.err;
    }
}

TEST_F(Bench, RefusesTargetsThatDoNotRun) {
    const CommandResult result = folder_.tconv("bench up.json --target cuda-sm80");
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.err.find("--target = cuda-sm80: "), std::string::npos) << result.err;
}

TEST_F(Bench, LeavesNothingBehindWhenInterrupted) {
    folder_.write_script("emulator", "exec sleep 60\n");
    const CommandResult result =
        folder_.tconv("bench up.json --emulator ./emulator --json times.json", "timeout --preserve-status -s INT 3");
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.err.find("interrupted"), std::string::npos) << result.err;
    EXPECT_EQ(folder_.leftovers(), "");
    EXPECT_FALSE(folder_.has("times.json"));
}

TEST_F(Bench, HelpShowsAnExample) {
    const CommandResult result = folder_.tconv("bench --help");
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_NE(result.out.find("tconv bench layers.json"), std::string::npos) << result.out;
}

}  // namespace
}  // namespace tconv::test
