// SPDX-License-Identifier: Apache-2.0
// Order of events: everything that can be refused is, from the headers of the files alone; then memory and the place of
// the output are checked; only then are tensors read and computed.
#include "tools/cli/run_command.h"

#include <csignal>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/interrupt.h"
#include "runtime/base/output_file.h"
#include "runtime/base/text.h"
#include "tconv/layer_file.h"
#include "tconv/npy.h"
#include "tconv/plan.h"
#include "tools/cli/report.h"
#include "tools/cli/run_memory.h"
#include "tools/cli/task_loop.h"
#include "tools/cli/tensor_files.h"

namespace tconv {

namespace {

// An option with one value. CLI11 would say "At Most 1 required but received 2" of one that is given twice.
struct OneValue {
    const char *name;
    std::vector<std::string> values;

    bool given() const { return !values.empty(); }
    const std::string &value() const { return values.front(); }
};

struct RunArguments {
    std::string call;
    OneValue input{"--input", {}}, filter{"--filter", {}}, bias{"--bias", {}}, output{"--output", {}}, isa{"--isa", {}};
    int threads = 1;
};

Status check_values(const RunArguments &arguments) {
    for (const OneValue *option :
         {&arguments.input, &arguments.filter, &arguments.bias, &arguments.output, &arguments.isa}) {
        if (option->values.size() > 1) {
            return invalid_argument(option->name, printable(join(option->values)), "must be given once");
        }
        if (option->given() && option->value().empty() && option != &arguments.isa) {
            return invalid_argument(option->name, "\"\"", "must be the path of a file");
        }
    }
    return Success{};
}

Expected<TensorFiles> inspect_all(const RunArguments &arguments) {
    const Expected<TensorFile> input = inspect_tensor(arguments.input.name, arguments.input.value());
    if (!input) {
        return input.error();
    }
    const Expected<TensorFile> filter = inspect_tensor(arguments.filter.name, arguments.filter.value());
    if (!filter) {
        return filter.error();
    }
    TensorFiles files{*input, *filter, std::nullopt};
    if (arguments.bias.given()) {
        const Expected<TensorFile> bias = inspect_tensor(arguments.bias.name, arguments.bias.value());
        if (!bias) {
            return bias.error();
        }
        files.bias = *bias;
    }
    return files;
}

// The result must not take the place of what it was made from.
Status keep_inputs(const RunArguments &arguments, const TensorFiles &files) {
    std::vector<std::pair<std::string, std::string>> sources = {{"the layer file", arguments.call},
                                                                {files.input.argument, files.input.path},
                                                                {files.filter.argument, files.filter.path}};
    if (files.bias) {
        sources.emplace_back(files.bias->argument, files.bias->path);
    }
    for (const auto &[what, path] : sources) {
        if (Status status = must_differ("--output", arguments.output.value(), what, path); !status) {
            return status;
        }
    }
    return Success{};
}

Expected<Plan> make_plan(const Layer &layer, const TensorFiles &files, Isa isa, int threads) {
    const Expected<Array> filter = read_tensor(files.filter);
    if (!filter) {
        return filter.error();
    }
    if (interrupted()) {
        return interruption();
    }
    const float *bias_data = nullptr;
    Expected<Array> bias = Array{};
    if (files.bias) {
        bias = read_tensor(*files.bias);
        if (!bias) {
            return bias.error();
        }
        bias_data = bias->data.data();
    }
    TaskLoop loop(threads, "packing");
    PlanOptions options;
    options.isa = isa;
    options.parallel_for = [&](int64_t count, const std::function<void(int64_t)> &body) { loop.run(count, body); };
    return Plan::create(layer, filter->data.data(), bias_data, options);
}

Expected<Array> compute(const Layer &layer, const TensorFiles &files, Isa isa, int threads) try {
    const Expected<Plan> plan = make_plan(layer, files, isa, threads);
    if (interrupted()) {
        return interruption();
    }
    if (!plan) {
        return plan.error();
    }
    const Expected<Array> input = read_tensor(files.input);
    if (interrupted()) {
        return interruption();
    }
    if (!input) {
        return input.error();
    }
    Array output;
    output.shape = layer.output_shape();
    output.data.resize(static_cast<size_t>(layer.output_elements()));
    TaskLoop loop(threads, "computing");
    const Status status =
        plan->run({input->data.data(), input->shape, {}}, {output.data.data(), output.shape, {}},
                  [&](int64_t count, const std::function<void(int64_t)> &body) { loop.run(count, body); });
    if (interrupted()) {
        return interruption();
    }
    if (!status) {
        return status.error();
    }
    return output;
} catch (const std::bad_alloc &) {
    return no_memory(layer, files, isa, "which the system did not give");
}

Expected<Isa> chosen_isa(const RunArguments &arguments) {
    if (!arguments.isa.given()) {
        return best_isa();
    }
    Expected<Isa> isa = find_isa(printable(arguments.isa.value()));
    return isa ? isa : Error{isa.error().code, "--" + isa.error().message};
}

Status run_call(const RunArguments &arguments) {
    if (Status status = check_values(arguments); !status) {
        return status;
    }
    const Expected<Isa> isa = chosen_isa(arguments);
    if (!isa) {
        return isa.error();
    }
    const Expected<TensorFiles> files = inspect_all(arguments);
    if (!files) {
        return files.error();
    }
    CallShapes shapes{files->input.info.shape, files->filter.info.shape, std::nullopt};
    if (files->bias) {
        shapes.bias = files->bias->info.shape;
    }
    std::vector<std::string> warnings;
    const Expected<Layer> layer = read_call(arguments.call, shapes, &warnings);
    if (!layer) {
        return interrupted() ? interruption() : layer.error();
    }
    for (const std::string &warning : warnings) {
        warn(warning);
    }
    if (Status status = keep_inputs(arguments, *files); !status) {
        return status;
    }
    if (Status status = check_memory(*layer, *files, *isa); !status) {
        return status;
    }
    const Expected<OutputFile> file = OutputFile::create("--output", arguments.output.value());
    if (!file) {
        return file.error();
    }
    const Expected<Array> output = compute(*layer, *files, *isa, arguments.threads);
    if (!output) {
        return output.error();
    }
    const auto *bytes = reinterpret_cast<const char *>(output->data.data());
    return file->publish(
        {npy_preamble(output->shape, layer->types.output), {bytes, static_cast<size_t>(layer->output_bytes())}});
}

int run_run(const RunArguments &arguments) {
    std::signal(SIGXFSZ, SIG_IGN);  // write() reports EFBIG instead
    const Status status = run_call(arguments);
    return status ? 0 : fail(status.error());
}

// Takes one value each time, but several times: check_values() says better than CLI11 what is wrong then.
void add_one_value(CLI::App &verb, const std::string &names, OneValue &option, const std::string &kind,
                   const std::string &description) {
    verb.add_option(names, option.values, description)->allow_extra_args(false)->option_text(kind);
}

void add_required_file(CLI::App &verb, const std::string &names, OneValue &option, const std::string &description) {
    add_one_value(verb, names, option, "FILE REQUIRED", description);
    verb.get_option(option.name)->required();
}

}  // namespace

void add_run_command(CLI::App &app, int &exit_code) {
    auto arguments = std::make_shared<RunArguments>();
    CLI::App *verb = app.add_subcommand("run", "Run an operator now, without building it, on tensors in .npy files");
    verb->add_option(
            "CASE", arguments->call,
            "JSON file: `op` and the operator's own arguments, or a get_config(); shapes are those of the tensors")
        ->required();
    add_required_file(*verb, "--input,--value,--inputs", arguments->input, "Input, float32 .npy");
    add_required_file(*verb, "--filter,--filters,--kernel", arguments->filter, "Filter, float32 .npy");
    add_one_value(*verb, "--bias", arguments->bias, "FILE",
                  "Bias, float32 .npy; for a call that has one, only for that");
    add_required_file(*verb, "--output", arguments->output, "Result, float32 .npy in C order");
    add_one_value(*verb, "--isa", arguments->isa, "NAME",
                  "Instruction set of the kernels: see `tconv targets`. The best of this machine without it");
    verb->add_option("--threads", arguments->threads, "Threads to compute with; the result is the same for any number")
        ->check(CLI::Range(1, kMaxThreads))
        ->capture_default_str();
    verb->footer(
        "Operators: tf.nn.conv2d_transpose, tf.nn.atrous_conv2d_transpose, tf.nn.conv3d_transpose,\n"
        "tf.nn.conv1d_transpose, keras.ops.conv_transpose, keras.layers.Conv1DTranspose, Conv2DTranspose,\n"
        "Conv3DTranspose: the filter is [kernel..., out, in]. conv_transpose, of PyTorch and ONNX: it is [in, out,\n"
        "kernel...], and tensors are channels first, unless data_format and filter_layout say otherwise.\n"
        "Example:\n"
        "  echo '{\"op\": \"keras.ops.conv_transpose\", \"strides\": 2, \"padding\": \"same\"}' > up.json\n"
        "  tconv run up.json --input x.npy --filter w.npy --output y.npy");
    verb->callback([arguments, &exit_code] { exit_code = run_run(*arguments); });
}

}  // namespace tconv
