// SPDX-License-Identifier: Apache-2.0
#include "tools/compiler/library_abi_text.h"

#include <algorithm>
#include <vector>

#include "generators/library_abi.h"

namespace tconv {

namespace {

struct Declaration {
    std::string code, comment;
};

// A line for each; comments of lines that follow each other stand in one column.
std::string declaration_lines(const std::vector<Declaration> &declarations) {
    std::string text;
    size_t width = 0;
    for (size_t i = 0; i < declarations.size(); i++) {
        const auto &[code, comment] = declarations[i];
        if (comment.empty()) {
            text += "    " + code + "\n";
            continue;
        }
        if (i == 0 || declarations[i - 1].comment.empty()) {
            width = 0;
            for (size_t j = i; j < declarations.size() && !declarations[j].comment.empty(); j++) {
                width = std::max(width, declarations[j].code.size());
            }
        }
        text += "    " + code + std::string(width - code.size(), ' ') + " /* " + comment + " */\n";
    }
    return text;
}

}  // namespace

const char *c_type(DataType type) {
    switch (type) {
    case DataType::kFloat32: return "float";
    case DataType::kFloat16: return "uint16_t";
    }
    return "";
}

std::string library_status_lines() {
    std::vector<Declaration> lines;
    for (const LibraryStatusText &status : kLibraryStatuses) {
        const bool last = status.status == kLibraryStatuses.back().status;
        lines.push_back(
            {std::string("@NAME@_") + status.name + " = " + std::to_string(status.status) + (last ? "" : ","),
             status.meaning});
    }
    return declaration_lines(lines);
}

std::string library_status_cases() {
    std::string text;
    for (const LibraryStatusText &status : kLibraryStatuses) {
        text += std::string("    case @NAME@_") + status.name + ": return \"" + status.text + "\";\n";
    }
    return text;
}

std::string library_args_lines() {
    std::vector<Declaration> lines;
    for (const ArgsFieldText &field : kArgsFields) {
        if (field.joined) {
            lines.back().code.back() = ',';
            lines.back().code += std::string(" *") + field.name + ";";
        } else {
            lines.push_back({std::string(field.type) + field.name + ";", field.comment});
        }
    }
    return declaration_lines(lines);
}

}  // namespace tconv
