// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/column_rows/kernel.h"

#include <algorithm>

#include "generators/element_type.h"
#include "generators/epilogue.h"
#include "generators/kernels/make_kernel.h"
#include "generators/number.h"
#include "runtime/base/integers.h"
#include "schedules/column_rows.h"
#include "schedules/registry.h"

namespace tconv {

namespace {

using Halide::Expr;
using Halide::Func;
using Halide::likely;
using Halide::RDom;
using Halide::Var;

class ColumnRows : public Halide::Generator<ColumnRows> {
public:
    Input<Halide::Buffer<void, 5>> input{"input"};     // (ci, x, ty, tz, origin)
    Input<Halide::Buffer<void, 6>> filter{"filter"};   // (v, ci, ty, tz, b, origin)
    Input<Halide::Buffer<>> *bias = nullptr;           // (l, origin)
    Input<Halide::Buffer<>> *slopes = nullptr;         // the same
    Output<Halide::Buffer<void, 6>> output{"output"};  // (c, x, q, fy, fz, origin)

    ColumnRowsSpec spec;
    Knobs knobs;
    Machine machine;

    void configure() { configure_sums(*this, 2); }

    void generate() {
        const Expr zero = Halide::cast(element_type(spec.dtype), 0);
        columns(l, x) = Halide::undef(element_type(spec.dtype));
        add_tiles();

        Expr sum = zero;
        for (int64_t tap = 0; tap < spec.taps; tap++) {
            sum += select(likely(is_inside(tap)), columns(lane(tap), column(tap)), zero);
        }
        if (bias != nullptr) {
            sum += (*bias)(e % number(spec.window), 0);
        }
        sums(e, fy, fz) = sum;
        const Expr cell = q * number(spec.window) + x * number(spec.out_channels) + c;
        if (is_long(spec.activation)) {
            cells(e, fy, fz) = activate(sums(e, fy, fz), spec.activation);
            output(c, x, q, fy, fz, origin) = cells(cell, fy, fz);
        } else {
            const Expr slope = value_at(slopes, cell % number(spec.window), 0);
            output(c, x, q, fy, fz, origin) = activate(sums(cell, fy, fz), spec.activation, slope);
        }
        set_bounds();
    }

    void schedule() {
        ColumnRowsFuncs funcs{output, is_long(spec.activation) ? cells : Func(),
                              sums,   columns,
                              tiles_, input,
                              c,      x,
                              q,      fy,
                              fz,     origin,
                              e,      l,
                              v,      b};
        funcs.in_channels = number(spec.in_channels);
        funcs.block = spec.block;
        funcs.lanes = number(ceil_div(spec.lanes, spec.block) * spec.block);
        funcs.column_stride = number(spec.column_stride());
        funcs.most_columns = number(spec.most_columns);
        funcs.window = number(spec.window);
        funcs.most_cells = number(spec.most_windows * spec.window);
        funcs.least_cells = number(spec.least_windows * spec.window);
        funcs.least_run = number(spec.dense ? spec.least_cells : spec.out_channels);
        funcs.first_column = input.dim(1).min();
        funcs.column_count = input.dim(1).extent();
        const Expr last_cell = output.dim(2).max() * number(spec.window) +
                               output.dim(1).max() * number(spec.out_channels) + output.dim(0).max();
        funcs.cell_count = (last_cell / number(spec.window) + 1) * number(spec.window);
        funcs.dtype = spec.dtype;
        family_for(machine).column_rows(funcs, knobs, machine);
    }

private:
    // As few tiles as there can be. Each column that they are too many for shortens one of them.
    void add_tiles() {
        const int wide = knobs.at("tile_x"), narrow = std::max(wide - 1, 1);
        const Expr first = input.dim(1).min(), count = input.dim(1).extent();
        const Expr tiles = (count + (wide - 1)) / wide;
        const Expr narrow_tiles = wide > 1 ? min(tiles * wide - count, tiles) : Expr(0);
        const Expr wide_tiles = tiles - narrow_tiles;
        add_tile_size(wide, wide_tiles, [=](const Expr &tile) { return first + tile * wide; });
        if (wide > 1) {
            add_tile_size(narrow, narrow_tiles, [=](const Expr &tile) {
                return first + min(wide_tiles * wide + tile * narrow, count - narrow);
            });
        }
    }

