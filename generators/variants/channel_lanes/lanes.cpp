// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/channel_lanes/lanes.h"

#include <algorithm>

#include "generators/element_type.h"
#include "generators/epilogue.h"
#include "generators/kernels/make_kernel.h"
#include "generators/number.h"
#include "runtime/base/integers.h"
#include "schedules/registry.h"

namespace tconv {

namespace {

using Halide::Expr;
using Halide::Func;
using Halide::RDom;
using Halide::Var;

class ChannelLanes : public Halide::Generator<ChannelLanes> {
public:
    Input<Halide::Buffer<void, 5>> input{"input"};     // (ci, x, y, z, origin)
    Input<Halide::Buffer<void, 6>> filter{"filter"};   // (ci, tx, ty, tz, co, origin)
    Input<Halide::Buffer<>> *bias = nullptr;           // (co, origin)
    Input<Halide::Buffer<>> *slopes = nullptr;         // the same
    Output<Halide::Buffer<void, 4>> output{"output"};  // (e, 0, y, origin) or (co, x, y, origin)

    ChannelLanesSpec spec;
    ChannelLanesTile tile;
    Machine machine;

    void configure() { configure_sums(*this, 2); }

    void generate() {
        row(e, y) = Halide::undef(element_type(spec.dtype));
        for (const ChannelLanesPiece &piece : channel_lanes_pieces(spec.x, tile.pixels)) {
            add_piece(piece);
        }
        if (spec.pixels_apart) {
            output(co, x, y, origin) =
                activate(row(x * spec.out_channels + co, y), spec.activation, value_at(slopes, co, 0));
            output.dim(0).set_bounds(0, spec.out_channels);
            output.dim(1).set_bounds(0, number(spec.x.output));
        } else {
            output(e, x, y, origin) = activate(row(e, y), spec.activation, value_at(slopes, e % spec.out_channels, 0));
            output.dim(0).set_bounds(0, number(spec.x.output) * spec.out_channels).set_stride(Expr());
            output.dim(1).set_bounds(0, 1);
        }
        input.dim(0).set_bounds(0, spec.in_channels).set_stride(1);
        input.dim(1).set_bounds(0, number(spec.x.input));
        filter.dim(0).set_bounds(0, spec.in_channels).set_stride(1);
        filter.dim(1).set_bounds(0, number(spec.x.kernel)).set_stride(spec.in_channels);
        filter.dim(2).set_min(0);
        filter.dim(3).set_min(0);
        filter.dim(4).set_bounds(0, spec.out_channels);
        for (auto *values : {bias, slopes}) {
            if (values != nullptr) values->dim(0).set_bounds(0, spec.out_channels).set_stride(1);
        }
    }

    void schedule() {
        funcs_.output = output;
        funcs_.row = row;
        funcs_.e = e;
        funcs_.co = co;
        funcs_.x = x;
        funcs_.y = y;
        funcs_.j = j;
        funcs_.v = v;
        funcs_.origin = origin;
        funcs_.dense = input.dim(1).stride() == spec.in_channels;
        if (!spec.pixels_apart) {
            funcs_.dense = funcs_.dense && output.dim(0).stride() == 1;
        }
        funcs_.pixels_apart = spec.pixels_apart;
        funcs_.cells = number(spec.x.output) * spec.out_channels;
        funcs_.dtype = spec.dtype;
        family_for(machine).channel_lanes(funcs_, tile, machine);
    }

private:
    // The product of channel ci at tap tx of output j; a predicate on `r` keeps it inside the input where that is needed.
    Expr product(const tconv::Phase &phase, const Expr &ci, const Expr &tx, const Expr &ty, const Expr &tz) {
        const Expr read = Halide::clamp(read_of(phase, tx), 0, number(spec.x.input) - 1);
        const int position = spec.first_positions[static_cast<size_t>(phase.phase)];
        return input(ci, read, y - spec.step_y * ty, -spec.step_z * tz, 0) * filter(ci, position + tx, ty, tz, co, 0);
    }
    Expr read_of(const tconv::Phase &phase, const Expr &tx) const {
        return j + number(phase.first_q + phase.input_offset) - number(phase.input_step) * tx;
    }
    void keep_inside(RDom &r, const tconv::Phase &phase) {
        r.where(read_of(phase, r[1]) >= 0);
        r.where(read_of(phase, r[1]) < number(spec.x.input));
    }

