// SPDX-License-Identifier: Apache-2.0
#include "tools/compiler/target_table.h"

#include <Halide.h>

#include <algorithm>
#include <vector>

#include "runtime/base/text.h"
#include "tools/compiler/compile_task.h"
#include "tools/compiler/host_processor.h"
#include "tools/compiler/processor_check.h"

namespace tconv {

namespace {

std::string family_of(const Halide::Target &target) {
    if (target.has_gpu_feature()) {
        return "gpu";
    }
    if (target.arch == Halide::Target::ARM && target.bits == 64) {
        return "arm_neon";
    }
    if (target.arch == Halide::Target::X86) {
        if (target.has_feature(Halide::Target::AVX512_Skylake)) {
            return "x86_avx512";
        }
        return target.has_feature(Halide::Target::AVX2) && target.has_feature(Halide::Target::FMA) ? "x86_avx2"
                                                                                                   : "x86_sse";
    }
    return "reference";
}

Halide::Target parsed(const TargetInfo &target) { return Halide::Target(target.halide); }

// Whether `machine` has the processor that `target` asks for.
bool has_processor_of(const Halide::Target &machine, const Halide::Target &target) {
    if (target.arch != machine.arch || target.bits != machine.bits || target.os != machine.os) {
        return false;
    }
    const std::vector<Halide::Target::Feature> asked = processor_features(target);
    return std::all_of(asked.begin(), asked.end(),
                       [&](Halide::Target::Feature feature) { return machine.has_feature(feature); });
}

std::vector<std::string> name_list() {
    std::vector<std::string> names;
    for (const TargetInfo &target : named_targets()) {
        names.push_back(target.name);
    }
    names.push_back("host");
    return names;
}

// Vectors whose length is a matter of the processor: code is made for one length and is wrong on another.
Status check_vector_length(const std::string &text, const Halide::Target &target) {
    const bool riscv = target.arch == Halide::Target::RISCV;
    const bool sve = target.has_feature(Halide::Target::SVE) || target.has_feature(Halide::Target::SVE2);
    if (target.vector_bits == 0 && (riscv || sve)) {
        return invalid_argument("--target", text,
                                std::string("must state the length of vectors: add ") +
                                    (riscv ? "-rvv-vector_bits_128" : "-vector_bits_128"));
    }
    if (target.vector_bits != 0 && target.vector_bits != 128 && (riscv || target.arch == Halide::Target::ARM)) {
        return unsupported(
            "--target", text,
            "vectors of " + std::to_string(target.vector_bits) + " bits are not supported: vector_bits must be 128");
    }
    return Success{};
}

// What Halide and LLVM have against a target shows when something is compiled for it.
Status check_backend(const std::string &text, const Halide::Target &target, bool vectors) {
    const auto compile = [&]() -> Status {
        Halide::ImageParam input(Halide::Float(32), 1, "input");
        Halide::Func probe("probe");
        Halide::Var x("x");
        probe(x) = Halide::select(input(x) > 0.0f, input(x) * 2.0f + 1.0f, 0.0f);
        if (vectors) {
            probe.vectorize(x, 4);
        }
        probe.compile_to({{Halide::OutputFileType::object, "/dev/null"}}, {input}, "probe",
                         target.with_feature(Halide::Target::NoRuntime));
        return Success{};
    };
    const Status status =
        run_in_children({compile_task("--target = " + text + ": nothing can be compiled for it", compile)});
    constexpr size_t most = 200;  // of LLVM's words, which may be a whole graph
    if (status || status.error().message.size() <= most) {
        return status;
    }
    return Error{status.error().code, status.error().message.substr(0, most) + "..."};
}

// A target that the table does not name: the compiler of the named target of the same architecture, if there is one.
Expected<TargetInfo> raw_target(const std::string &text) try {
    const Error refused = invalid_argument(
        "--target", text,
        "must be one of " + join(name_list()) + " or a Halide target string" + did_you_mean(text, name_list()));
    if (text.find('-') == std::string::npos || !Halide::Target::validate_target_string(text)) {
        return refused;
    }
    const Halide::Target target(text);
    if (target.arch == Halide::Target::ArchUnknown || target.os == Halide::Target::OSUnknown || target.bits == 0) {
        return refused;
    }
    for (Halide::Target::Feature feature :
         {Halide::Target::JIT, Halide::Target::NoAsserts, Halide::Target::NoBoundsQuery, Halide::Target::NoRuntime,
          Halide::Target::StrictFloat, Halide::Target::UserContext, Halide::Target::CPlusPlusMangling}) {
        if (target.has_feature(feature)) {
            return invalid_argument("--target", text,
                                    "must not set features that tconv chooses itself (jit, no_asserts, "
                                    "no_bounds_query, no_runtime, strict_float, user_context, "
                                    "c_plus_plus_name_mangling)");
        }
    }
    for (Halide::Target::Feature feature :
         {Halide::Target::Debug, Halide::Target::Profile, Halide::Target::ProfileByTimer, Halide::Target::TraceLoads,
          Halide::Target::TraceStores, Halide::Target::TraceRealizations, Halide::Target::TracePipeline,
          Halide::Target::ASAN, Halide::Target::MSAN, Halide::Target::TSAN, Halide::Target::SanitizerCoverage,
          Halide::Target::FuzzFloatStores, Halide::Target::CheckUnsafePromises}) {
        if (target.has_feature(feature)) {
            return invalid_argument("--target", text,
                                    "must not set " + Halide::Target::feature_to_name(feature) +
                                        ": a library has no run-time library that would serve it");
        }
    }
    if (target.has_gpu_feature() && !target.has_feature(Halide::Target::CUDA) &&
        !target.has_feature(Halide::Target::OpenCL)) {
        return unsupported("--target", text, "of the GPU interfaces only cuda and opencl are supported");
    }
    if (Status status = check_vector_length(text, target); !status) {
        return status.error();
    }
    if (Status status = check_backend(text, target, family_of(target) != "reference"); !status) {
        return status.error();
    }
    // Programs are linked as for the named target that comes closest: the last whose processor this one includes.
    TargetInfo info{text, text, family_of(target), "cc", "", "", "as a Halide target string: compiled only"};
    for (const TargetInfo &named : named_targets()) {
        if (!named.is_gpu() && has_processor_of(target, parsed(named))) {
            info.cc = named.cc;
            info.cc_flags = named.cc_flags;
            info.emulator = named.emulator;
            info.verified_by = named.verified_by;
        }
    }
    return info;
} catch (const Halide::Error &error) {  // of a target's features, one of another architecture's
    return invalid_argument("--target", text, error.what());
}

// The processors that Halide can tune code for are some of AMD's.
Halide::Target::Processor tune_of(const std::string &cpu) {
    const std::pair<const char *, Halide::Target::Processor> known[] = {
        {"znver2", Halide::Target::Processor::ZnVer2},
        {"znver3", Halide::Target::Processor::ZnVer3},
        {"znver4", Halide::Target::Processor::ZnVer4},
        {"znver5", Halide::Target::Processor::ZnVer5},
    };
    for (const auto &[name, processor] : known) {
        if (cpu == name) return processor;
    }
    return Halide::Target::Processor::ProcessorGeneric;
}

Expected<TargetInfo> target_of_any_processor(const std::string &name) {
    const std::string wanted = name == "host" ? host_target_name() : name;
    const auto named = std::find_if(named_targets().begin(), named_targets().end(),
                                    [&](const TargetInfo &target) { return target.name == wanted; });
    return named != named_targets().end() ? *named : raw_target(name);
}

Expected<TargetInfo> with_processor(TargetInfo target, const std::string &cpu) {
    const std::vector<std::string> names = processor_names(target.family);
    if (names.empty() && cpu != kGenericProcessor) {
        return invalid_argument("--cpu", cpu,
                                "target " + target.name + " has no schedules that could be for a processor");
    }
    if (!names.empty() && find_processor(cpu, target.family) == nullptr) {
        return invalid_argument(
            "--cpu", cpu, "must be one of " + join(names) + " for target " + target.name + did_you_mean(cpu, names));
    }
    target.cpu = cpu;
    if (const Halide::Target::Processor tune = tune_of(cpu); tune != Halide::Target::Processor::ProcessorGeneric) {
        Halide::Target tuned = parsed(target);
        tuned.processor_tune = tune;
        target.halide = tuned.to_string();
    }
    return target;
}

}  // namespace

bool TargetInfo::is_cuda() const { return parsed(*this).has_feature(Halide::Target::CUDA); }

bool TargetInfo::is_opencl() const { return parsed(*this).has_feature(Halide::Target::OpenCL); }

std::string TargetInfo::architecture() const {
    switch (parsed(*this).arch) {
    case Halide::Target::X86: return "x86";
    case Halide::Target::ARM: return "arm";
    default: return "other";
    }
}

int TargetInfo::bits() const { return parsed(*this).bits; }

const std::vector<TargetInfo> &named_targets() {
    static const std::vector<TargetInfo> table = {
#include "tconv/target_table.inc"
    };
    return table;
}

bool is_named_target(const std::string &name) {
    return std::any_of(named_targets().begin(), named_targets().end(),
                       [&](const TargetInfo &target) { return target.name == name; });
}

Expected<TargetInfo> find_target(const std::string &name, const std::string &cpu) {
    Expected<TargetInfo> target = target_of_any_processor(name);
    if (!target) {
        return target;
    }
    const std::string host = name == "host" ? host_processor() : "";
    return with_processor(*target, !cpu.empty()                                      ? cpu
                                   : find_processor(host, target->family) != nullptr ? host
                                                                                     : kGenericProcessor);
}

Expected<TargetInfo> find_target(const std::string &name, const MachineFile &machine, const std::string &file) {
    Expected<TargetInfo> target = target_of_any_processor(name);
    if (!target) {
        return target;
    }
    if (target->family != machine.family) {
        return invalid_argument("--machine", file,
                                "has the facts of " + machine.family + " (target " + machine.target + "), and target " +
                                    target->name + " is for " + target->family + ": tconv calibrate --target " +
                                    target->name + " makes a file for it");
    }
    target = with_processor(*target, machine.like);
    if (!target) {
        return target;
    }
    target->cpu = machine.cpu_name;
    target->measured = std::make_shared<const Processor>(machine.processor(file));
    return target;
}

Status has_schedules(const TargetInfo &target) {
    if (target.machine().has_schedules()) {
        return Success{};
    }
    const size_t bits = target.halide.find('-') + 1;
    const std::string processor = target.halide.substr(0, target.halide.find('-', bits));
    return unsupported(
        "--target", target.name,
        "there are no schedules for " + processor +
            ": every layer becomes variant reference, many times slower than on x86 and arm-64; a schedule "
            "family for it would be needed");
}

bool runs_natively(const TargetInfo &target) { return has_processor_of(Halide::get_host_target(), parsed(target)); }

std::string host_target_name() {
    // The table lists the members of an architecture from the least demanding to the most.
    std::string best = "x86-64";
    for (const TargetInfo &target : named_targets()) {
        if (!target.is_gpu() && runs_natively(target)) {
            best = target.name;
        }
    }
    return best;
}

}  // namespace tconv
