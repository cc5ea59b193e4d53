// SPDX-License-Identifier: Apache-2.0
#include "tools/verify/layer_program.h"

#include "runtime/base/files.h"
#include "tools/verify/embedded_programs.h"

namespace tconv {

Expected<std::string> link_layer_program(const std::string &program, const Layer &layer, const TargetInfo &target,
                                         const BuiltLibrary &library, const Toolchain &toolchain,
                                         const WorkFolder &folder) {
    if (Status status = write_embedded_programs(folder.path()); !status) {
        return status.error();
    }
    const std::string wrapper = "#include \"" + layer.name + ".h\"\n#define LAYER(name) " + layer.name + "_##name\n";
    if (Status status = write_file(folder.path("layer_under_test.h"), wrapper); !status) {
        return status.error();
    }
    std::vector<std::string> more = {"-I" + folder.path(), library.archive, "-pthread"};
    if (target.is_opencl()) {
        more.push_back("-DTCONV_OPENCL");
    }
    if (target.is_gpu()) {
        more.push_back("-ldl");
    }
    const std::string path = folder.path(program);
    if (Status status = compile_program(toolchain, folder.path(program + ".c"), path, more); !status) {
        return status.error();
    }
    return path;
}

}  // namespace tconv
