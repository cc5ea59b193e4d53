// SPDX-License-Identifier: Apache-2.0
#include "tools/verify/assembly_check.h"

#include <map>
#include <sstream>

namespace tconv {

namespace {

struct Line {
    std::string label;     // "name:" without the colon
    std::string mnemonic;  // empty: no instruction
    std::string operands;
    bool on_stack = false;  // refers to it
};

std::string trimmed(const std::string &text) {
    const size_t begin = text.find_first_not_of(" \t");
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Comments go ('#' on x86, "//" on ARM, where '#' marks a constant), directives count as no instruction.
Line parse(const std::string &text, bool arm) {
    const std::string code = trimmed(text.substr(0, arm ? text.find("//") : text.find('#')));
    Line line;
    if (code.empty()) {
        return line;
    }
    if (code.back() == ':') {
        line.label = code.substr(0, code.size() - 1);
    } else if (code.front() != '.') {
        const size_t blank = code.find_first_of(" \t");
        line.mnemonic = code.substr(0, blank);
        line.operands = blank == std::string::npos ? "" : trimmed(code.substr(blank));
    }
    return line;
}

bool starts_with(const std::string &text, const std::string &prefix) { return text.rfind(prefix, 0) == 0; }

// The label that a branch goes to; empty for other instructions. Calls are no branches.
std::string branch_target(const Line &line) {
    const std::string &m = line.mnemonic;
    if (starts_with(m, "j") || m == "b" || starts_with(m, "b.")) {
        return line.operands;
    }
    if (m == "cbz" || m == "cbnz" || m == "tbz" || m == "tbnz") {
        return trimmed(line.operands.substr(line.operands.rfind(',') + 1));
    }
    return "";
}

bool is_vector_multiply_add(const Line &line) {
    if (starts_with(line.mnemonic, "vfmadd") || starts_with(line.mnemonic, "vfnmadd")) {
        return line.mnemonic.size() > 2 && line.mnemonic.compare(line.mnemonic.size() - 2, 2, "ps") == 0;
    }
    // Scalar forms name s registers only; "fmla v0.4s, v1.4s, v2.s[0]".
    return line.mnemonic == "fmla" && line.operands.find(".4s") != std::string::npos;
}

// Finds references to the stack, line after line. The frame register serves as an ordinary one in functions that do not
// set it up.
class StackReferences {
public:
    bool in(const Line &line) {
        if (!line.label.empty() && line.label[0] != '.') {
            frame_ = false;  // a new function
        }
        const std::string &o = line.operands;
        frame_ = frame_ || (starts_with(line.mnemonic, "mov") && (o == "%rsp, %rbp" || o == "x29, sp")) ||
                 (line.mnemonic == "add" && starts_with(o, "x29, sp"));
        const bool by_frame = o.find("(%rbp") != std::string::npos || o.find("[x29") != std::string::npos;
        return o.find("(%rsp") != std::string::npos || o.find("[sp") != std::string::npos || (by_frame && frame_);
    }

private:
    bool frame_ = false;
};

void count(const Line &line, MultiplyAddLoop &loop) {
    if (line.mnemonic.empty()) {
        return;
    }
    loop.instructions++;
    const bool vector = line.operands.find("mm") != std::string::npos || line.operands.find('q') != std::string::npos;
    loop.vector_spills += line.on_stack && vector;
    loop.address_reloads += line.on_stack && !vector;
    loop.gathers += starts_with(line.mnemonic, "vgather");
    if (is_vector_multiply_add(line)) {
        loop.multiply_adds++;
        const bool zmm = line.operands.find("%zmm") != std::string::npos;
        const bool ymm = !zmm && line.operands.find("%ymm") != std::string::npos;
        loop.zmm += zmm;
        loop.ymm += ymm;
        loop.xmm += !zmm && !ymm;
    }
}

std::vector<Line> parse_all(const std::string &assembly) {
    const bool arm = assembly.find("%r") == std::string::npos;
    std::vector<Line> lines;
    StackReferences stack;
    std::istringstream stream(assembly);
    for (std::string text; std::getline(stream, text);) {
        lines.push_back(parse(text, arm));
        lines.back().on_stack = stack.in(lines.back());
    }
    return lines;
}

// Loops as ranges of lines: from a label to the last branch back to it. LLVM lays loops out contiguously.
std::map<size_t, size_t> loop_ranges(const std::vector<Line> &lines) {
    std::map<std::string, size_t> labels;
    std::map<size_t, size_t> ranges;
    for (size_t i = 0; i < lines.size(); i++) {
        if (!lines[i].label.empty()) {
            labels[lines[i].label] = i;
        }
        if (const auto label = labels.find(branch_target(lines[i])); label != labels.end()) {
            ranges[label->second] = i;
        }
    }
    return ranges;
}

MultiplyAddLoop summarize(const std::vector<Line> &lines, size_t first, size_t last) {
    MultiplyAddLoop loop;
    loop.label = lines[first].label;
    loop.first_line = static_cast<int>(first) + 1;
    loop.last_line = static_cast<int>(last) + 1;
    for (size_t i = first; i <= last; i++) {
        count(lines[i], loop);
    }
    return loop;
}

}  // namespace

std::vector<MultiplyAddLoop> multiply_add_loops(const std::string &assembly) {
    const std::vector<Line> lines = parse_all(assembly);
    std::vector<MultiplyAddLoop> loops;
    // From the last label to the first, a loop comes after those inside it.
    const std::map<size_t, size_t> ranges = loop_ranges(lines);
    for (auto range = ranges.rbegin(); range != ranges.rend(); ++range) {
        const MultiplyAddLoop loop = summarize(lines, range->first, range->second);
        bool innermost = loop.multiply_adds > 0;
        for (const MultiplyAddLoop &other : loops) {
            innermost = innermost && other.first_line > loop.last_line;
        }
        if (innermost) {
            loops.insert(loops.begin(), loop);
        }
    }
    return loops;
}

Expected<std::vector<MultiplyAddLoop>> require_zmm_loops(const std::string &name, const std::string &assembly) {
    const std::vector<MultiplyAddLoop> loops = multiply_add_loops(assembly);
    for (const MultiplyAddLoop &loop : loops) {
        if (loop.zmm == loop.multiply_adds && loop.gathers == 0 && loop.vector_spills == 0) {
            continue;
        }
        std::ostringstream text;
        text << name << ": the inner loop at line " << loop.first_line << " (" << loop.label << ") has "
             << loop.multiply_adds - loop.zmm << " of " << loop.multiply_adds << " multiply-adds not on zmm, "
             << loop.gathers << " gathers and " << loop.vector_spills << " spilled vectors: must have none";
        return Error{StatusCode::kFailed, text.str()};
    }
    return loops;
}

}  // namespace tconv
