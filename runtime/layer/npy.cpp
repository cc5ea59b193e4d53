// SPDX-License-Identifier: Apache-2.0
#include "tconv/npy.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>

#include "runtime/base/text.h"
#include "runtime/layer/npy_header.h"
#include "runtime/layer/validate.h"

namespace tconv {

namespace {

constexpr char kMagic[] = "\x93NUMPY";
constexpr size_t kMagicSize = 6;
constexpr size_t kPrefixSize = kMagicSize + 4;  // magic, version, length of the header: version 1.0
constexpr size_t kAlignment = 64;               // of the data in the file, as NumPy writes it
constexpr uint64_t kLongestHeader = 65535;      // what version 1.0 can hold; later versions need no more for numbers

Error bad_file(const std::string &path, const std::string &rule) {
    return {StatusCode::kInvalidArgument, printable(path) + ": " + rule};
}

bool read_bytes(std::istream &file, void *bytes, uint64_t size) {
    file.read(static_cast<char *>(bytes), static_cast<std::streamsize>(size));
    return static_cast<uint64_t>(file.gcount()) == size;
}

bool host_is_big_endian() {
    const uint16_t one = 1;
    unsigned char first = 0;
    std::memcpy(&first, &one, 1);
    return first == 0;
}

static_assert(sizeof(float) == element_bytes(Array::kType), "memory holds elements as files do");

uint64_t data_bytes(const std::vector<float> &data) { return data.size() * element_bytes(Array::kType); }

void swap_bytes(std::vector<float> &data) {
    for (float &value : data) {
        unsigned char bytes[sizeof(value)];
        std::memcpy(bytes, &value, sizeof(value));
        std::reverse(bytes, bytes + sizeof(value));
        std::memcpy(&value, bytes, sizeof(value));
    }
}

// Fortran order has the first index fastest, C order the last.
std::vector<float> to_c_order(const std::vector<float> &data, const std::vector<int64_t> &shape) {
    std::vector<float> result(data.size());
    std::vector<size_t> strides(shape.size(), 1), index(shape.size(), 0);
    for (size_t d = 1; d < shape.size(); d++) strides[d] = strides[d - 1] * static_cast<size_t>(shape[d - 1]);
    size_t from = 0;
    for (float &value : result) {
        value = data[from];
        for (size_t d = shape.size(); d-- > 0;) {
            from += strides[d];
            if (++index[d] < static_cast<size_t>(shape[d])) break;
            from -= strides[d] * index[d];
            index[d] = 0;
        }
    }
    return result;
}

// The text of the header, from a stream at the start of a file of `file_size` bytes.
Expected<std::string> read_header_text(std::istream &file, const std::string &path, uint64_t file_size) {
    unsigned char prefix[kMagicSize + 2];
    if (!read_bytes(file, prefix, sizeof(prefix)) || std::memcmp(prefix, kMagic, kMagicSize) != 0) {
        return bad_file(path, "not a .npy file: it does not begin with \\x93NUMPY and a version");
    }
    const int major = prefix[kMagicSize], minor = prefix[kMagicSize + 1];
    if (major < 1 || major > 3 || minor != 0) {
        return bad_file(path, ".npy version " + std::to_string(major) + "." + std::to_string(minor) +
                                  " is not one of 1.0, 2.0, 3.0");
    }
    const size_t length_bytes = major == 1 ? 2 : 4;
    unsigned char length_field[4] = {};
    if (!read_bytes(file, length_field, length_bytes)) return bad_file(path, "truncated inside the .npy header");
    uint64_t length = 0;
    for (size_t i = 0; i < length_bytes; i++) length |= uint64_t{length_field[i]} << (8 * i);
    if (sizeof(prefix) + length_bytes + length > file_size) return bad_file(path, "truncated inside the .npy header");
    if (length > kLongestHeader) return bad_file(path, "the .npy header is longer than 65535 bytes");
    std::string text(static_cast<size_t>(length), '\0');
    if (!read_bytes(file, &text[0], length)) return bad_file(path, "truncated inside the .npy header");
    return text;
}

// Refuses what is no regular file: its size has to be known before anything is allocated.
Expected<uint64_t> regular_file_size(const std::string &path) {
    std::error_code failure;
    const auto status = std::filesystem::status(path, failure);
    if (!std::filesystem::exists(status)) {
        return Error{StatusCode::kNotFound, printable(path) + ": " + std::strerror(failure ? failure.value() : ENOENT)};
    }
    if (!std::filesystem::is_regular_file(status)) return bad_file(path, "not a regular file");
    const uint64_t size = std::filesystem::file_size(path, failure);
    if (failure) return Error{StatusCode::kNotFound, printable(path) + ": " + failure.message()};
    return size;
}

// A file that is open at the beginning of its data, which is as long as its header says.
struct OpenFile {
    std::ifstream stream;
    NpyHeader header;
    int64_t elements = 0;
};

Expected<OpenFile> open_checked(const std::string &path, DataType type) {
    if (type != Array::kType) {
        return Error{StatusCode::kUnsupported, printable(path) + ": dtype = " + to_string(type) + ": " + kTypesRule};
    }
    const Expected<uint64_t> file_size = regular_file_size(path);
    if (!file_size) return file_size.error();
    OpenFile file;
    file.stream.open(path, std::ios::binary);
    if (!file.stream)
        return Error{StatusCode::kNotFound, printable(path) + ": cannot be read: " + std::strerror(errno)};
    const Expected<std::string> text = read_header_text(file.stream, path, *file_size);
    if (!text) return text.error();
    const Expected<NpyHeader> header = parse_npy_header(*text, type);
    if (!header) return Error{header.error().code, printable(path) + ": " + header.error().message};

    const std::optional<int64_t> elements = count_elements(header->shape);
    if (!elements) return bad_file(path, "shape = " + printable(to_text(header->shape)) + ": " + kElementsRule);
    const uint64_t have = *file_size - static_cast<uint64_t>(file.stream.tellg());
    const uint64_t need = static_cast<uint64_t>(*elements * element_bytes(type));
    if (have != need) {
        return bad_file(path, "shape = " + to_text(header->shape) + ": needs " + std::to_string(need) + " bytes of " +
                                  to_string(type) + " data, the file has " + std::to_string(have));
    }
    file.header = *header;
    file.elements = *elements;
    return file;
}

}  // namespace

Expected<NpyInfo> read_npy_info(const std::string &path, DataType type) {
    const Expected<OpenFile> file = open_checked(path, type);
    if (!file) return file.error();
    return NpyInfo{file->header.shape, file->header.fortran_order, type};
}

Expected<Array> read_npy(const std::string &path, DataType type) try {
    Expected<OpenFile> file = open_checked(path, type);
    if (!file) return file.error();
    Array array;
    array.shape = file->header.shape;
    array.data.resize(static_cast<size_t>(file->elements));
    if (!read_bytes(file->stream, array.data.data(), data_bytes(array.data))) {
        return bad_file(path, "cannot be read to its end");
    }
    if (file->header.big_endian != host_is_big_endian()) swap_bytes(array.data);
    if (file->header.fortran_order) array.data = to_c_order(array.data, array.shape);
    return array;
} catch (const std::bad_alloc &) {
    return Error{StatusCode::kFailed, printable(path) + ": there is no memory for its elements"};
}

std::string npy_preamble(const std::vector<int64_t> &shape, DataType type) {
    std::string header = npy_header_text(shape, type);
    header.append(kAlignment - 1 - (kPrefixSize + header.size()) % kAlignment, ' ');
    header += '\n';
    std::string bytes(kMagic, kMagicSize);
    bytes += {'\x01', '\x00', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
    return bytes + header;
}

Status write_npy(const std::string &path, const Array &array) {
    const std::optional<int64_t> elements = count_elements(array.shape);
    if (!elements || static_cast<uint64_t>(*elements) != array.data.size()) {
        return bad_file(path, "shape = " + to_text(array.shape) + ": must hold the array's " +
                                  std::to_string(array.data.size()) + " elements");
    }
    const std::string preamble = npy_preamble(array.shape, Array::kType);
    if (preamble.size() > kPrefixSize + kLongestHeader) {
        return bad_file(path, "shape: too many dimensions for a .npy header");
    }

    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << preamble;
    const bool swapped = host_is_big_endian();
    std::vector<float> little_endian;
    if (swapped) swap_bytes(little_endian = array.data);
    const std::vector<float> &data = swapped ? little_endian : array.data;
    file.write(reinterpret_cast<const char *>(data.data()), static_cast<std::streamsize>(data_bytes(data)));
    file.close();
    if (!file) return Error{StatusCode::kFailed, printable(path) + ": cannot be written: " + std::strerror(errno)};
    return Success{};
}

}  // namespace tconv
