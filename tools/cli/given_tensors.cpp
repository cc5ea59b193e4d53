// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/given_tensors.h"

#include "runtime/base/text.h"
#include "tools/cli/tensor_files.h"

namespace tconv {

namespace {

struct Option {
    const char *name;
    const std::optional<std::string> &path;

    Error error(const std::string &rule) const { return invalid_argument(name, printable(*path), rule); }
};

struct Options {
    Option input, filter, bias;

    explicit Options(const GivenTensors &given)
        : input{"--input", given.input}, filter{"--filter", given.filter}, bias{"--bias", given.bias} {}
};

// Whether the options go with each other, and each has a path.
Status check_options(const Options &options) {
    for (const Option *option : {&options.input, &options.filter, &options.bias}) {
        if (option->path && option->path->empty()) {
            return invalid_argument(option->name, "\"\"", "must be the path of a file");
        }
        if (option->path && !options.input.path) {
            return option->error("goes with --input");
        }
    }
    return Success{};
}

// Whether they are those that the layer needs. Precondition: there is an input.
Status check_layer(const Options &options, const Layer &layer) {
    for (const Option *option : {&options.filter, &options.bias}) {
        if (option->path && layer.weights) {
            return option->error("layer " + layer.name +
                                 " names weights, which are in the library; give one of the two");
        }
    }
    if (!layer.weights && !options.filter.path) {
        return options.input.error("needs --filter, or weights in the layer file");
    }
    if (!layer.weights && layer.bias && !options.bias.path) {
        return options.input.error("needs --bias: layer " + layer.name + " has one");
    }
    if (!layer.bias && options.bias.path) {
        return options.bias.error("layer " + layer.name + " has no bias");
    }
    return Success{};
}

Status read(const Option &option, const std::vector<int64_t> &shape, const std::string &meaning,
            std::vector<float> &cells) {
    if (!option.path) {
        return Success{};
    }
    const Expected<TensorFile> file = inspect_tensor(option.name, *option.path);
    if (!file) {
        return file.error();
    }
    if (file->info.shape != shape) {
        return option.error("the array has shape " + to_text(file->info.shape) + ", must have " + to_text(shape) +
                            ", " + meaning);
    }
    Expected<Array> array = read_tensor(*file);
    if (!array) {
        return array.error();
    }
    cells = std::move(array->data);
    return Success{};
}

}  // namespace

Expected<std::optional<VerifyTensors>> read_given_tensors(const GivenTensors &given, const std::vector<Layer> &layers,
                                                          const TargetInfo &target, const Toolchain &toolchain) {
    const Options options(given);
    if (Status status = check_options(options); !status) {
        return status.error();
    }
    if (!given.input) {
        return std::optional<VerifyTensors>();
    }
    if (layers.size() != 1) {
        return options.input.error("is for one layer, not " + std::to_string(layers.size()) +
                                   "; choose one with --layers");
    }
    if (target.is_cuda() || !toolchain.can_run) {
        return options.input.error("nothing here runs code for " + target.name +
                                   (target.is_cuda() ? "" : "; --emulator may"));
    }
    const Layer &layer = layers.front();
    Status status = check_layer(options, layer);
    VerifyTensors tensors;
    if (status) {
        status = read(options.input, layer.input_shape(), "the layer's input_shape", tensors.input);
    }
    if (status) {
        status = read(options.filter, layer.filter_shape(), "the layer's filter_shape", tensors.filter);
    }
    if (status) {
        status = read(options.bias, {layer.out_channels}, "one value an output channel", tensors.bias);
    }
    if (!status) {
        return status.error();
    }
    return std::optional<VerifyTensors>(std::move(tensors));
}

}  // namespace tconv
