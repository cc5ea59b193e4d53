// SPDX-License-Identifier: Apache-2.0
// read_npy and write_npy, on files written byte by byte.
#include "tconv/npy.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <limits>
#include <random>

#include "temporary_folder.h"

namespace tconv {
namespace {

std::string dict(const std::string &shape, const std::string &descr = "'<f4'", const std::string &fortran = "False") {
    return "{'descr': " + descr + ", 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
}

// The file around a header: magic, version, length, header. Versions above 1 have a length of 4 bytes.
std::string npy(std::string header, const std::string &data, int major = 1, int minor = 0) {
    header += "\n";
    std::string file = "\x93NUMPY";
    file += static_cast<char>(major);
    file += static_cast<char>(minor);
    for (int i = 0; i < (major == 1 ? 2 : 4); i++) file += static_cast<char>(header.size() >> (8 * i) & 0xff);
    return file + header + data;
}

std::string little_endian(const std::vector<float> &values) {
    std::string bytes;
    for (float value : values) {
        uint32_t bits = 0;
        std::memcpy(&bits, &value, sizeof(bits));
        for (int i = 0; i < 4; i++) bytes += static_cast<char>(bits >> (8 * i) & 0xff);
    }
    return bytes;
}

std::string big_endian(const std::vector<float> &values) {
    std::string bytes = little_endian(values);
    for (size_t i = 0; i < bytes.size(); i += 4) {
        std::swap(bytes[i], bytes[i + 3]);
        std::swap(bytes[i + 1], bytes[i + 2]);
    }
    return bytes;
}

class Npy : public ::testing::Test {
protected:
    std::string write(const std::string &bytes) {
        const std::string path = folder_.file("a.npy");
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }

    Array read(const std::string &bytes) {
        const auto array = read_npy(write(bytes));
        if (!array) {
            ADD_FAILURE() << array.error().message;
            return {};
        }
        return *array;
    }

    // What the message says after the file's name.
    std::string refusal(const std::string &bytes) {
        const std::string path = write(bytes);
        const auto array = read_npy(path);
        if (array) return "(accepted)";
        const std::string &message = array.error().message;
        EXPECT_EQ(message.find(path + ": "), 0u) << message;
        EXPECT_EQ(message.find('\n'), std::string::npos);
        return message.substr(path.size() + 2);
    }