    template<typename Start>
    void add_tile_size(int pixels, const Expr &tiles, const Start &start) {
        const std::string name = "tile" + std::to_string(pixels);
        RDom r(0, number(spec.in_channels), 0, filter.dim(2).extent(), 0, filter.dim(3).extent(), name + "_r");
        Func accumulate("accumulate" + std::to_string(pixels));
        accumulate(v, b, x) = Halide::cast(element_type(spec.dtype), 0);
        accumulate(v, b, x) += input(r[0], x, r[1], r[2], 0) * filter(v, r[0], r[1], r[2], b, 0);
        RDom t(0, pixels, 0, tiles, name);
        const Expr column = start(t[1]) + t[0];
        columns(l, column) = accumulate(l % spec.block, l / spec.block, column);
        tiles_.push_back({accumulate, r[0], r[1], r[2], t[0], t[1], pixels});
    }

    Expr wanted_column(int64_t tap) const { return e / number(spec.window) - number(tap * spec.step); }

    Expr is_inside(int64_t tap) const {
        const Expr wanted = wanted_column(tap);
        Expr inside = wanted >= input.dim(1).min() && wanted <= input.dim(1).max();
        const int64_t rest = spec.phase_lanes - tap * spec.window;
        return rest < spec.window ? inside && e % number(spec.window) < number(rest) : inside;
    }

    // Inside the view also where the column does not count.
    Expr column(int64_t tap) const { return clamp(likely(wanted_column(tap)), input.dim(1).min(), input.dim(1).max()); }

    // The last window of the last row phase may end behind the last lane, where the row of columns has room.
    Expr lane(int64_t tap) const {
        const Expr first = (fz * number(spec.row_phases) + fy) * number(spec.phase_lanes) + number(tap * spec.window);
        const int64_t last = ceil_div(spec.lanes, spec.block) * spec.block - 1;
        return Halide::unsafe_promise_clamped(first + e % number(spec.window), 0, number(last));
    }

    void set_bounds() {
        const int channels = number(spec.in_channels), window = number(spec.window);
        input.dim(0).set_bounds(0, channels).set_stride(1);
        input.dim(2).set_min(0);
        input.dim(3).set_min(0);
        filter.dim(0).set_bounds(0, spec.block).set_stride(1);
        filter.dim(1).set_bounds(0, channels).set_stride(spec.block);
        for (int d = 2; d < 5; d++) {
            filter.dim(d).set_min(0);
        }
        for (auto *values : {bias, slopes}) {
            if (values != nullptr) values->dim(0).set_bounds(0, window).set_stride(1);
        }
        output.dim(0).set_stride(1);
        output.dim(2).set_min(0);
        if (spec.dense) {
            output.dim(1).set_bounds(0, 1);
        } else {
            output.dim(0).set_bounds(0, number(spec.out_channels));
        }
    }

    Func cells{"cells"}, sums{"sums"}, columns{"columns"};
    std::vector<ColumnRowsFuncs::Tiles> tiles_;
    Var c{"c"}, x{"x"}, q{"q"}, fy{"fy"}, fz{"fz"}, origin{"origin"}, e{"e"}, l{"l"}, v{"v"}, b{"b"};
};

}  // namespace

int64_t ColumnRowsSpec::column_stride() const {
    const int64_t read = lanes - phase_lanes + taps * window;
    return std::max(ceil_div(lanes, int64_t{block}) * block, ceil_div(read, int64_t{8}) * 8);
}

int64_t ColumnRowsSpec::stack_elements() const {
    return most_columns * column_stride() + most_windows * window * (is_long(activation) ? 2 : 1);
}

Kernel column_rows_kernel(const std::string &name, const ColumnRowsSpec &spec, const Knobs &knobs,
                          const Machine &machine) {
    return make_kernel<ColumnRows>(name,
                                   with_channel_inputs(spec.bias, spec.activation, 2, {{"input", 5}, {"filter", 6}}), 6,
                                   [=](ColumnRows &kernel) {
                                       kernel.spec = spec;
                                       kernel.knobs = knobs;
                                       kernel.machine = machine;
                                   });
}

}  // namespace tconv
