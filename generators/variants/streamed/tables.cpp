// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/streamed/tables.h"

#include <algorithm>
#include <map>

#include "runtime/base/integers.h"

namespace tconv {

namespace {

// The tap's pixels and their first cell; its packing is left open.
LiveTap live_tap(const Layer &layer, const std::array<int64_t, 3> &tap) {
    const auto &[z, y, x] = layer.axes;
    LiveTap live;
    live.position = (tap[0] * y.kernel + tap[1]) * x.kernel + tap[2];
    for (int a = 0; a < 3; a++) {
        const Axis &axis = layer.axes[a];
        live.pixels.range[a] = live_inputs(axis, tap[a]);
        live.first_cell[a] = axis.stride * live.pixels.range[a].begin + axis.dilation * tap[a] - axis.pad_before;
    }
    return live;
}

}  // namespace

Range live_inputs(const Axis &axis, int64_t tap) {
    const int64_t shift = axis.pad_before - axis.dilation * tap;
    const int64_t begin = std::max<int64_t>(0, ceil_div(shift, axis.stride));
    const int64_t end = std::min(axis.input, floor_div(axis.output - 1 + shift, axis.stride) + 1);
    return {begin, std::max(begin, end)};
}

StreamedTables::StreamedTables(const Layer &layer) : outer_axis(3 - layer.spatial_rank) {
    std::map<std::array<int64_t, 6>, size_t> known;
    for (int64_t kz = 0; kz < layer.axes[0].kernel; kz++) {
        for (int64_t ky = 0; ky < layer.axes[1].kernel; ky++) {
            for (int64_t kx = 0; kx < layer.axes[2].kernel; kx++) {
                LiveTap tap = live_tap(layer, {kz, ky, kx});
                if (tap.pixels.pixels() == 0) {
                    continue;
                }
                PixelRange packing = tap.pixels;
                packing.range[outer_axis] = {0, layer.axes[outer_axis].input};
                const auto [z, y, x] = packing.range;
                const auto [entry, added] = known.emplace(
                    std::array<int64_t, 6>{z.begin, z.end, y.begin, y.end, x.begin, x.end}, packings.size());
                if (added) {
                    packings.push_back(packing);
                }
                tap.packing = entry->second;
                taps.push_back(tap);
            }
        }
    }
}

}  // namespace tconv
