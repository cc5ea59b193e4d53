// SPDX-License-Identifier: Apache-2.0
// The arithmetic that tiles are chosen by, against values worked out by hand, and the table of machines and families.
#include "schedules/register_tile.h"

#include <gtest/gtest.h>

#include <set>

#include "schedules/matrix_product.h"
#include "schedules/registry.h"
#include "tools/compiler/target_table.h"

namespace tconv::test {
namespace {

RegisterTile tile(int vectors, int pixels) { return {vectors, pixels, 1}; }

TEST(RegisterTile, NeedsSumsTheSmallerOperandAndOneMore) {
    EXPECT_EQ(registers_needed(tile(1, 1)), 1 + 1 + 1);
    EXPECT_EQ(registers_needed(tile(2, 6)), 12 + 2 + 1);
    EXPECT_EQ(registers_needed(tile(3, 4)), 12 + 3 + 1);
    EXPECT_EQ(registers_needed(tile(4, 3)), 12 + 3 + 1);
    EXPECT_EQ(registers_needed(tile(1, 14)), 14 + 1 + 1);
    EXPECT_EQ(registers_needed(tile(4, 6)), 24 + 4 + 1);
}

TEST(RegisterTile, TakesTheCyclesOfItsNarrowestResource) {
    Machine machine;
    machine.fma_per_cycle = 2;
    machine.fma_latency = 4;
    EXPECT_DOUBLE_EQ(cycles_per_channel(tile(2, 6), machine), 6.0);   // 12 sums, two a cycle
    EXPECT_DOUBLE_EQ(cycles_per_channel(tile(1, 1), machine), 4.0);   // one sum waits for itself
    EXPECT_DOUBLE_EQ(cycles_per_channel(tile(1, 12), machine), 6.5);  // 13 loads, two a cycle
    machine.fma_per_cycle = 1;
    EXPECT_DOUBLE_EQ(cycles_per_channel(tile(2, 6), machine), 12.0);
    machine.fma_latency = 20;
    EXPECT_DOUBLE_EQ(cycles_per_channel(tile(2, 6), machine), 20.0);
}

TEST(Machines, HaveRoomForMoreThanOneSum) {
    for (const ScheduleFamily &family : schedule_families()) {
        const Machine machine = machine_for(family.name);
        EXPECT_EQ(machine.family, family.name);
        EXPECT_GE(machine.lanes(DataType::kFloat32), 1);
        EXPECT_EQ(machine.lanes(DataType::kFloat16), 2 * machine.lanes(DataType::kFloat32));
        EXPECT_GE(machine.vector_registers, registers_needed(tile(1, 2)));
        EXPECT_EQ(machine.is_gpu, family.name == "gpu");
    }
}

TEST(Machines, UnknownFamilyIsScalar) {
    const Machine machine = machine_for("no_such_family");
    EXPECT_EQ(machine.family, "reference");
    EXPECT_EQ(machine.lanes(DataType::kFloat32), 1);
}

TEST(ScheduleFamilies, FindThemselvesAndEndInTheReference) {
    std::set<std::string> names;
    for (const ScheduleFamily &family : schedule_families()) {
        EXPECT_TRUE(names.insert(family.name).second) << family.name << " stands twice in the table";
        EXPECT_EQ(&family_for(machine_for(family.name)), &family);
        EXPECT_TRUE(family.gather && family.softmax && family.pack_filter) << family.name;
    }
    EXPECT_EQ(schedule_families().back().name, "reference");
}

TEST(ScheduleFamilies, OfCpusHaveEveryKernel) {
    for (const ScheduleFamily &family : schedule_families()) {
        if (family.name == "gpu" || family.name == "reference") {
            continue;
        }
        EXPECT_TRUE(family.tap_product && family.repack && family.gather && family.softmax && family.pack_filter &&
                    family.sum_filter && family.column_rows && family.channel_lanes && family.channel_blocks &&
                    family.planar_rows && family.planar_copy && family.planar_border && family.streamed_product &&
                    family.pack_rows && family.start_cells && family.store_cells && family.winograd_input &&
                    family.winograd_output && family.matrix_product && family.general_product && family.general_map)
            << family.name;
    }
}

TEST(ScheduleFamilies, LeaveRoomForLoadsThatComeFirst) {
    const auto most_rows = [](const char *family, int vectors) {
        return most_product_rows(vectors, machine_for(family));
    };
    // rows * vectors sums, the smaller operand, one that passes, and what the family adds.
    EXPECT_EQ(most_rows("x86_avx2", 1), 8);     // 8 + 1 + 1 + 6 = 16
    EXPECT_EQ(most_rows("x86_avx2", 2), 6);     // 12 + 2 + 1 = 15
    EXPECT_EQ(most_rows("x86_sse", 3), 4);      // 12 + 3 + 1 = 16
    EXPECT_EQ(most_rows("x86_avx512", 1), 18);  // 18 + 1 + 1 + 12 = 32
    EXPECT_EQ(most_rows("x86_avx512", 4), 6);   // 24 + 4 + 1 + 2 = 31
    EXPECT_EQ(most_rows("arm_neon", 1), 15);    // 15 + 1 + 1 + 15 = 32
    EXPECT_EQ(most_rows("arm_neon", 4), 5);     // 20 + 4 + 1 + 5 = 30
}

TEST(ScheduleFamilies, UnknownFamilyFallsBackToTheReference) {
    Machine machine;
    machine.family = "no_such_family";
    EXPECT_EQ(family_for(machine).name, "reference");
}

TEST(ScheduleFamilies, EveryNamedTargetHasItsOwn) {
    for (const TargetInfo &target : named_targets()) {
        EXPECT_EQ(family_for(target.machine()).name, target.family) << target.name;
        EXPECT_NE(target.family, "reference") << target.name;
    }
}

}  // namespace
}  // namespace tconv::test
