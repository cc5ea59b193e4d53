// SPDX-License-Identifier: Apache-2.0
// read_npy and read_npy_info on any bytes, through a file in memory. What they accept must be what an independent
// reading of the bytes gives, and must survive write_npy; what they refuse must be refused in one line. A file whose
// only fault is the amount of its data is mended and read too, since mutations seldom get that right.
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "check.h"
#include "message.h"
#include "runtime/layer/npy_header.h"
#include "tconv/npy.h"

namespace tconv {
namespace {

constexpr int64_t kMostElements = 4096;  // of a file that is mended

// A file without a folder: its path names the open descriptor.
class MemoryFile {
public:
    explicit MemoryFile(const char *name) : descriptor_(memfd_create(name, MFD_CLOEXEC)) {
        FUZZ_CHECK(descriptor_ >= 0);
        path_ = "/proc/self/fd/" + std::to_string(descriptor_);
    }
    ~MemoryFile() { close(descriptor_); }
    MemoryFile(const MemoryFile &) = delete;
    MemoryFile &operator=(const MemoryFile &) = delete;

    void set(const std::string &bytes) {
        FUZZ_CHECK(ftruncate(descriptor_, 0) == 0);
        FUZZ_CHECK(pwrite(descriptor_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    }
    const std::string &path() const { return path_; }

private:
    int descriptor_;
    std::string path_;
};

// Where the header of a file ends; none where the file is shorter, or its first bytes are not those of a .npy file.
std::optional<size_t> header_end(const std::string &file) {
    if (file.size() < 12 || file.compare(0, 6, "\x93NUMPY") != 0) return std::nullopt;
    const auto byte = [&](size_t at) { return size_t{static_cast<unsigned char>(file[at])}; };
    const bool short_length = file[6] == 1;
    size_t end = short_length ? 10 : 12;
    end += byte(8) + (byte(9) << 8) + (short_length ? 0 : (byte(10) << 16) + (byte(11) << 24));
    return end <= file.size() ? std::optional<size_t>(end) : std::nullopt;
}

std::optional<NpyHeader> header_of(const std::string &file) {
    const std::optional<size_t> end = header_end(file);
    if (!end) return std::nullopt;
    const size_t begin = file[6] == 1 ? 10 : 12;
    const Expected<NpyHeader> header = parse_npy_header(file.substr(begin, *end - begin), Array::kType);
    return header ? std::optional<NpyHeader>(*header) : std::nullopt;
}

// None where the extents that are not 0 multiply to more than kMostElements.
std::optional<int64_t> small_count(const std::vector<int64_t> &shape) {
    int64_t count = 1;
    bool empty = false;
    for (int64_t extent : shape) {
        if (extent == 0) empty = true;
        if (extent > kMostElements || count * extent > kMostElements) return std::nullopt;
        if (extent > 0) count *= extent;
    }
    return empty ? 0 : count;
}

// Element `index`, counted in C order, as the bytes of the file have it.
uint32_t bits_of(const std::string &file, size_t data, const NpyHeader &header, size_t index) {
    size_t position = index;
    if (header.fortran_order) {
        position = 0;
        size_t stride = 1;
        std::vector<size_t> indices;
        for (size_t d = header.shape.size(); d-- > 0;) {
            indices.insert(indices.begin(), index % static_cast<size_t>(header.shape[d]));
            index /= static_cast<size_t>(header.shape[d]);
        }
        for (size_t d = 0; d < indices.size(); d++) {
            position += indices[d] * stride;
            stride *= static_cast<size_t>(header.shape[d]);
        }
    }
    uint32_t bits = 0;
    for (size_t b = 0; b < 4; b++) {
        const uint32_t byte = static_cast<unsigned char>(file[data + 4 * position + b]);
        bits |= byte << (8 * (header.big_endian ? 3 - b : b));
    }
    return bits;
}

void check_elements(const std::string &file, const Array &array, const NpyInfo &info) {
    const std::optional<NpyHeader> header = header_of(file);
    FUZZ_CHECK(header.has_value());
    FUZZ_CHECK(array.shape == header->shape && info.shape == header->shape);
    FUZZ_CHECK(info.fortran_order == header->fortran_order);
    const size_t data = *header_end(file);
    FUZZ_CHECK(file.size() - data == 4 * array.data.size());
    for (size_t i = 0; i < array.data.size(); i++) {
        uint32_t bits = 0;
        std::memcpy(&bits, &array.data[i], sizeof(bits));
        FUZZ_CHECK(bits == bits_of(file, data, *header, i));
    }
}

void check_written(const Array &array) {
    MemoryFile file("written");
    FUZZ_CHECK(write_npy(file.path(), array));
    const Expected<Array> again = read_npy(file.path());
    FUZZ_CHECK(again);
    FUZZ_CHECK(again->shape == array.shape && again->data.size() == array.data.size());
    // Bits, since NaN differs from itself.
    FUZZ_CHECK(array.data.empty() ||
               std::memcmp(again->data.data(), array.data.data(), array.data.size() * sizeof(float)) == 0);
}

// Whether read_npy takes a file of these bytes.
bool check_file(MemoryFile &file, const std::string &bytes) {
    file.set(bytes);
    const Expected<Array> array = read_npy(file.path());
    const Expected<NpyInfo> info = read_npy_info(file.path());
    FUZZ_CHECK(bool(array) == bool(info));
    if (!array) {
        check_message(array.error());
        FUZZ_CHECK(info.error().message == array.error().message);
        FUZZ_CHECK(array.error().message.compare(0, file.path().size() + 2, file.path() + ": ") == 0);
        return false;
    }
    check_elements(bytes, *array, *info);
    check_written(*array);
    return true;
}

// The file with as much data as its header wants; none where the fault lies elsewhere, or the data were large.
std::optional<std::string> mended(std::string bytes) {
    const std::optional<NpyHeader> header = header_of(bytes);
    const std::optional<int64_t> count = header ? small_count(header->shape) : std::nullopt;
    if (!count || bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0) return std::nullopt;
    const size_t data = *header_end(bytes), size = data + 4 * static_cast<size_t>(*count);
    if (data > 65535) return std::nullopt;
    while (bytes.size() < size) bytes += static_cast<char>(bytes.size() * 37);
    bytes.resize(size);
    return bytes;
}

}  // namespace
}  // namespace tconv

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static tconv::MemoryFile file("input");
    const std::string bytes(reinterpret_cast<const char *>(data), size);
    const bool taken = tconv::check_file(file, bytes);
    if (taken) return 0;
    const std::optional<std::string> whole = tconv::mended(bytes);
    if (whole) FUZZ_CHECK(tconv::check_file(file, *whole));
    return 0;
}
