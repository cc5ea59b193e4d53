// SPDX-License-Identifier: Apache-2.0
// Arguments that the command cannot use.
#include <filesystem>
#include <fstream>

#include "tests/error/refusals.h"

namespace tconv::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class CommandLine : public Refusals {
protected:
    void SetUp() override { write("layer.json", good_layer()); }

    void expect_build_refused(const std::vector<std::string> &more, const std::vector<std::string> &parts) const {
        std::vector<std::string> arguments = {"build", "layer.json", "-o", "new/deep/out"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        expect_refused(arguments, parts);
    }
    void expect_choice_refused(const std::vector<std::string> &more, const std::vector<std::string> &parts) const {
        std::vector<std::string> arguments = {"--target", "x86-64-avx2"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        expect_build_refused(arguments, parts);
    }
};

TEST_F(CommandLine, Verbs) {
    expect_refused({}, {"subcommand"});
    expect_refused(
        {"frobnicate"},
        {"verb = frobnicate: must be one of build, run, verify, bench, tune, calibrate, explain, inspect, targets"});
    expect_refused({"Build", "layer.json"}, {"verb = Build: ", "; did you mean build?"});
    expect_refused({"verfy", "layer.json"}, {"; did you mean verify?"});
    expect_refused({""}, {"verb = : "});
}

TEST_F(CommandLine, HelpKnowsTheVerbs) {
    const CommandResult help = run_tconv({"--help"}, options());
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_EQ(help.err, "");
    for (const char *verb : {"build", "run", "tune", "calibrate"}) {
        EXPECT_NE(help.out.find("\n  " + std::string(verb) + " "), std::string::npos) << help.out;
    }
}

TEST_F(CommandLine, UnknownAndMissingOptions) {
    expect_choice_refused({"--frob"}, {"--frob"});
    expect_choice_refused({"--frob=3"}, {"--frob"});
    // What is missing because of a slip is not what the user has to be told.
    expect_build_refused({"--taget", "x86-64-avx2"},
                         {"tconv: --taget: unknown option; did you mean --target? (see tconv build --help)"});
    expect_build_refused({"--taget=x86-64-avx2"}, {"tconv: --taget: unknown option; did you mean --target?"});
    expect_choice_refused({"--input_shape", "1,4,4,8"}, {"--input_shape: unknown option; did you mean --input-shape?"});
    expect_refused({"explain", "layer.json", "--vriant", "phases"},
                   {"--vriant: unknown option; did you mean --variant?"});
    expect_refused({"run", "layer.json", "--inputs", "x.npy", "--fliter", "w.npy"},
                   {"--fliter: unknown option; did you mean --filter?"});
    expect_refused({"--versoin"}, {"--versoin: unknown option; did you mean --version? (see tconv --help)"});
    expect_refused({"build", "layer.json", "--target", "x86-64-avx2"}, {"--output"});
    expect_refused({"build", "layer.json", "-o", "out"}, {"--target"});
    expect_refused({"build", "--target", "x86-64-avx2", "-o", "out"}, {"LAYER"});
    expect_refused({"build", "layer.json", "--target", "x86-64-avx2", "-o"}, {"--output"});
}

TEST_F(CommandLine, Targets) {
    expect_build_refused({"--target", "riscv9"}, {"--target = riscv9: must be one of", "x86-64-avx2", "host"});
    expect_build_refused({"--target", ""}, {"--target"});
    expect_build_refused({"--target", "x86-64-axv2"}, {"or a Halide target string; did you mean x86-64-avx2?"});
    expect_build_refused({"--target", "avx512"}, {"; did you mean x86-64-avx512?"});
    expect_build_refused({"--target", "x86-64-linux-avx9"}, {"--target = x86-64-linux-avx9"});
    expect_build_refused({"--target", "x86-64,arm64-neon"}, {"--target = x86-64,arm64-neon", "not supported yet"});
    expect_build_refused({"--target", "x86-64-avx2", "--target", "x86-64"}, {"--target = x86-64-avx2,x86-64"});
}

TEST_F(CommandLine, TargetFeaturesThatTconvChooses) {
    for (const char *feature : {"no_asserts", "no_runtime", "strict_float", "user_context", "jit", "no_bounds_query"}) {
        const std::string target = std::string("x86-64-linux-") + feature;
        expect_build_refused({"--target", target}, {"--target = " + target, feature});
    }
    expect_build_refused({"--target", "x86-64-linux-vulkan"}, {"--target = x86-64-linux-vulkan"});
}

TEST_F(CommandLine, Variants) {
    expect_choice_refused({"--variant", "winograd9"},
                          {"--variant = winograd9: must be one of phases", "; did you mean winograd?"});
    expect_build_refused(
        {"--target", "opencl", "--variant", "reference"},
        {"--variant = reference: does not take layer ", "it is for CPUs; possible: gpu_phases, gpu_reference"});
    expect_choice_refused({"--variant", "gpu_phases"}, {"it is for GPUs; possible: phases, ", ", reference"});
}

TEST_F(CommandLine, WorkspacesBeyondTheLimit) {
    json planes = good_layer();
    planes["data_format"] = "channels_first";
    planes["input_shape"] = {1, 8, 4, 4};
    planes["max_workspace_bytes"] = 100;
    write("planes.json", planes);
    for (const char *verb : {"build", "verify", "explain", "bench"}) {
        std::vector<std::string> arguments = {verb, "planes.json", "--target", "x86-64"};
        if (arguments[0] == "build") {
            arguments.insert(arguments.end(), {"-o", "out"});
        }
        const CommandResult result = run_tconv(arguments, options());
        EXPECT_EQ(result.exit_code, 1) << verb;
        EXPECT_NE(result.err.find("tconv: good: max_workspace_bytes = 100: the layer needs at least 512 (phases)\n"),
                  std::string::npos)
            << result.err;
    }
    json limited = good_layer();
    limited["max_workspace_bytes"] = 0;
    limited["padding"] = "same";
    limited["filter_shape"] = {5, 5, 8, 8};
    write("layer.json", limited);
    expect_choice_refused({"--variant", "phases", "--knobs", "trim_x=0"},
                          {"--knobs: a workspace of ", " bytes is above max_workspace_bytes = 0"});
}

TEST_F(CommandLine, Knobs) {
    expect_choice_refused({"--knobs", "tile_q=3"}, {"tile_q = 3", "no such knob; did you mean tile_"});
    expect_choice_refused({"--knobs", "tile_x=99"}, {"tile_x = 99: must be one of"});
    expect_choice_refused({"--variant", "reference", "--knobs", "tile_x=2"}, {"tile_x=2", "no knobs"});
    for (const char *garbage :
         {"garbage", "tile_x=", "=3", "tile_x=1x", "tile_x=99999999999", "tile_x=2.0", "tile_x= 2"}) {
        expect_choice_refused({"--knobs", garbage}, {std::string("--knobs = ") + garbage + ": must have the form"});
    }
}

TEST_F(CommandLine, TunedFolders) {
    expect_choice_refused({"--tuned", "absent"}, {"--tuned = absent: must be a folder or a file of tuned records"});
    fs::create_directory(work_.file("tuned"));
    write("tuned/x86_avx2.json", std::string("[{\"workload\": 3}]"));
    expect_choice_refused({"--tuned", "tuned"}, {"tuned/x86_avx2.json: record 0: workload = 3: must be a string"});
    write("tuned/x86_avx2.json", std::string("[{"));
    expect_choice_refused({"--tuned", "tuned"}, {"tuned/x86_avx2.json: not valid JSON"});
    expect_choice_refused({"--tuned", "tuned/x86_avx2.json"}, {"tuned/x86_avx2.json: not valid JSON"});
    for (const char *threads : {"0", "1025", "two"}) {
        expect_choice_refused({"--threads", threads}, {"--threads", threads});
    }
}

TEST_F(CommandLine, LayersOfAList) {
    expect_refused({"build", kBenchmarkList, "--layers", "dcgan_g9", "--target", "x86-64-avx2", "-o", "out"},
                   {"layers = dcgan_g9", "; did you mean dcgan_g1?"});
    expect_choice_refused({"--layers", "good"}, {"layers = good", "one layer"});
}

TEST_F(CommandLine, ShapesAndNames) {
    expect_choice_refused({"--input-shape", "1,four,4,8"}, {"--input-shape", "four"});
    expect_choice_refused({"--input-shape", "1,4,4,0"}, {"input_shape = [1,4,4,0]", "the channels must not be 0"});
    expect_choice_refused({"--name", "not-an-identifier"}, {"name = \"not-an-identifier\""});
}

TEST_F(CommandLine, TwoLayersOfOneName) {
    write("other.json", good_layer());
    expect_refused({"build", "layer.json", "other.json", "--target", "x86-64-avx2", "-o", "out"}, {"name = good"});
}

TEST_F(CommandLine, FoldersThatCannotBeMade) {
    write("in_the_way", std::string("a file"));
    for (const char *folder : {"in_the_way", "in_the_way/below", "/proc/x", "/proc/x/y", "", "/dev/null"}) {
        expect_refused({"build", "layer.json", "--target", "x86-64-avx2", "-o", folder},
                       {std::string("-o = ") + folder});
    }
    const std::string long_name(300, 'n');
    expect_refused({"build", "layer.json", "--target", "x86-64-avx2", "-o", "made/" + long_name}, {"-o = made/nnn"});
}

// The sidecar NAME.json must not replace a layer file of that name.
TEST_F(CommandLine, FolderOfALayerFileThatIsCalledLikeTheSidecar) {
    write("good.json", good_layer());
    expect_refused({"build", "good.json", "--target", "x86-64-avx2", "-o", "."},
                   {"-o = .: ", "would replace the layer file"});
    std::ifstream kept(work_.file("good.json"));
    EXPECT_EQ(json::parse(kept), good_layer());
}

// Where the last of three files cannot be put in its place, the others are not there either.
TEST_F(CommandLine, OutputNamesThatAreTaken) {
    fs::create_directories(work_.file("out/good.json/inside"));
    expect_refused({"build", "layer.json", "--target", "x86-64-avx2", "-o", "out"}, {"out/good.json"});
}

}  // namespace
}  // namespace tconv::test
