// SPDX-License-Identifier: Apache-2.0
// The command line and the files of `tconv run`: what cannot be read, or is no float32 array.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tconv/npy.h"
#include "tests/error/run_files.h"

namespace tconv::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

TEST_F(RunFiles, MissingOptions) {
    for (const char *option : {"--input", "--filter", "--output"}) {
        expect_refused(without(option), {option, "is required"});
        expect_refused(with(option, ""), {std::string(option) + " = \"\": must be the path of a file"});
    }
    std::vector<std::string> no_case = command();
    no_case.erase(no_case.begin() + 1);
    expect_refused(no_case, {"CASE is required"});
    EXPECT_EQ(run_tconv(without("--input"), options()).exit_code, 2);
    expect_refused({"run"}, {"CASE is required"});
}

TEST_F(RunFiles, OptionsTwiceAndUnknown) {
    expect_refused(command(false, {"--input", "x.npy"}), {"--input = x.npy, x.npy: must be given once"});
    expect_refused(command(false, {"--value", "w.npy"}), {"--input = x.npy, w.npy: must be given once"});
    expect_refused(command(false, {"--kernel", "w.npy"}), {"--filter = w.npy, w.npy: must be given once"});
    expect_refused(command(false, {"--output", "z.npy"}), {"--output = y.npy, z.npy: must be given once"});
    expect_refused(command(false, {"--bias", "b.npy", "--bias", "b.npy"}),
                   {"--bias = b.npy, b.npy: must be given once"});
    expect_refused(command(false, {"--isa", "a", "--isa", "b"}), {"--isa = a, b: must be given once"});
    expect_refused(command(false, {"--frob"}), {"--frob"});
    expect_refused(command(false, {"other.json"}), {"other.json"});
    expect_refused(command(false, {"--input"}), {"--input"});
}

TEST_F(RunFiles, Threads) {
    for (const char *threads : {"0", "-1", "many", "1025", "2.5", "99999999999999999999"}) {
        expect_refused(command(false, {"--threads", threads}), {"--threads", threads, "1 to 1024"});
    }
    expect_runs(command(false, {"--threads", "1024"}));
}

TEST_F(RunFiles, InstructionSets) {
    for (const char *isa : {"avx2", "X86-64", "host", "cuda-sm80", "arm-64", "", " ", "x86-64,x86-64-avx2"}) {
        expect_refused(command(false, {"--isa", isa}),
                       {std::string("--isa = \"") + isa + "\": unknown", TCONV_BASELINE_ISA});
    }
    expect_refused(command(false, {"--isa", "two\nlines"}), {"--isa = \"two?lines\""});
    const bool on_arm = std::string(TCONV_BASELINE_ISA) == "arm64-neon";
    const std::string foreign = on_arm ? "x86-64" : "arm64-neon";
    expect_refused(command(false, {"--isa", foreign}), {"--isa = " + foreign + ": ", TCONV_BASELINE_ISA});
}

// Every instruction set that `tconv targets` lists runs or is refused, as it says there.
TEST_F(RunFiles, InstructionSetsAsListed) {
    const CommandResult targets = run_tconv({"targets"}, options());
    ASSERT_EQ(targets.exit_code, 0);
    const size_t table = targets.out.find("--isa");
    ASSERT_NE(table, std::string::npos) << targets.out;
    std::istringstream lines(targets.out.substr(targets.out.find('\n', table) + 1));
    int listed = 0, taken = 0;
    for (std::string line, isa, here; std::getline(lines, line) && std::istringstream(line) >> isa >> here; listed++) {
        SCOPED_TRACE(line);
        if (here == "no") {
            expect_refused(command(false, {"--isa", isa}), {"--isa = " + isa + ": "});
        } else {
            taken += line.find("taken") != std::string::npos ? 1 : 0;
            expect_runs(command(false, {"--isa", isa}));
            fs::remove(work_.file("y.npy"));
        }
    }
    EXPECT_GE(listed, 1);
    EXPECT_EQ(taken, 1);
}

TEST_F(RunFiles, OtherNamesOfTheTensors) {
    expect_runs(command());
    const std::string want = bytes_of("y.npy");
    for (const char *input : {"--value", "--inputs"}) {
        for (const char *filter : {"--filters", "--kernel"}) {
            fs::remove(work_.file("y.npy"));
            expect_runs({"run", "--output", "y.npy", filter, "w.npy", "case.json", input, "x.npy"});
            EXPECT_TRUE(bytes_of("y.npy") == want);
        }
    }
}

TEST_F(RunFiles, MissingFiles) {
    expect_refused(with("--input", "absent.npy"), {"--input = absent.npy: No such file"});
    expect_refused(with("--filter", "absent/w.npy"), {"--filter = absent/w.npy: No such file"});
    expect_refused(command(false, {"--bias", "absent.npy"}), {"--bias = absent.npy: No such file"});
    expect_refused(with("--input", "x.npy/below"), {"--input = x.npy/below: Not a directory"});
    expect_refused(with("--input", std::string(300, 'n')), {"--input = nnn", "File name too long"});
    expect_refused(with("run", "absent.json"), {"absent.json: ", "No such file"});
    expect_refused(with("run", ""), {": cannot be read"});
}

