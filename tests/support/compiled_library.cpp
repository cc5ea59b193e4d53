// SPDX-License-Identifier: Apache-2.0
#include "tests/support/compiled_library.h"

#include <dlfcn.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "runtime/base/child_process.h"
#include "tests/runtime/temporary_folder.h"

namespace tconv::test {
namespace {

Error failed(const std::string &message) { return {StatusCode::kFailed, message}; }

Status link_shared_object(const std::string &archive, const std::string &shared_object) {
    // -Bsymbolic: a library that carries Halide's runtime uses its own copy, not the one of libHalide in this program.
    const auto linked = run_program({"cc", "-shared", "-o", shared_object, "-Wl,-Bsymbolic", "-Wl,--whole-archive",
                                     archive, "-Wl,--no-whole-archive", "-ldl", "-lpthread"});
    if (!linked) return linked.error();
    return linked->exit_code == 0 ? Status(Success{}) : failed("cc -shared " + archive + ": " + linked->output);
}

template<typename Function>
void find_symbol(void *handle, const std::string &name, Function *&function) {
    function = reinterpret_cast<Function *>(dlsym(handle, name.c_str()));
}

}  // namespace

Expected<CompiledLibrary> CompiledLibrary::build(const Layer &layer, const TargetInfo &target,
                                                 const BuildOptions &options) {
    const TemporaryFolder folder;
    BuildOptions quick = options;
    quick.stack = false;
    const auto built = build_library(layer, target, folder.path(), quick);
    if (!built) return built.error();

    const std::string shared_object = folder.file(layer.name + ".so");
    if (const Status linked = link_shared_object(built->archive, shared_object); !linked) return linked.error();
    CompiledLibrary library;
    library.handle_ = {dlopen(shared_object.c_str(), RTLD_NOW | RTLD_LOCAL), [](void *handle) {
                           if (handle) dlclose(handle);
                       }};
    void *handle = library.handle_.get();
    if (!handle) return failed(std::string("dlopen: ") + dlerror());
    find_symbol(handle, layer.name + "_run", library.run);
    find_symbol(handle, layer.name + "_task", library.task);
    find_symbol(handle, layer.name + "_pack", library.pack);
    if (!library.run || !library.task) return failed(layer.name + ": has no _run or no _task");
    if (!library.pack != built->weights_inside)
        return failed(layer.name + "_pack: must exist unless weights are inside");

    const auto sidecar = nlohmann::json::parse(std::ifstream(built->sidecar));
    library.weights_bytes = sidecar.at("weights_bytes");
    library.workspace_bytes = sidecar.at("workspace_bytes");
    for (const auto &stage : sidecar.at("stages")) library.stage_tasks.push_back(stage.at("tasks"));
    library.choice = built->choice;
    return library;
}

}  // namespace tconv::test