    TemporaryFolder folder_;
};

const std::vector<float> kSix = {1, 2, 3, 4, 5, -0.5f};

TEST_F(Npy, ReadsAllThreeVersions) {
    for (int major : {1, 2, 3}) {
        const Array array = read(npy(dict("(2, 3)"), little_endian(kSix), major));
        EXPECT_EQ(array.shape, (std::vector<int64_t>{2, 3}));
        EXPECT_EQ(array.data, kSix);
    }
}

TEST_F(Npy, ReadsBigEndian) { EXPECT_EQ(read(npy(dict("(6,)", "'>f4'"), big_endian(kSix))).data, kSix); }

TEST_F(Npy, TurnsFortranOrderIntoCOrder) {
    const Array matrix = read(npy(dict("(2, 3)", "'<f4'", "True"), little_endian({1, 4, 2, 5, 3, 6})));
    EXPECT_EQ(matrix.data, (std::vector<float>{1, 2, 3, 4, 5, 6}));
    // Element (a, b, c) of a 2 x 3 x 2 array has the value 100a + 10b + c.
    const std::vector<float> columns = {0, 100, 10, 110, 20, 120, 1, 101, 11, 111, 21, 121};
    const Array cube = read(npy(dict("(2, 3, 2)", "'<f4'", "True"), little_endian(columns)));
    EXPECT_EQ(cube.data, (std::vector<float>{0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121}));
    EXPECT_EQ(read(npy(dict("(6,)", "'>f4'", "True"), big_endian(kSix))).data, kSix);
}

TEST_F(Npy, ReadsScalarsAndEmptyArrays) {
    const Array scalar = read(npy(dict("()"), little_endian({7})));
    EXPECT_TRUE(scalar.shape.empty());
    EXPECT_EQ(scalar.data, std::vector<float>{7});
    const Array empty = read(npy(dict("(0, 5)", "'<f4'", "True"), ""));
    EXPECT_EQ(empty.shape, (std::vector<int64_t>{0, 5}));
    EXPECT_TRUE(empty.data.empty());
}

TEST_F(Npy, ReadsHeadersInOtherSpellings) {
    const std::string spelt = R"(  {"shape":(2,3),"fortran_order":False,"descr":"<f4"}   )";
    EXPECT_EQ(read(npy(spelt, little_endian(kSix))).data, kSix);
}

TEST_F(Npy, KeepsEveryBitOfNanAndInfinity) {
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    const Array array = read(npy(dict("(3,)"), little_endian({nan, infinity, -infinity})));
    EXPECT_NE(array.data[0], array.data[0]);
    EXPECT_EQ(array.data[1], infinity);
    EXPECT_EQ(array.data[2], -infinity);
}

TEST_F(Npy, RefusesOtherElementTypesByName) {
    for (const char *descr : {"'<f8'", "'<f2'", "'|i1'", "'<i4'", "'|O'", "'f4'", "'=f4'", "'<c8'"}) {
        EXPECT_EQ(refusal(npy(dict("(6,)", descr), little_endian(kSix))),
                  std::string("descr = ") + descr + ": must be '<f4' or '>f4' (float32)");
    }
    const std::string record = refusal(npy(dict("(6,)", "[('x', '<f4')]"), little_endian(kSix)));
    EXPECT_EQ(record.find("descr = [('x', '<f4')]"), 0u) << record;
}

TEST_F(Npy, RefusesSizesThatDoNotMatchTheFile) {
    const std::string whole = npy(dict("(2, 3)"), little_endian(kSix));
    EXPECT_EQ(refusal(whole.substr(0, whole.size() - 1)),
              "shape = [2, 3]: needs 24 bytes of float32 data, the file has 23");
    EXPECT_EQ(refusal(whole + "x"), "shape = [2, 3]: needs 24 bytes of float32 data, the file has 25");
    for (size_t size = 0; size < whole.size(); size++) EXPECT_NE(refusal(whole.substr(0, size)), "(accepted)") << size;
}

TEST_F(Npy, RefusesOverflowingShapes) {
    const std::string rule = ": more than 2147483647 elements in a tensor are not supported";
    EXPECT_EQ(refusal(npy(dict("(65536, 65536)"), "")), "shape = [65536, 65536]" + rule);
    EXPECT_EQ(refusal(npy(dict("(4294967296, 4294967296)"), "")), "shape = [4294967296, 4294967296]" + rule);
    EXPECT_EQ(refusal(npy(dict("(0, 4294967296)"), "")), "shape = [0, 4294967296]" + rule);
    EXPECT_EQ(refusal(npy(dict("(9223372036854775807, 2)"), "")), "shape = [9223372036854775807, 2]" + rule);
    EXPECT_NE(refusal(npy(dict("(9223372036854775808,)"), "")).find("shape must hold integers"), std::string::npos);
    EXPECT_EQ(refusal(npy(dict("(536870912,)"), "")),
              "shape = [536870912]: needs 2147483648 bytes of float32 data, the file has 0");
}

TEST_F(Npy, RefusesMalformedHeaders) {
    const std::vector<std::string> headers = {
        "",
        "[]",
        "{}",
        "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (6,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), 'extra': 1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,)} x",
        "{'descr': '<f4' 'fortran_order': False, 'shape': (6,)}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (6,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': [6]}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-6,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6.0,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,)",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6",
        "{'descr",
        "{descr: '<f4', 'fortran_order': False, 'shape': (6,)}",
    };
    for (const std::string &header : headers) {
        EXPECT_EQ(refusal(npy(header, little_endian(kSix))).find("malformed .npy header: "), 0u) << header;
    }
    std::string deep = "(";
    for (int i = 0; i < 33; i++) deep += "1, ";
    EXPECT_EQ(refusal(npy(dict(deep + ")"), little_endian({1}))),
              "malformed .npy header: shape has more than 32 dimensions");
}

TEST_F(Npy, RefusesForeignFiles) {
    EXPECT_EQ(refusal(""), "not a .npy file: it does not begin with \\x93NUMPY and a version");
    EXPECT_EQ(refusal("PK\x03\x04 and more bytes"), "not a .npy file: it does not begin with \\x93NUMPY and a version");
    EXPECT_EQ(refusal(npy(dict("(6,)"), little_endian(kSix), 4)), ".npy version 4.0 is not one of 1.0, 2.0, 3.0");
    EXPECT_EQ(refusal(npy(dict("(6,)"), little_endian(kSix), 1, 1)), ".npy version 1.1 is not one of 1.0, 2.0, 3.0");
    EXPECT_EQ(refusal(std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12)), "truncated inside the .npy header");
    EXPECT_EQ(refusal(npy(dict("(6,)") + std::string(70000, ' '), little_endian(kSix), 2)),
              "the .npy header is longer than 65535 bytes");
}

TEST_F(Npy, RefusesWhatIsNoReadableFile) {
    const auto missing = read_npy(folder_.file("missing.npy"));
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, StatusCode::kNotFound);
    EXPECT_EQ(missing.error().message, folder_.file("missing.npy") + ": No such file or directory");
    const auto directory = read_npy(folder_.path());
    ASSERT_FALSE(directory);
    EXPECT_EQ(directory.error().message, folder_.path() + ": not a regular file");
    const auto device = read_npy("/dev/zero");
    ASSERT_FALSE(device);
    EXPECT_EQ(device.error().message, "/dev/zero: not a regular file");
}

