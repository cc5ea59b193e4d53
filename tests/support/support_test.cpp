// SPDX-License-Identifier: Apache-2.0
// The guards must hold, or the tests that rely on them show nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "tests/support/guarded_buffer.h"
#include "tests/support/layer_data.h"

namespace tconv::test {
namespace {

constexpr size_t kAlignments[] = {4, 64};
constexpr Guard kGuards[] = {Guard::kAfter, Guard::kBefore};

// Through volatile, so that the compiler neither drops nor foresees the access.
void write_byte(GuardedBuffer &buffer, std::ptrdiff_t offset) {
    static_cast<volatile unsigned char *>(buffer.data())[offset] = 0;
}

unsigned char read_byte(const GuardedBuffer &buffer, std::ptrdiff_t offset) {
    return static_cast<const volatile unsigned char *>(buffer.data())[offset];
}

TEST(GuardedBuffer, IsAlignedUsableAndUnwritten) {
    for (const size_t alignment : kAlignments)
        for (const Guard guard : kGuards)
            for (const int64_t count : {1, 3, 16, 1024, 1025, 5000}) {
                GuardedBuffer buffer = GuardedBuffer::floats(count, alignment, guard);
                EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % alignment, 0u);
                EXPECT_EQ(buffer.bytes(), static_cast<size_t>(count) * 4);
                EXPECT_TRUE(std::isnan(buffer.as_floats()[0]) && std::isnan(buffer.as_floats()[count - 1]));
                std::memset(buffer.data(), 0, buffer.bytes());
                EXPECT_TRUE(buffer.intact());
            }
}

TEST(GuardedBuffer, HoldsTheValuesItIsMadeFrom) {
    const std::vector<float> values = {1, 2, 3};
    const GuardedBuffer buffer = GuardedBuffer::floats(values, 4, Guard::kAfter);
    EXPECT_EQ(std::memcmp(buffer.data(), values.data(), buffer.bytes()), 0);
}

TEST(GuardedBufferDeathTest, EmptyBufferIsAllGuard) {
    GuardedBuffer buffer(0, 64, Guard::kAfter);
    EXPECT_NE(buffer.data(), nullptr);
    EXPECT_TRUE(buffer.intact());
    EXPECT_DEATH(read_byte(buffer, 0), "");
    EXPECT_DEATH(read_byte(buffer, -1), "");
}

TEST(GuardedBuffer, MovesWithItsMapping) {
    GuardedBuffer first(100, 4, Guard::kAfter);
    write_byte(first, 0);
    GuardedBuffer second = std::move(first);
    GuardedBuffer third(8, 4, Guard::kAfter);
    third = std::move(second);
    EXPECT_EQ(third.bytes(), 100u);
    EXPECT_EQ(read_byte(third, 0), 0);
    EXPECT_TRUE(third.intact());
}

TEST(GuardedBufferDeathTest, FirstByteAfterTheDataFaults) {
    for (const size_t bytes : {size_t{4}, size_t{4096}, size_t{20004}}) {
        GuardedBuffer buffer(bytes, 4, Guard::kAfter);
        EXPECT_DEATH(read_byte(buffer, static_cast<std::ptrdiff_t>(bytes)), "");
        EXPECT_DEATH(write_byte(buffer, static_cast<std::ptrdiff_t>(bytes)), "");
    }
}

TEST(GuardedBufferDeathTest, LastByteBeforeTheDataFaults) {
    for (const size_t alignment : kAlignments) {
        GuardedBuffer buffer(20004, alignment, Guard::kBefore);
        EXPECT_DEATH(read_byte(buffer, -1), "");
        EXPECT_DEATH(write_byte(buffer, -1), "");
    }
}

TEST(GuardedBufferDeathTest, ReadOnlyDataCannotBeWritten) {
    GuardedBuffer buffer(100, 4, Guard::kAfter);
    buffer.make_read_only();
    EXPECT_EQ(read_byte(buffer, 99), 0xff);
    EXPECT_DEATH(write_byte(buffer, 50), "");
}

TEST(GuardedBuffer, WritesIntoTheSlackAreNoticed) {
    GuardedBuffer after(100, 64, Guard::kAfter);
    write_byte(after, 100);
    EXPECT_FALSE(after.intact());
    GuardedBuffer before(100, 4, Guard::kAfter);
    write_byte(before, -1);
    EXPECT_FALSE(before.intact());
}

TEST(LayerData, SeedsDecideTheValuesOnEveryMachine) {
    Random random(1);
    EXPECT_EQ(random.bits(), 0x910a2dec89025cc1u);
    EXPECT_EQ(random.bits(), 0xbeeb8da1658eec67u);
}

TEST(LayerData, ValuesCoverTheirRange) {
    std::vector<float> values(10000);
    fill_small_integers(values.data(), 10000, 3);
    for (int wanted = -4; wanted <= 4; wanted++)
        EXPECT_NEAR(std::count(values.begin(), values.end(), static_cast<float>(wanted)), 10000 / 9, 150) << wanted;
    fill_random(values.data(), 10000, 3);
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    EXPECT_GE(*low, -1.0f);
    EXPECT_LT(*low, -0.99f);
    EXPECT_LT(*high, 1.0f);
    EXPECT_GT(*high, 0.99f);
}

TEST(LayerData, TensorsHaveTheSizesOfTheLayerAndDiffer) {
    Layer layer;
    layer.axes[2] = {5, 3, 2, 1, 10, 0};
    layer.in_channels = 3;
    layer.out_channels = 5;
    const LayerData without_bias = random_layer_data(layer, 1);
    EXPECT_EQ(without_bias.input.size(), 15u);
    EXPECT_EQ(without_bias.filter.size(), 45u);
    EXPECT_EQ(without_bias.bias_or_null(), nullptr);
    layer.bias = true;
    const LayerData data = random_layer_data(layer, 1);
    EXPECT_EQ(data.bias.size(), 5u);
    EXPECT_EQ(data.input, without_bias.input);
    EXPECT_NE(data.input, std::vector<float>(data.filter.begin(), data.filter.begin() + 15));
    EXPECT_NE(data.input, random_layer_data(layer, 2).input);
}

}  // namespace
}  // namespace tconv::test