    // The sums of some lanes: of `vectors` whole ones, or of the channels that are left.
    Func sum_of(const ChannelLanesPiece &piece, const std::string &id, int first_channel, int vectors,
                ChannelLanesFuncs::Sum &scheduled) {
        Func sum("sum" + id);
        sum(v, j, co, y) = Halide::cast(element_type(spec.dtype), 0);
        RDom r(0, vectors, 0, number(piece.phase.taps), 0, filter.dim(2).extent(), 0, filter.dim(3).extent(), "r" + id);
        if (piece.at_border) {
            keep_inside(r, piece.phase);
        }
        sum(v, j, co, y) += product(piece.phase, first_channel + r[0] * tile.lanes + v, r[1], r[2], r[3]);
        scheduled.func = sum;
        scheduled.vector = r[0];
        scheduled.tx = r[1];
        scheduled.ty = r[2];
        scheduled.tz = r[3];
        scheduled.vectors = vectors;
        return sum;
    }

    void add_piece(const ChannelLanesPiece &piece) {
        const std::string id = std::to_string(funcs_.pieces.size());
        ChannelLanesFuncs::Piece scheduled;
        scheduled.pixels = number(piece.pixels);
        scheduled.at_border = piece.at_border;
        RDom cells(0, spec.out_channels, 0, number(piece.pixels), 0, number(piece.tiles), "cells" + id);
        scheduled.channel = cells.x;
        scheduled.pixel = cells.y;
        scheduled.tile = cells.z;
        const Expr output_number = number(piece.first) + cells.z * number(piece.pixels) + cells.y;
        // Nothing is added to -0: the lanes' sums, which begin at 0, are not -0.
        const float nothing = piece.phase.taps > 0 ? -0.0f : 0.0f;
        Expr value = bias != nullptr ? (*bias)(cells.x, 0) : Halide::cast(element_type(spec.dtype), nothing);
        if (piece.phase.taps > 0) {
            const int vectors = spec.in_channels / tile.lanes, rest = spec.in_channels % tile.lanes;
            Func total("total" + id);
            total(j, co, y) = bias != nullptr ? (*bias)(co, 0) : value;
            const auto add_lanes = [&](const std::string &sum_id, int first_channel, int sum_vectors, int lanes) {
                ChannelLanesFuncs::Sum sum;
                const Func lane_sums = sum_of(piece, sum_id, first_channel, sum_vectors, sum);
                RDom lane(0, lanes, "lanes" + sum_id);
                total(j, co, y) += lane_sums(lane, j, co, y);
                sum.lane = lane.x;
                sum.lanes = lanes;
                scheduled.sums.push_back(sum);
            };
            add_lanes(id, 0, vectors, tile.lanes);
            if (rest > 0) {
                add_lanes(id + "rest", vectors * tile.lanes, 1, rest);
            }
            scheduled.total = total;
            scheduled.taps = number(piece.phase.taps);
            value = total(output_number, cells.x, y);
        }
        const Expr column = number(piece.phase.first_output) + number(spec.x.stride) * output_number;
        row(column * spec.out_channels + cells.x, y) = value;
        funcs_.pieces.push_back(scheduled);
    }

    ChannelLanesFuncs funcs_;
    Func row{"row"};
    Var e{"e"}, co{"co"}, x{"x"}, y{"y"}, j{"j"}, v{"v"}, origin{"origin"};
};

}  // namespace

std::vector<ChannelLanesPiece> channel_lanes_pieces(const Axis &axis, int64_t most_pixels) {
    std::vector<ChannelLanesPiece> pieces;
    for (const tconv::Phase &phase : phases(axis)) {
        if (phase.outputs == 0) {
            continue;
        }
        if (phase.taps == 0) {
            pieces.push_back({phase, 0, 1, phase.outputs, false});
            continue;
        }
        const int64_t tiles = ceil_div(phase.outputs, most_pixels), pixels = ceil_div(phase.outputs, tiles);
        const int64_t first_read = phase.first_q + phase.input_offset;
        for (int64_t tile = 0; tile < tiles; tile++) {
            // The last tile is moved back inside the row.
            const int64_t first = std::min(tile * pixels, phase.outputs - pixels);
            const int64_t lowest = first_read + first - (phase.taps - 1) * phase.input_step;
            const bool at_border = lowest < 0 || first_read + first + pixels > axis.input;
            ChannelLanesPiece *last = tile > 0 ? &pieces.back() : nullptr;
            if (last != nullptr && !last->at_border && !at_border && last->first + last->tiles * pixels == first) {
                last->tiles++;
            } else {
                pieces.push_back({phase, first, 1, pixels, at_border});
            }
        }
    }
    return pieces;
}

Kernel channel_lanes_kernel(const std::string &name, const ChannelLanesSpec &spec, const ChannelLanesTile &tile,
                            const Machine &machine) {
    return make_kernel<ChannelLanes>(name,
                                     with_channel_inputs(spec.bias, spec.activation, 2, {{"input", 5}, {"filter", 6}}),
                                     4, [=](ChannelLanes &kernel) {
                                         kernel.spec = spec;
                                         kernel.tile = tile;
                                         kernel.machine = machine;
                                     });
}

}  // namespace tconv