// The size of an element is known, and that is all.
TEST_F(Npy, RefusesToReadOtherTypes) {
    const std::string path = write(npy(dict("(6,)"), little_endian(kSix)));
    const auto array = read_npy(path, DataType::kFloat16);
    ASSERT_FALSE(array);
    EXPECT_EQ(array.error().code, StatusCode::kUnsupported);
    EXPECT_EQ(array.error().message, path + ": dtype = float16: only float32 is supported yet");
    EXPECT_FALSE(read_npy_info(path, DataType::kFloat16));
    const auto info = read_npy_info(path);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->type, DataType::kFloat32);
    EXPECT_NE(npy_preamble({6}, DataType::kFloat16).find("'descr': '<f2'"), std::string::npos);
}

TEST_F(Npy, DamagedHeadersNeverCrash) {
    const uint32_t seed = 3;
    std::mt19937 random(seed);
    const std::string whole = npy(dict("(2, 3)"), little_endian(kSix));
    for (int trial = 0; trial < 3000; trial++) {
        std::string bytes = whole;
        for (int edits = 1 + trial % 3; edits > 0; edits--) {
            bytes[random() % (whole.size() - 24)] = static_cast<char>(random() % 256);
        }
        const auto array = read_npy(write(bytes));
        if (array) {
            EXPECT_EQ(array->data.size(), 6u);
        } else {
            EXPECT_FALSE(array.error().message.empty());
        }
    }
}

TEST_F(Npy, WritesWhatItReads) {
    for (const std::vector<int64_t> &shape : {std::vector<int64_t>{6}, {2, 3}, {1, 2, 3, 1}, {3, 2}}) {
        const std::string path = folder_.file("w.npy");
        const Status written = write_npy(path, {shape, kSix});
        ASSERT_TRUE(written);
        const auto array = read_npy(path);
        ASSERT_TRUE(array);
        EXPECT_EQ(array->shape, shape);
        EXPECT_EQ(array->data, kSix);
        EXPECT_EQ((std::filesystem::file_size(path) - 24) % 64, 0u);
    }
}

TEST_F(Npy, WritingFailsWithAReason) {
    EXPECT_FALSE(write_npy(folder_.file("w.npy"), {{2, 2}, kSix}));
    const Status nowhere = write_npy(folder_.file("none/w.npy"), {{6}, kSix});
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().code, StatusCode::kFailed);
    EXPECT_EQ(nowhere.error().message, folder_.file("none/w.npy") + ": cannot be written: No such file or directory");
    if (std::filesystem::exists("/dev/full")) {
        const Status full = write_npy("/dev/full", {{6}, kSix});
        ASSERT_FALSE(full);
        EXPECT_EQ(full.error().message, "/dev/full: cannot be written: No space left on device");
    }
}

}  // namespace
}  // namespace tconv
