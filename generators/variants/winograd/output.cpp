// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/winograd/output.h"

#include "generators/element_type.h"
#include "generators/epilogue.h"
#include "generators/kernels/make_kernel.h"
#include "generators/number.h"
#include "generators/variants/winograd/transform.h"
#include "schedules/registry.h"
#include "schedules/winograd.h"

namespace tconv {

namespace {

using Halide::Expr;
using Halide::Func;
using Halide::RDom;
using Halide::Var;

class WinogradOutput : public Halide::Generator<WinogradOutput> {
public:
    Input<Halide::Buffer<void, 6>> input{"input"};     // (c, px, py, pz, tile, origin)
    Input<Halide::Buffer<>> *bias = nullptr;           // (c, origin)
    Input<Halide::Buffer<>> *slopes = nullptr;         // the same
    Output<Halide::Buffer<void, 6>> output{"output"};  // (c, ox, oy, oz, tile, origin)

    WinogradOutputSpec spec;
    Machine machine;

    void configure() {
        input.set_type(element_type(spec.dtype));
        output.set_type(element_type(spec.dtype));
        add_bias(*this, element_type(spec.dtype), 2, spec.bias);
        add_slopes(*this, element_type(spec.dtype), 2, spec.activation);
    }

    void generate() {
        std::function<Expr(Expr, Expr, Expr)> value = [this](const Expr &x, const Expr &y, const Expr &z) {
            return input(c, x, y, z, tile, 0);
        };
        const auto &[matrix_z, matrix_y, matrix_x] = spec.matrix;
        std::array<int, 3> extents = {points(2), points(1), points(0)};
        const auto add_stage = [&](const char *name, const Matrix &matrix, int axis) {
            if (is_trivial(matrix)) {
                return;
            }
            Func stage(name);
            stage(c, ox, oy, oz, tile) = transformed(
                matrix,
                axis == 2   ? ox
                : axis == 1 ? oy
                            : oz,
                [&](int p) {
                    return value(axis == 2 ? Expr(p) : ox, axis == 1 ? Expr(p) : oy, axis == 0 ? Expr(p) : oz);
                });
            stages_.push_back(stage);
            extents[2 - axis] = outputs(axis);
            extents_.push_back(extents);
            value = [this, stage](const Expr &x, const Expr &y, const Expr &z) { return stage(c, x, y, z, tile); };
        };
        add_stage("along_x", matrix_x, 2);
        add_stage("along_y", matrix_y, 1);
        add_stage("along_z", matrix_z, 0);
        const auto result = [&](const Expr &x, const Expr &y, const Expr &z) {
            const Expr sum = bias != nullptr ? value(x, y, z) + (*bias)(c, 0) : value(x, y, z);
            return activate(sum, spec.activation, value_at(slopes, c, 0));
        };
        if (spec.clipped) {
            store_inside(result);
        } else {
            output(c, ox, oy, oz, tile, origin) = result(ox, oy, oz);
        }
        set_bounds();
    }

    void schedule() {
        WinogradOutputFuncs funcs{output, stages_, extents_, c, ox, oy, oz, tile, origin, {}};
        if (spec.clipped) {
            funcs.clip = {r_.x, r_.y, r_.z};
        }
        funcs.clipped = spec.clipped;
        funcs.outputs = {outputs(2), outputs(1), outputs(0)};
        funcs.channels = number(spec.channels);
        funcs.long_epilogue = is_long(spec.activation);
        funcs.dtype = spec.dtype;
        family_for(machine).winograd_output(funcs, machine);
    }

private:
    int points(int axis) const { return number(spec.matrix[axis][0].size()); }
    int outputs(int axis) const { return number(spec.matrix[axis].size()); }

    template<typename Result>
    void store_inside(const Result &result) {
        RDom r(0, outputs(2), 0, outputs(1), 0, outputs(0), "r");
        std::vector<Expr> at = {c};
        for (auto [dim, coordinate] : {std::pair(1, r.x), std::pair(2, r.y), std::pair(3, r.z)}) {
            const Expr first = output.dim(dim).min(), last = output.dim(dim).max();
            r.where(coordinate >= first && coordinate <= last);
            at.push_back(clamp(coordinate, first, last));
        }
        at.push_back(tile);
        at.push_back(origin);
        output(c, ox, oy, oz, tile, origin) = Halide::undef(element_type(spec.dtype));
        output(at) = result(r.x, r.y, r.z);
        r_ = r;
    }

    void set_bounds() {
        const int channels = number(spec.channels);
        input.dim(0).set_min(0).set_stride(1);
        int stride = number(spec.point_stride);
        for (auto [dim, axis] : {std::pair(1, 2), std::pair(2, 1), std::pair(3, 0)}) {
            input.dim(dim).set_bounds(0, points(axis)).set_stride(stride);
            stride *= points(axis);
            if (!spec.clipped) {
                output.dim(dim).set_bounds(0, outputs(axis));
            }
        }
        input.dim(4).set_min(0).set_stride(number(spec.tile_stride));
        output.dim(0).set_bounds(0, channels).set_stride(1);
        output.dim(4).set_min(0);
        for (auto *values : {bias, slopes}) {
            if (values != nullptr) values->dim(0).set_bounds(0, channels).set_stride(1);
        }
    }

    std::vector<Func> stages_;
    std::vector<std::array<int, 3>> extents_;
    Var c{"c"}, ox{"ox"}, oy{"oy"}, oz{"oz"}, tile{"tile"}, origin{"origin"};
    RDom r_;
};

}  // namespace

Kernel winograd_output_kernel(const std::string &name, const WinogradOutputSpec &spec, const Machine &machine) {
    return make_kernel<WinogradOutput>(name, with_channel_inputs(spec.bias, spec.activation, 2, {{"input", 6}}), 6,
                                       spec, machine);
}

}  // namespace tconv
