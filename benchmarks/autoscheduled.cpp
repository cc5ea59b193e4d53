// SPDX-License-Identifier: Apache-2.0
// A layer scheduled by one of Halide's autoschedulers, for the benchmark:
//
//     autoscheduled LAYERS.json --layer NAME --scheduler adams2019 --target T --threads N -o DIR
//
// The algorithm is that of the phases variant: one stride-1 correlation for each stride phase, into a strided view of
// the output; input cells outside the image are zero. Phases with equal tap counts and extents share a kernel. Writes
// DIR/libNAME.a and libNAME_runtime.a, and DIR/NAME_calls.h with the table that native/autoscheduled_layer.c walks.
#include <Halide.h>
#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <tuple>

#include "tconv/layer_file.h"
#include "tools/compiler/target_table.h"

namespace tconv {

namespace {

using Halide::Expr;
using Halide::Var;

// One phase on each axis that the layer has, outermost first.
using PhaseOfAxes = std::vector<Phase>;
// What a kernel is made for: outputs, taps and input step of each axis.
using Shape = std::vector<std::tuple<int64_t, int64_t, int64_t>>;

Shape shape_of(const PhaseOfAxes &phase) {
    Shape shape;
    for (const Phase &axis : phase) {
        shape.emplace_back(axis.outputs, axis.taps, axis.input_step);
    }
    return shape;
}

std::vector<Axis> axes_of(const Layer &layer) { return {layer.axes.end() - layer.spatial_rank, layer.axes.end()}; }

std::vector<PhaseOfAxes> all_phases(const std::vector<Axis> &axes) {
    std::vector<PhaseOfAxes> result = {{}};
    for (const Axis &axis : axes) {
        std::vector<PhaseOfAxes> longer;
        for (const PhaseOfAxes &start : result) {
            for (const Phase &phase : phases(axis)) {
                if (phase.outputs > 0) {
                    longer.push_back(start);
                    longer.back().push_back(phase);
                }
            }
        }
        result = longer;
    }
    return result;
}

template<typename Dimension>
void fix(Dimension dimension, int64_t extent) {
    dimension.set_bounds(0, static_cast<int>(extent));
    dimension.set_estimate(0, static_cast<int>(extent));
}

// output(co, x.., n) = sum over ci, t.. of input(ci, x + offset - step*t .., n) * filter(co, ci, t..)
Halide::Module kernel(const std::string &name, const Layer &layer, const Shape &shape, const Halide::Target &target,
                      const Halide::AutoschedulerParams &scheduler) {
    const std::vector<Axis> axes = axes_of(layer);
    const int rank = static_cast<int>(axes.size());
    Halide::ImageParam input(Halide::Float(32), rank + 2, "input"), filter(Halide::Float(32), rank + 2, "filter");
    std::vector<Halide::Argument> arguments = {input};
    fix(input.dim(0), layer.in_channels);
    fix(input.dim(rank + 1), layer.batch);
    fix(filter.dim(0), layer.out_channels);
    fix(filter.dim(1), layer.in_channels);

    Var co("co"), n("n");
    std::vector<Var> cells = {co};
    Halide::Region inside = {{Expr(), Expr()}};
    Halide::Region taps = {{0, static_cast<int>(layer.in_channels)}};
    std::vector<Halide::Param<int>> offsets;
    for (int i = 0; i < rank; i++) {  // dimension i + 1 is axis rank - 1 - i
        const auto &[outputs, count, step] = shape[rank - 1 - i];
        (void)outputs, (void)step;
        fix(input.dim(i + 1), axes[rank - 1 - i].input);
        fix(filter.dim(i + 2), count);
        cells.emplace_back("x" + std::to_string(i));
        inside.push_back({0, static_cast<int>(axes[rank - 1 - i].input)});
        taps.push_back({0, static_cast<int>(count)});
        offsets.emplace_back("offset" + std::to_string(i));
        offsets.back().set_estimate(0);
        arguments.push_back(offsets.back());
    }
    cells.push_back(n);
    inside.push_back({Expr(), Expr()});

    const Halide::Func padded = Halide::BoundaryConditions::constant_exterior(input, 0.0f, inside);
    const Halide::RDom sum(taps, "sum");
    std::vector<Expr> read = {sum[0]}, weight = {co, sum[0]};
    for (int i = 0; i < rank; i++) {
        const int step = static_cast<int>(std::get<2>(shape[rank - 1 - i]));
        read.push_back(cells[i + 1] + offsets[i] - step * sum[i + 1]);
        weight.push_back(sum[i + 1]);
    }
    read.push_back(n);
    Halide::Func output("output");
    output(cells) += padded(read) * filter(weight);

    const Halide::OutputImageParam result = output.output_buffer();
    fix(result.dim(0), layer.out_channels);
    for (int i = 0; i < rank; i++) {
        fix(result.dim(i + 1), std::get<0>(shape[rank - 1 - i]));
        result.dim(i + 1).set_stride(Expr());
    }
    fix(result.dim(rank + 1), layer.batch);

    Halide::Pipeline pipeline(output);
    pipeline.apply_autoscheduler(target, scheduler);
    arguments.push_back(filter);
    return pipeline.compile_to_module(arguments, name, target.with_feature(Halide::Target::NoRuntime));
}

void print_list(std::ostream &out, const std::vector<int64_t> &values) {
    out << "{";
    for (const int64_t value : values) {
        out << value << ", ";
    }
    out << "}";
}

// Fields as struct Call of native/autoscheduled_layer.c has them; axes outermost first.
void print_call(std::ostream &out, const std::string &kernel, const PhaseOfAxes &phase) {
    std::vector<int64_t> offsets, first_output, outputs, taps, first_tap, tap_step;
    for (const Phase &axis : phase) {
        offsets.push_back(axis.first_q + axis.input_offset);
        first_output.push_back(axis.first_output);
        outputs.push_back(axis.outputs);
        taps.push_back(axis.taps);
        first_tap.push_back(axis.first_tap);
        tap_step.push_back(axis.tap_step);
    }
    out << "    {" << kernel << "_argv, ";
    for (const auto &values : {offsets, first_output, outputs, taps, first_tap, tap_step}) {
        print_list(out, values);
        out << ", ";
    }
    out << "0},\n";
}

void print_layer(std::ostream &out, const Layer &layer) {
    std::vector<int64_t> input, output, kernel, stride;
    for (const Axis &axis : axes_of(layer)) {
        input.push_back(axis.input);
        output.push_back(axis.output);
        kernel.push_back(axis.kernel);
        stride.push_back(axis.stride);
    }
    out << "enum { kRank = " << layer.spatial_rank << ", kBatch = " << layer.batch
        << ", kInChannels = " << layer.in_channels << ", kOutChannels = " << layer.out_channels << " };\n";
    const std::pair<const char *, const std::vector<int64_t> &> lists[] = {
        {"kInput", input}, {"kOutput", output}, {"kKernel", kernel}, {"kStride", stride}};
    for (const auto &[name, values] : lists) {
        out << "static const int " << name << "[kRank] = ";
        print_list(out, values);
        out << ";\n";
    }
}

struct Options {
    std::string layers, layer, scheduler, target, folder;
    int threads = 1;
};

// The scheduler's name as its plugin registers it: Adams2019 of libautoschedule_adams2019.so.
Halide::AutoschedulerParams load_scheduler(const Options &options) {
    Halide::load_plugin(TCONV_HALIDE_PLUGINS "/libautoschedule_" + options.scheduler + ".so");
    std::string name = options.scheduler;
    name[0] = static_cast<char>(std::toupper(name[0]));
    return {name, {{"parallelism", std::to_string(options.threads)}}};
}

int compile(const Options &options) {
    LayerFileOptions entry;
    entry.layers = {options.layer};
    const Expected<std::vector<Layer>> layers = read_layer_file(options.layers, entry);
    if (!layers) {
        std::cerr << layers.error().message << "\n";
        return 1;
    }
    const Layer &layer = layers->front();
    const Halide::AutoschedulerParams scheduler = load_scheduler(options);
    const Expected<TargetInfo> info = find_target(options.target);
    if (!info) {
        std::cerr << info.error().message << "\n";
        return 1;
    }
    const Halide::Target target(info->halide);

    std::map<Shape, std::string> names;
    std::vector<Halide::Module> modules;
    std::ostringstream calls, declarations;
    for (const PhaseOfAxes &phase : all_phases(axes_of(layer))) {
        for (const Phase &axis : phase) {
            if (axis.taps == 0) {
                std::cerr << layer.name << ": has phases without taps\n";
                return 1;
            }
        }
        std::string &name = names[shape_of(phase)];
        if (name.empty()) {
            name = layer.name + "_kernel" + std::to_string(modules.size());
            modules.push_back(kernel(name, layer, shape_of(phase), target, scheduler));
            declarations << "int " << name << "_argv(void **args);\n";
        }
        print_call(calls, name, phase);
    }
    const std::string path = options.folder + "/lib" + layer.name;
    Halide::link_modules(layer.name, modules).compile({{Halide::OutputFileType::static_library, path + ".a"}});
    Halide::compile_standalone_runtime({{Halide::OutputFileType::static_library, path + "_runtime.a"}}, target);

    std::ofstream header(options.folder + "/" + layer.name + "_calls.h");
    header << "#include \"" TCONV_HALIDE_INCLUDE "/HalideRuntime.h\"\n";
    print_layer(header, layer);
    header << declarations.str() << "static Call calls[] = {\n" << calls.str() << "};\n";
    header.close();
    return header ? 0 : 1;
}

}  // namespace

}  // namespace tconv

int main(int argc, char **argv) {
    tconv::Options options;
    CLI::App app("autoscheduled: a layer scheduled by one of Halide's autoschedulers");
    app.add_option("LAYERS", options.layers, "benchmark list")->required();
    app.add_option("--layer", options.layer, "entry of the list")->required();
    app.add_option("--scheduler", options.scheduler, "adams2019 or mullapudi2016")->required();
    app.add_option("--target", options.target, "as for tconv build")->required();
    app.add_option("--threads", options.threads, "what the scheduler is told of the machine");
    app.add_option("-o", options.folder, "folder for the results")->required();
    CLI11_PARSE(app, argc, argv);
    try {
        return tconv::compile(options);
    } catch (const std::exception &error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
}
