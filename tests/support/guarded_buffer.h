// SPDX-License-Identifier: Apache-2.0
// Memory with unreadable pages on both sides. Sanitizers do not see generated code: a kernel that reads or writes
// outside its tensors ends the test program here, at the instruction that did it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tconv::test {

// Which end of the data touches a guard page: there, one byte too far faults. On the other side the rest of a page lies
// between, where only writes are noticed, by intact(). So tests of a kernel run once with each.
enum class Guard { kAfter, kBefore };

// `bytes` bytes at a multiple of `alignment`, filled with a pattern that is a NaN in every float, so that what was
// never written does not look like a result. kAfter leaves up to alignment - 1 bytes of slack before the guard page.
// kBefore starts at a page: a kernel that relies on more alignment than it was promised shows only with kAfter and odd
// sizes.
class GuardedBuffer {
public:
    // alignment: a power of two, at most the page size. Throws std::bad_alloc when the system has no memory.
    GuardedBuffer(size_t bytes, size_t alignment, Guard guard);
    ~GuardedBuffer();
    GuardedBuffer(GuardedBuffer &&other) noexcept;
    GuardedBuffer &operator=(GuardedBuffer &&other) noexcept;
    GuardedBuffer(const GuardedBuffer &) = delete;
    GuardedBuffer &operator=(const GuardedBuffer &) = delete;

    // A buffer of floats with the values, or of `count` unwritten ones.
    static GuardedBuffer floats(const std::vector<float> &values, size_t alignment, Guard guard);
    static GuardedBuffer floats(int64_t count, size_t alignment, Guard guard);

    void *data() { return data_; }
    const void *data() const { return data_; }
    size_t bytes() const { return bytes_; }
    float *as_floats() { return static_cast<float *>(data()); }
    const float *as_floats() const { return static_cast<const float *>(data()); }

    // Nothing was written between the data and the guard pages.
    bool intact() const;
    // Writing to the data faults from now on: for inputs and weights, which kernels only read.
    void make_read_only();

private:
    void release();

    unsigned char *mapping_ = nullptr;  // a guard page, the usable pages, a guard page
    size_t mapping_bytes_ = 0;
    unsigned char *data_ = nullptr;
    size_t bytes_ = 0;
};

}  // namespace tconv::test
