// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/winograd/input.h"

#include "generators/element_type.h"
#include "generators/kernels/make_kernel.h"
#include "generators/number.h"
#include "generators/variants/winograd/transform.h"
#include "schedules/registry.h"
#include "schedules/winograd.h"

namespace tconv {

namespace {

using Halide::Expr;
using Halide::Func;
using Halide::Var;

class WinogradInput : public Halide::Generator<WinogradInput> {
public:
    Input<Halide::Buffer<void, 5>> input{"input"};     // (c, x, y, z, origin)
    Output<Halide::Buffer<void, 7>> output{"output"};  // (k, tile, g, px, py, pz, origin)

    WinogradInputSpec spec;
    Machine machine;

    void configure() {
        input.set_type(element_type(spec.dtype));
        output.set_type(element_type(spec.dtype));
    }

    void generate() {
        std::function<Expr(Expr, Expr, Expr)> value = [this](const Expr &wx, const Expr &wy, const Expr &wz) {
            return window(wx, wy, wz);
        };
        const auto &[matrix_z, matrix_y, matrix_x] = spec.matrix;
        const auto add_stage = [&](const char *name, const Matrix &matrix, int axis) {
            if (is_trivial(matrix)) {
                return;
            }
            Func stage(name);
            stage(k, tile, g, px, py, pz) = transformed(
                matrix,
                axis == 2   ? px
                : axis == 1 ? py
                            : pz,
                [&](int w) {
                    return value(axis == 2 ? Expr(w) : px, axis == 1 ? Expr(w) : py, axis == 0 ? Expr(w) : pz);
                });
            stages_.push_back(stage);
            value = [this, stage](const Expr &wx, const Expr &wy, const Expr &wz) {
                return stage(k, tile, g, wx, wy, wz);
            };
        };
        add_stage("along_x", matrix_x, 2);
        add_stage("along_y", matrix_y, 1);
        add_stage("along_z", matrix_z, 0);
        output(k, tile, g, px, py, pz, origin) = value(px, py, pz);

        input.dim(0).set_min(0).set_stride(1);
        const auto points = [](const Matrix &matrix) { return number(matrix.size()); };
        output.dim(0).set_bounds(0, spec.panel).set_stride(1);
        output.dim(1).set_min(0).set_stride(spec.panel);
        output.dim(2).set_min(0).set_stride(number(spec.panel_stride));
        int stride = number(spec.point_stride);
        for (auto [dim, matrix] : {std::pair(3, matrix_x), std::pair(4, matrix_y), std::pair(5, matrix_z)}) {
            output.dim(dim).set_bounds(0, points(matrix)).set_stride(stride);
            stride *= points(matrix);
        }
    }

    void schedule() {
        WinogradInputFuncs funcs{output, stages_, k, tile, g, px, py, pz, origin};
        funcs.panel = spec.panel;
        funcs.points = {number(spec.matrix[2].size()), number(spec.matrix[1].size()), number(spec.matrix[0].size())};
        funcs.dtype = spec.dtype;
        family_for(machine).winograd_input(funcs, machine);
    }

private:
    Expr window(const Expr &wx, const Expr &wy, const Expr &wz) const {
        const Expr c = g * spec.panel + k;
        Expr x = tile * number(spec.tile_step) + wx * number(spec.step[2]);
        Expr y = wy * number(spec.step[1]), z = wz * number(spec.step[0]);
        if (!spec.edge) {
            return input(c, x, y, z, 0);
        }
        Expr inside = Halide::cast<bool>(1);
        for (auto [dim, coordinate] : {std::pair(1, &x), std::pair(2, &y), std::pair(3, &z)}) {
            const Expr at = *coordinate, first = input.dim(dim).min(), last = input.dim(dim).max();
            inside = inside && at >= first && at <= last;
            *coordinate = clamp(at, first, last);
        }
        // As bits, so that no branch is made of it.
        const Halide::Type type = element_type(spec.dtype), bits = Halide::Int(type.bits());
        const Expr mask = select(inside, Halide::cast(bits, -1), Halide::cast(bits, 0));
        return Halide::reinterpret(type, Halide::reinterpret(bits, input(c, x, y, z, 0)) & mask);
    }

    std::vector<Func> stages_;
    Var k{"k"}, tile{"tile"}, g{"g"}, px{"px"}, py{"py"}, pz{"pz"}, origin{"origin"};
};

}  // namespace

Kernel winograd_input_kernel(const std::string &name, const WinogradInputSpec &spec, const Machine &machine) {
    return make_kernel<WinogradInput>(name, {{"input", 5}}, 7, spec, machine);
}

}  // namespace tconv
