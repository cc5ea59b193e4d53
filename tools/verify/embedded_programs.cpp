// SPDX-License-Identifier: Apache-2.0
#include "tools/verify/embedded_programs.h"

#include "runtime/base/files.h"

namespace tconv {

namespace {

struct EmbeddedFile {
    const char *name;
    const char *text;
};

const EmbeddedFile kFiles[] = {
#include "tconv/embedded_programs.inc"
};

}  // namespace

Status write_embedded_programs(const std::string &folder) {
    for (const EmbeddedFile &file : kFiles) {
        if (Status status = write_file(folder + "/" + file.name, file.text); !status) {
            return status;
        }
    }
    return Success{};
}

}  // namespace tconv
