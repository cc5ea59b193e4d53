// SPDX-License-Identifier: Apache-2.0
// The programs of GPU libraries, without their kernels, for every corner layer: quickly made, where those take seconds.
#include <gtest/gtest.h>

#include <Halide.h>

#include "generators/layer_program.h"
#include "generators/variants/variant.h"
#include "schedules/machine.h"
#include "tests/generators/corner_layers.h"
#include "tests/support/variant_calls.h"
#include "tools/compiler/target_table.h"

namespace tconv::test {
namespace {

TEST(GpuPrograms, AreMadeForEveryCornerLayer) {
    for (const char *name : {"opencl", "cuda-sm80"}) {
        const auto info = find_target(name);
        ASSERT_TRUE(info) << info.error().message;
        const Machine machine = info->machine();
        const auto target = Halide::Target(info->halide)
                                .with_feature(Halide::Target::NoRuntime)
                                .with_feature(Halide::Target::NoBoundsQuery);
        for (const Layer &layer : corner_layers()) {
            int accepted = 0;
            for (const Variant &variant : variants()) {
                if (!takes(variant, layer, machine)) continue;
                SCOPED_TRACE(layer.name + " on " + name + ": " + variant.id);
                const LayerPlan plan = variant.plan(layer, machine, proposed_knobs(variant, layer, machine));
                EXPECT_NO_THROW(layer_program(layer, plan, target, {}));
                accepted++;
            }
            EXPECT_GE(accepted, layer.has_cells() ? 2 : 1) << layer.name << " on " << name;
        }
    }
}

}  // namespace
}  // namespace tconv::test
