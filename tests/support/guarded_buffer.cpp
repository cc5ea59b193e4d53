// SPDX-License-Identifier: Apache-2.0
#include "tests/support/guarded_buffer.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace tconv::test {
namespace {

constexpr unsigned char kUnwritten = 0xff;

size_t page_bytes() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

size_t round_up(size_t value, size_t multiple) { return (value + multiple - 1) / multiple * multiple; }

}  // namespace

GuardedBuffer::GuardedBuffer(size_t bytes, size_t alignment, Guard guard) : bytes_(bytes) {
    const size_t page = page_bytes();
    const size_t usable = round_up(bytes, page);
    mapping_bytes_ = usable + 2 * page;
    void *mapping = mmap(nullptr, mapping_bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED) throw std::bad_alloc();
    mapping_ = static_cast<unsigned char *>(mapping);
    if (usable > 0 && mprotect(mapping_ + page, usable, PROT_READ | PROT_WRITE) != 0) {
        release();
        throw std::bad_alloc();
    }
    std::memset(mapping_ + page, kUnwritten, usable);
    const size_t slack = guard == Guard::kAfter ? usable - round_up(bytes, alignment) : 0;
    data_ = mapping_ + page + slack;
}

GuardedBuffer::~GuardedBuffer() { release(); }

GuardedBuffer::GuardedBuffer(GuardedBuffer &&other) noexcept
    : mapping_(std::exchange(other.mapping_, nullptr)),
      mapping_bytes_(std::exchange(other.mapping_bytes_, 0)),
      data_(std::exchange(other.data_, nullptr)),
      bytes_(std::exchange(other.bytes_, 0)) {}

GuardedBuffer &GuardedBuffer::operator=(GuardedBuffer &&other) noexcept {
    std::swap(mapping_, other.mapping_);
    std::swap(mapping_bytes_, other.mapping_bytes_);
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
}

GuardedBuffer GuardedBuffer::floats(const std::vector<float> &values, size_t alignment, Guard guard) {
    GuardedBuffer buffer = floats(static_cast<int64_t>(values.size()), alignment, guard);
    std::copy(values.begin(), values.end(), buffer.as_floats());
    return buffer;
}

GuardedBuffer GuardedBuffer::floats(int64_t count, size_t alignment, Guard guard) {
    return GuardedBuffer(static_cast<size_t>(count) * sizeof(float), alignment, guard);
}

bool GuardedBuffer::intact() const {
    const auto unwritten = [](unsigned char byte) { return byte == kUnwritten; };
    const size_t page = page_bytes();
    const unsigned char *begin = mapping_ + page;
    const unsigned char *end = mapping_ + mapping_bytes_ - page;
    return std::all_of(begin, static_cast<const unsigned char *>(data_), unwritten) &&
           std::all_of(static_cast<const unsigned char *>(data_) + bytes_, end, unwritten);
}

void GuardedBuffer::make_read_only() {
    const size_t page = page_bytes();
    const size_t usable = mapping_bytes_ - 2 * page;
    if (usable > 0 && mprotect(mapping_ + page, usable, PROT_READ) != 0) throw std::bad_alloc();
}

void GuardedBuffer::release() {
    if (mapping_) munmap(mapping_, mapping_bytes_);
    mapping_ = nullptr;
}

}  // namespace tconv::test
