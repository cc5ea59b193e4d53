// SPDX-License-Identifier: Apache-2.0
#include "tools/verify/verify_layer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <tuple>

#include "runtime/base/files.h"
#include "runtime/base/interrupt.h"
#include "tconv/weights.h"
#include "tools/verify/assembly_check.h"
#include "tools/verify/layer_program.h"
#include "tools/verify/oracle.h"
#include "tools/verify/ptxas.h"

namespace tconv {

namespace {

// Under an emulator or on a device, layers with more multiply-adds run once for each set of data.
constexpr int64_t kMacsWorthRepeating = 250'000'000;

// Of a tensor in a file; the host's numbers are elements as they are (check_types).
std::string bytes_of(const std::vector<float> &cells, DataType type) {
    return std::string(reinterpret_cast<const char *>(cells.data()), cells.size() * element_bytes(type));
}

// A linked program and everything that a run of it needs.
class LibraryRun {
public:
    LibraryRun(const Layer &layer, const TargetInfo &target, const Toolchain &toolchain, const WorkFolder &folder)
        : layer_(layer), target_(target), toolchain_(toolchain), folder_(folder) {}

    Status link(const BuiltLibrary &library) {
        Expected<std::string> program =
            link_layer_program("layer_verify", layer_, target_, library, toolchain_, folder_);
        if (!program) {
            return program.error();
        }
        program_ = *program;
        return Success{};
    }

    // The output, or why there is none: a library that touches what it may not, or contradicts itself, gives none.
    Expected<std::vector<float>> run(const VerifyTensors &tensors, uint64_t seed) {
        const ElementTypes &types = layer_.types;
        for (const auto &[file, cells, type] :
             {std::tuple("input", &tensors.input, types.input), std::tuple("filter", &tensors.filter, types.filter),
              std::tuple("bias", &tensors.bias, types.bias())}) {
            if (Status status = write_file(folder_.path(file), bytes_of(*cells, type)); !status) {
                return status.error();
            }
        }
        const bool slow = !toolchain_.emulator.empty() || target_.is_gpu();
        const std::string repeats = slow && layer_.useful_macs() > kMacsWorthRepeating ? "once" : "all";
        const Expected<std::string> printed =
            run_on_target(toolchain_, program_,
                          {folder_.path("input"), folder_.path("filter"), folder_.path("bias"), folder_.path("output"),
                           std::to_string(seed), repeats});
        if (!printed) {
            return printed.error();
        }
        const std::string device = "device: ";
        if (const size_t at = printed->find(device); at != std::string::npos) {
            device_ = printed->substr(at + device.size(), printed->find('\n', at) - at - device.size());
        }
        return read_output();
    }

    // "native", the emulator, or the device that the runs found.
    std::string how() const { return device_.empty() ? toolchain_.how() : device_; }

private:
    Expected<std::vector<float>> read_output() const {
        const Expected<std::string> bytes = read_file(folder_.path("output"));
        if (!bytes) {
            return bytes.error();
        }
        std::vector<float> output(static_cast<size_t>(layer_.output_elements()));
        if (bytes->size() != static_cast<size_t>(layer_.output_bytes())) {
            return Error{StatusCode::kFailed, "the output has " + std::to_string(bytes->size()) + " bytes"};
        }
        if (!output.empty()) {
            std::memcpy(output.data(), bytes->data(), bytes->size());
        }
        return output;
    }

