// SPDX-License-Identifier: Apache-2.0
#include "generators/program_pack.h"

#include <algorithm>

#include "generators/element_type.h"
#include "generators/number.h"
#include "generators/program_views.h"

namespace tconv::ir {

using Halide::cast;
using Halide::Expr;
using Halide::UInt;
using Halide::Internal::make_const;
using Halide::Internal::make_zero;
using Halide::Internal::Stmt;
using Halide::Internal::Store;
using Halide::Internal::Variable;

namespace {

constexpr std::array<const char *, 3> kPositionNames = {"pz", "py", "px"};

Expr address_variable(const std::string &tensor) { return Variable::make(UInt(64), tensor + ".address"); }

// Kernel index to position, along one axis of a plain layout.
Table position_table(const Layer &layer, const FilterLayout &layout, int axis) {
    Table table(layer.axes[axis].kernel);
    if (layout.tap_positions(axis).empty()) {
        table.add_progression("position", 0, 1);
    } else {
        table.add("position", layout.tap_positions(axis));
    }
    return table;
}

Stmt loops_over_positions(const FilterLayout &layout, Stmt body) {
    for (int axis = 2; axis >= 0; axis--) {
        body = for_each(kPositionNames[axis], layout.positions(axis), body);
    }
    return body;
}

Stmt call_pack(const Layer &layer, const std::string &kernel, const Expr &from, const std::vector<BufferDim> &from_dims,
               const Expr &to, const std::vector<BufferDim> &to_dims) {
    const Halide::Type type = element_type(layer.types.filter);
    Scope scope;
    Expr source = scope.let("pack.source", host_buffer(type, from, from_dims));
    Expr packed = scope.let("pack.packed", host_buffer(type, to, to_dims));
    scope.call(kernel, {source, packed});
    return scope.wrap();
}

std::vector<BufferDim> packed_dims(const FilterLayout &layout, int channels, int64_t block_stride) {
    return {{0, layout.block(), 1},
            {0, channels, layout.block()},
            {0, number(layout.blocks()), number(block_stride)},
            {0, 1, 1}};
}

// One kernel tap after the other, each a matrix of its own.
Stmt pack_taps(const Layer &layer, const FilterLayout &layout, const std::string &kernel) {
    const int bytes = element_type(layer.types.filter).bytes();
    Scope scope;
    const FilterStrides strides = layer.filter_strides();
    Expr from = make_const(UInt(64), 0), to = make_const(UInt(64), 0);
    for (int axis = 0; axis < 3; axis++) {
        const Expr k = int_variable(kPositionNames[axis]);
        const Expr position = table_row(scope, kPositionNames[axis], position_table(layer, layout, axis), k)[0];
        from += cast(UInt(64), k) * make_const(UInt(64), strides.tap[axis] * bytes);
        to += cast(UInt(64), position) * make_const(UInt(64), layout.axis_stride(axis) * bytes);
    }
    const int in = number(layer.in_channels);
    scope.run(call_pack(
        layer, kernel, address_variable("filter") + from,
        {{0, in, number(strides.in_channel)}, {0, number(layer.out_channels), number(strides.out_channel)}, {0, 1, 1}},
        address_variable("weights") + to, packed_dims(layout, in, layout.block_stride())));
    return loops_over_positions(layout, scope.wrap());
}

// The weights that every row has, or begins with; empty where rows differ.
std::vector<double> shared_weights(const FilterAxis &axis) {
    std::vector<double> longest;
    for (const FilterAxis::Row &row : axis.rows) {
        longest = row.weights.size() > longest.size() ? row.weights : longest;
    }
    const bool all = std::all_of(axis.rows.begin(), axis.rows.end(), [&](const FilterAxis::Row &row) {
        return std::equal(row.weights.begin(), row.weights.end(), longest.begin());
    });
    return all ? longest : std::vector<double>();
}

// The rows of an axis as the sum_filter kernel takes them, at the position that the loop variable names.
std::array<Expr, 2> row_buffers(Scope &scope, const FilterAxis &axis, const std::string &position_name) {
    const int64_t most = std::max<int64_t>(axis.most_taps(), 1);
    std::vector<int32_t> rows;
    std::vector<double> weights = shared_weights(axis);
    // A thousand taps of one weight each are common: no table of ones in the library.
    const bool shared = !weights.empty();
    for (const FilterAxis::Row &row : axis.rows) {
        rows.push_back(static_cast<int32_t>(row.first_tap));
        rows.push_back(static_cast<int32_t>(row.weights.size()));
        if (!shared) {
            weights.insert(weights.end(), row.weights.begin(), row.weights.end());
            weights.resize(weights.size() + most - row.weights.size());
        }
    }
    // `step`: elements from one lane set to the next.
    const auto buffer = [&](const std::string &name, const Halide::Type &type, const Expr &array, int64_t width,
                            int64_t step) {
        const Expr first =
            cast(UInt(64), int_variable(position_name)) * make_const(UInt(64), axis.lane_sets * step * type.bytes());
        const Expr bytes = scope.let(position_name + "." + name + ".array", array);
        return scope.let(position_name + "." + name,
                         host_buffer(type, reinterpret(UInt(64), bytes) + first,
                                     {{0, number(width), 1}, {0, number(axis.lane_sets), number(step)}}));
    };
    return {buffer("rows", Halide::Int(32), constant_array(rows), 2, 2),
            buffer("weights", Halide::Float(64), constant_array(weights), most, shared ? 0 : most)};
}

// One position after the other, each from the whole filter.
Stmt pack_sums(const Layer &layer, const FilterLayout &layout, const std::string &kernel) {
    const Halide::Type type = element_type(layer.types.filter);
    const int in = number(layer.in_channels), out = number(layer.out_channels);
    Scope scope;
    const FilterStrides strides = layer.filter_strides();
    std::vector<BufferDim> filter = {{0, in, number(strides.in_channel)}, {0, out, number(strides.out_channel)}};
    for (int axis : {2, 1, 0}) {
        filter.push_back({0, number(layer.axes[axis].kernel), number(strides.tap[axis])});
    }
    filter.push_back({0, 1, 1});
    std::vector<Expr> arguments = {scope.let("pack.source", host_buffer(type, address_variable("filter"), filter))};
    std::vector<Expr> weights;
    Expr to = address_variable("weights");
    for (int axis : {2, 1, 0}) {
        const std::array<Expr, 2> row = row_buffers(scope, layout.axis(axis), kPositionNames[axis]);
        arguments.push_back(row[0]);
        weights.push_back(row[1]);
        to += cast(UInt(64), int_variable(kPositionNames[axis])) *
              make_const(UInt(64), layout.axis_stride(axis) * type.bytes());
    }
    arguments.insert(arguments.end(), weights.begin(), weights.end());
    arguments.push_back(
        scope.let("pack.packed", host_buffer(type, to, packed_dims(layout, in, layout.block_stride()))));
    scope.call(kernel, arguments);
    return loops_over_positions(layout, scope.wrap());
}

}  // namespace

Stmt pack_filter(const Layer &layer, const FilterLayout &layout, const std::string &kernel) {
    return layout.plain() ? pack_taps(layer, layout, kernel) : pack_sums(layer, layout, kernel);
}

Stmt pack_channel_values(const Layer &layer, const FilterLayout &layout) {
    const Halide::Type filter = element_type(layer.types.filter), type = element_type(layer.types.bias());
    const Expr always = Halide::Internal::const_true();
    const auto at = [&](int64_t byte) { return as_handle(address_variable("weights") + make_const(UInt(64), byte)); };
    // Nothing reads what lies between these and the filter, or behind the last lane; equal weights are equal bytes all the
    // same.
    Scope scope;
    scope.let("pack.rest", at(layout.filter_bytes()));
    scope.run(for_each("pack.zero", layout.elements() - layout.filter_elements(),
                       Store::make("pack.rest", make_zero(filter), int_variable("pack.zero"), {}, always, {})));
    const int channels = number(layer.out_channels);
    const auto copy = [&](const std::string &to, int64_t offset_bytes, const std::string &from) {
        scope.let(to, at(offset_bytes));
        const Expr channel = int_variable("pack.channel"), lane = int_variable("pack.set") * channels + channel;
        const Stmt one = Store::make(to, load(type, from, channel), lane, {}, always, {});
        scope.run(for_each("pack.set", layout.lanes() / channels, for_each("pack.channel", channels, one)));
    };
    if (layer.bias) {
        copy("pack.lanes", layout.bias_offset_bytes(), "bias");
    }
    if (layout.has_slopes()) {
        scope.let("pack.slopes", constant_array(layout.slopes()));
        copy("pack.slope_lanes", layout.slopes_offset_bytes(), "pack.slopes");
    }
    return scope.wrap();
}

}  // namespace tconv::ir