TEST_F(RunFiles, WhatIsNoFile) {
    fs::create_directory(work_.file("folder"));
    ASSERT_EQ(mkfifo(work_.file("pipe").c_str(), 0600), 0);
    expect_refused(with("--input", "folder"), {"--input = folder: not a regular file"});
    expect_refused(with("--filter", "pipe"), {"--filter = pipe: not a regular file"});
    expect_refused(with("--input", "/dev/zero"), {"--input = /dev/zero: not a regular file"});
    expect_refused(with("run", "folder"), {"folder: is a directory"});
    expect_refused(with("run", "/dev/null"), {"/dev/null: not valid JSON", "empty"});
    expect_refused(with("run", "/dev/zero"), {"/dev/zero: larger than 16 MiB"});
}

TEST_F(RunFiles, UnreadableFiles) {
    chmod(work_.file("x.npy").c_str(), 0);
    expect_refused(command(), {"--input = x.npy: cannot be read: Permission denied"}, with_modes());
    chmod(work_.file("x.npy").c_str(), 0600);
    chmod(work_.file("case.json").c_str(), 0);
    expect_refused(command(), {"case.json: cannot be read: Permission denied"}, with_modes());
}

TEST_F(RunFiles, OtherElementTypes) {
    for (const char *type :
         {"<f8", "<f2", ">f8", "<i4", "|i1", "|u1", "|b1", "<c8", "|O", "<U3", "|S4", "<M8[s]", "=f4", ""}) {
        expect_header_refused(npy_dictionary(type, "False", "(1, 4, 4, 5)"),
                              {std::string("descr = '") + type + "': must be '<f4' or '>f4' (float32)"});
    }
    expect_header_refused("{'descr': [('re', '<f4'), ('im', '<f4')], 'fortran_order': False, 'shape': (40,), }",
                          {"descr = [('re', '<f4')", "must be '<f4' or '>f4'"});
}

TEST_F(RunFiles, DamagedArrays) {
    const std::string whole = bytes_of("x.npy");
    for (size_t size : {size_t{0}, size_t{5}, size_t{9}, size_t{40}, whole.size() - kInputBytes, whole.size() - 1}) {
        expect_bytes_refused(whole.substr(0, size), {});
    }
    expect_bytes_refused(whole + "x", {"needs 320 bytes of float32 data, the file has 321"});
    expect_bytes_refused("PK\x03\x04 an archive of arrays", {"not a .npy file"});
    expect_bytes_refused("{\"this\": \"is JSON\"}", {"not a .npy file"});
    expect_header_refused(npy_dictionary("<f4", "False", "(1, 40000, 40000, 1)"), {"needs 6400000000 bytes"});
    expect_header_refused(npy_dictionary("<f4", "False", "(99999, 99999, 99999, 9)"),
                          {"more than 2147483647 elements"});
    expect_header_refused(npy_dictionary("<f4", "False", "(9223372036854775807, 9223372036854775807)"), {"2147483647"});
    expect_header_refused(npy_dictionary("<f4", "False", "(0, 9223372036854775807)"), {"2147483647"});
    expect_header_refused(npy_dictionary("<f4", "False", "(99999999999999999999,)"), {"shape must hold integers"});
    expect_header_refused(npy_dictionary("<f4", "False", "(1, -4, 4, 5)"), {"shape must hold integers"});
    expect_header_refused(npy_dictionary("<f4", "Maybe", "(1, 4, 4, 5)"), {"fortran_order"});
    expect_header_refused("{'descr': '<f4'}", {"malformed .npy header"});
    expect_header_refused("{'descr': '<f4', 'shape': (\n\n1)}", {"malformed .npy header"});
}

// The same numbers in another order of bytes or of elements: the same result.
TEST_F(RunFiles, BigEndianAndFortranOrder) {
    expect_runs(command());
    const std::string want = bytes_of("y.npy"), data = bytes_of("x.npy").substr(bytes_of("x.npy").size() - kInputBytes);
    std::string swapped = data, reordered;
    for (size_t i = 0; i < swapped.size(); i += 4) std::reverse(&swapped[i], &swapped[i] + 4);
    for (size_t c = 0; c < 5; c++) {
        for (size_t x = 0; x < 4; x++) {
            for (size_t y = 0; y < 4; y++) reordered += data.substr(((y * 4 + x) * 5 + c) * 4, 4);
        }
    }
    write("big.npy", npy_bytes(npy_dictionary(">f4", "False", "(1, 4, 4, 5)"), swapped));
    expect_runs(with("--input", "big.npy"));
    EXPECT_TRUE(bytes_of("y.npy") == want);
    write("fortran.npy", npy_bytes(npy_dictionary("<f4", "True", "(1, 4, 4, 5)"), reordered));
    expect_runs(with("--input", "fortran.npy"));
    EXPECT_TRUE(bytes_of("y.npy") == want);
}

TEST_F(RunFiles, CasesFromElsewhere) {
    expect_runs(command());
    const std::string want = bytes_of("y.npy"), text = good_keras_op().arguments.dump();
    write("case.json", "\xef\xbb\xbf" + text);  // a byte order mark, as editors on Windows write it
    expect_runs(command());
    EXPECT_TRUE(bytes_of("y.npy") == want);
    ASSERT_EQ(mkfifo(work_.file("pipe").c_str(), 0600), 0);
    RunningCommand running(with("run", "pipe"), options());
    std::ofstream(work_.file("pipe")) << text;
    EXPECT_EQ(running.wait().exit_code, 0);
    EXPECT_TRUE(bytes_of("y.npy") == want);
}

TEST_F(RunFiles, HelpHasAnExample) {
    const CommandResult help = run_tconv({"run", "--help"}, options());
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_EQ(help.err, "");
    EXPECT_NE(help.out.find("tconv run up.json --input x.npy --filter w.npy --output y.npy"), std::string::npos)
        << help.out;
}

}  // namespace
}  // namespace tconv::test