    const Layer &layer_;
    const TargetInfo &target_;
    const Toolchain &toolchain_;
    const WorkFolder &folder_;
    std::string program_, device_;
};

double largest_finite(const std::vector<double> &values) {
    double largest = 0;
    for (double value : values) {
        largest = std::isfinite(value) ? std::max(largest, std::fabs(value)) : largest;
    }
    return largest;
}

// Runs the library on the tensors and judges its output; what is wrong with it becomes the result's reason. An error
// only after an interrupt.
template<typename Judge>
Status run_and_judge(const Layer &layer, const VerifyTensors &tensors, LibraryRun &run, uint64_t seed,
                     Verification &result, Judge judge) {
    const Expected<std::vector<float>> output = run.run(tensors, seed);
    if (!output) {
        result.reason = output.error().message;
        return interrupted() ? Status(output.error()) : Success{};
    }
    const OracleResult reference = oracle(layer, tensors.input.data(), tensors.filter.data(), tensors.bias_or_null());
    const Comparison comparison = judge(reference, output->data());
    result.reason = comparison.message;
    result.accuracy->largest_difference = comparison.max_abs_difference;
    result.accuracy->largest_output = largest_finite(reference.value);
    result.accuracy->bound_ratio = comparison.max_ratio;
    result.accuracy->compared = comparison.compared;
    return Success{};
}

// Small integers, which must come out exactly.
Status run_on_integers(const Layer &layer, LibraryRun &run, uint64_t seed, Verification &result) {
    result.accuracy->integers_checked = true;
    const auto judge = [&](const OracleResult &reference, const float *output) {
        return compare_exactly(layer, reference, output);
    };
    Status status = run_and_judge(layer, integer_tensors(layer, seed), run, seed, result, judge);
    if (!status || !result.reason.empty()) {
        result.reason = "on small integers, where float32 is exact: " + result.reason;
    }
    return status;
}

// On tensors that are given, within the bound for any data; else on small integers, then on random numbers, which are flat
// and have a tighter one. Weights of the layer file are not.
Status run_and_compare(const Layer &layer, LibraryRun &run, const VerifyOptions &options, Verification &result) {
    result.accuracy.emplace();
    if (!options.tensors && exact_on_integers(layer, result.choice)) {
        Status status = run_on_integers(layer, run, options.seed, result);
        if (!status || !result.reason.empty()) {
            return status;
        }
    }
    VerifyTensors tensors = options.tensors ? *options.tensors : random_tensors(layer, options.seed);
    if (layer.weights) {
        Expected<Weights> weights = read_weights(layer);
        if (!weights) {
            return weights.error();
        }
        tensors.filter = std::move(weights->filter);
        tensors.bias = std::move(weights->bias);
    }
    const bool flat = !options.tensors && !layer.weights;
    return run_and_judge(
        layer, tensors, run, options.seed, result, [&](const OracleResult &reference, const float *output) {
            return flat ? compare(layer, reference, output, layer.max_error_growth)
                        : judge_any_data(layer, result.choice, tensors, reference, output, result.findings);
        });
}

Status check_ptx(const BuiltLibrary &library, const WorkFolder &folder, Verification &result) {
    result.how = "ptxas";
    const Expected<std::string> ptxas = find_ptxas();
    if (!ptxas) {
        return ptxas.error();
    }
    for (const std::string &file : library.ptx) {
        const Expected<std::vector<DeviceKernel>> kernels = assemble_ptx(*ptxas, file, folder);
        if (!kernels) {
            result.reason = kernels.error().message;
            return interrupted() ? Status(kernels.error()) : Success{};
        }
        for (const DeviceKernel &kernel : *kernels) {
            std::ostringstream text;
            text << std::filesystem::path(file).stem().string() << ", " << kernel.name << " (" << kernel.architecture
                 << "): " << kernel.registers << " registers, " << kernel.spill_store_bytes << " bytes spill stores, "
                 << kernel.spill_load_bytes << " bytes spill loads, " << kernel.shared_bytes << " bytes shared memory";
            result.findings.push_back(text.str());
        }
    }
    result.reason = result.findings.empty() ? "the library has no device code" : "";
    return Success{};
}

Status check_assembly(const TargetInfo &target, const BuiltLibrary &library, Verification &result) {
    result.how = "compiled only";
    // The reference is scalar on every target.
    if (target.machine().vector_bits != 512 || target.is_gpu() || library.choice.variant == "reference") {
        return Success{};
    }
    size_t loops = 0;
    int reloads = 0;
    for (const std::string &file : library.assembly) {
        const Expected<std::string> text = read_file(file);
        if (!text) {
            return text.error();
        }
        const auto found = require_zmm_loops(std::filesystem::path(file).filename().string(), *text);
        if (!found) {
            result.reason = found.error().message;
            return Success{};
        }
        loops += found->size();
        for (const MultiplyAddLoop &loop : *found) {
            reloads = std::max(reloads, loop.address_reloads);
        }
    }
    result.findings.push_back("inner loops of multiply-adds: " + std::to_string(loops) +
                              ", all on zmm registers, without gathers or spilled vectors; " + std::to_string(reloads) +
                              " addresses reloaded in the worst");
    result.reason = loops > 0 ? "" : "no inner loop has vector multiply-adds";
    return Success{};
}

}  // namespace

Expected<Verification> verify_layer(const Layer &layer, const TargetInfo &target, const Toolchain &toolchain,
                                    const VerifyOptions &options) {
    const Expected<WorkFolder> folder = WorkFolder::create();
    if (!folder) {
        return folder.error();
    }
    BuildOptions build = options.build;
    build.stack = false;
    build.assembly = target.is_cuda() || !toolchain.can_run;
    const Expected<BuiltLibrary> library = build_library(layer, target, folder->path(), build);
    if (!library) {
        return library.error();
    }
    Verification result;
    result.choice = library->choice;
    Status status = Success{};
    if (target.is_cuda()) {
        status = check_ptx(*library, *folder, result);
    } else if (!toolchain.can_run) {
        status = check_assembly(target, *library, result);
    } else {
        LibraryRun run(layer, target, toolchain, *folder);
        status = run.link(*library);
        if (status) {
            status = run_and_compare(layer, run, options, result);
        }
        result.how = run.how();
    }
    if (!status) {
        return status.error();
    }
    result.pass = result.reason.empty();
    return result;
}

}  // namespace tconv
