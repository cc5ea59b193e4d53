// SPDX-License-Identifier: Apache-2.0
#include "tests/codegen/llvm_ir.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <sstream>

namespace tconv::test {
namespace {

bool starts_with(const std::string &text, const std::string &start) {
    return text.compare(0, start.size(), start) == 0;
}

std::string trimmed(const std::string &text) {
    const size_t first = text.find_first_not_of(' ');
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

// Cuts at commas outside all brackets.
std::vector<std::string> operands(const std::string &text) {
    std::vector<std::string> parts(1);
    int depth = 0;
    for (const char c : text) {
        depth += c == '(' || c == '[' || c == '<' || c == '{'   ? 1
                 : c == ')' || c == ']' || c == '>' || c == '}' ? -1
                                                                : 0;
        if (c == ',' && depth == 0) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    std::transform(parts.begin(), parts.end(), parts.begin(), trimmed);
    return parts;
}

std::string last_word(const std::string &text) { return text.substr(text.find_last_of(' ') + 1); }

struct TypeSize {
    int64_t element = 0, bytes = 0;  // 0: not known
};

TypeSize size_of(const std::string &type) {
    if (type == "float" || type == "double" || type == "half" || type == "ptr") {
        const int64_t bytes = type == "float" ? 4 : type == "half" ? 2 : 8;
        return {bytes, bytes};
    }
    if (type.size() > 1 && type[0] == 'i' && std::isdigit(static_cast<unsigned char>(type[1]))) {
        const int64_t bytes = (std::stoll(type.substr(1)) + 7) / 8;
        return {bytes, bytes};
    }
    const size_t times = type.find(" x ");
    if ((type[0] == '[' || type[0] == '<') && times != std::string::npos) {
        const TypeSize inner = size_of(type.substr(times + 3, type.size() - times - 4));
        return {inner.element, inner.bytes * std::stoll(type.substr(1))};
    }
    return {};
}

// The type at the start of an operand such as "<8 x float> %7".
std::string leading_type(const std::string &text) {
    int depth = 0;
    for (size_t i = 0; i < text.size(); i++) {
        depth += text[i] == '[' || text[i] == '<' || text[i] == '{'   ? 1
                 : text[i] == ']' || text[i] == '>' || text[i] == '}' ? -1
                                                                      : 0;
        if (text[i] == ' ' && depth == 0) return text.substr(0, i);
    }
    return text;
}

int64_t align_of(const std::vector<std::string> &parts) {
    for (const std::string &part : parts) {
        if (starts_with(part, "align ")) return std::stoll(part.substr(6));
    }
    return 1;
}

bool is_integer(const std::string &text) {
    return !text.empty() && text.find_first_not_of("0123456789", text[0] == '-' ? 1 : 0) == std::string::npos;
}

class Function {
public:
    explicit Function(const std::string &name) : name_(name) {}

    void add(const std::string &line) {
        const std::string text = trimmed(line);
        const size_t equals = text.find(" = ");
        if (text[0] == '%' && equals != std::string::npos) {
            definitions_[text.substr(0, equals)] = text.substr(equals + 3);
        }
        instructions_.push_back(text[0] == '%' && equals != std::string::npos ? text.substr(equals + 3) : text);
    }

    void append_accesses(std::vector<MemoryAccess> &accesses) const {
        for (const std::string &text : instructions_) {
            append_load_or_store(text, accesses);
            append_call(text, accesses);
        }
    }

private:
    void append(const std::string &text, const std::string &pointer, const TypeSize &size, int64_t alignment,
                std::vector<MemoryAccess> &accesses) const {
        MemoryAccess access{name_, text, alignment, std::max<int64_t>(size.element, 1), size.bytes, {}};
        std::set<std::string> seen;
        follow(pointer, 0, seen, access.bases);
        accesses.push_back(access);
    }

    void append_load_or_store(const std::string &text, std::vector<MemoryAccess> &accesses) const {
        const bool load = starts_with(text, "load "), store = starts_with(text, "store ");
        if (!load && !store) return;
        const std::vector<std::string> parts = operands(text.substr(load ? 5 : 6));
        append(text, last_word(parts[1]), size_of(leading_type(parts[0])), align_of(parts), accesses);
    }

    void append_call(const std::string &text, std::vector<MemoryAccess> &accesses) const {
        const size_t name = text.find("@llvm.");
        const size_t open = name == std::string::npos ? name : text.find('(', name);
        if (open == std::string::npos || text.find("call ") == std::string::npos) return;
        const std::string callee = text.substr(name + 6, open - name - 6);
        const std::vector<std::string> arguments = operands(text.substr(open + 1, text.rfind(')') - open - 1));
        if (starts_with(callee, "masked.store.")) {
            append(text, last_word(arguments[1]), size_of(leading_type(arguments[0])),
                   std::stoll(last_word(arguments[2])), accesses);
        } else if (starts_with(callee, "masked.load.")) {
            append(text, last_word(arguments[0]), size_of(leading_type(arguments[3])),
                   std::stoll(last_word(arguments[1])), accesses);
        } else if (starts_with(callee, "memcpy.") || starts_with(callee, "memmove.") ||
                   starts_with(callee, "memset.")) {
            const std::string length = last_word(arguments[2]);
            for (size_t i = 0; i < (starts_with(callee, "memset.") ? 1u : 2u); i++) {
                const size_t align = arguments[i].find(" align ");
                append(text, last_word(arguments[i]), {4, is_integer(length) ? std::stoll(length) : 0},
                       align == std::string::npos ? 1 : std::stoll(arguments[i].substr(align + 7)), accesses);
            }
        }
    }

    static int64_t plus(int64_t offset, int64_t more) { return offset < 0 || more < 0 ? -1 : offset + more; }

    // The bytes by which a getelementptr of one index moves its pointer; -1: not constant.
    static int64_t step(const std::vector<std::string> &parts) {
        const std::string index = last_word(parts.back());
        const TypeSize size =
            size_of(last_word(parts[0]) == parts[0] ? parts[0] : parts[0].substr(parts[0].find_first_of("[<fipd%")));
        return parts.size() == 3 && is_integer(index) && size.bytes > 0 ? std::stoll(index) * size.bytes : -1;
    }

    void follow(const std::string &value, int64_t offset, std::set<std::string> &seen,
                std::vector<MemoryBase> &bases) const {
        if (!seen.insert(value).second) return;
        const auto found = definitions_.find(value);
        if (value[0] == '@' || value.back() == ')') {
            bases.push_back({MemoryBase::Kind::kGlobal, value, 1, -1, offset});
        } else if (found == definitions_.end()) {
            const bool argument = value[0] == '%';
            bases.push_back({argument ? MemoryBase::Kind::kArgument : MemoryBase::Kind::kOther, value, 1, -1, offset});
        } else {
            follow_definition(value, found->second, offset, seen, bases);
        }
    }

    void follow_definition(const std::string &value, const std::string &text, int64_t offset,
                           std::set<std::string> &seen, std::vector<MemoryBase> &bases) const {
        const std::string op = text.substr(0, text.find(' '));
        if (op == "getelementptr") {
            std::vector<std::string> parts = operands(text.substr(op.size() + 1));
            for (const char *flag : {"inbounds ", "nusw ", "nuw "}) {
                if (starts_with(parts[0], flag)) parts[0] = parts[0].substr(std::string(flag).size());
            }
            follow(last_word(parts[1]), plus(offset, step(parts)), seen, bases);
        } else if (op == "phi") {
            for (std::string part : operands(text.substr(text.find('[')))) {
                if (part[0] == '[') follow(trimmed(operands(part.substr(1, part.size() - 2))[0]), -1, seen, bases);
            }
        } else if (op == "select") {
            const std::vector<std::string> parts = operands(text);
            follow(last_word(parts[1]), offset, seen, bases);
            follow(last_word(parts[2]), offset, seen, bases);
        } else if (op == "bitcast" || op == "freeze") {
            follow(last_word(text.substr(0, text.find(" to "))), offset, seen, bases);
        } else if (op == "alloca") {
            const std::vector<std::string> parts = operands(text.substr(op.size() + 1));
            const TypeSize size = size_of(parts[0]);
            const int64_t count =
                parts.size() > 2 && is_integer(last_word(parts[1])) ? std::stoll(last_word(parts[1])) : 1;
            bases.push_back(
                {MemoryBase::Kind::kStack, value, align_of(parts), size.bytes > 0 ? size.bytes * count : -1, offset});
        } else {
            bases.push_back({op == "load" || op == "inttoptr" ? MemoryBase::Kind::kLoaded : MemoryBase::Kind::kOther,
                             value, 1, -1, offset});
        }
    }

    std::string name_;
    std::map<std::string, std::string> definitions_;
    std::vector<std::string> instructions_;
};

}  // namespace

std::vector<MemoryAccess> memory_accesses(const std::string &module) {
    std::vector<MemoryAccess> accesses;
    std::istringstream lines(module);
    for (std::string line; std::getline(lines, line);) {
        if (!starts_with(line, "define ")) continue;
        const size_t name = line.find('@');
        Function function(line.substr(name, line.find('(', name) - name));
        while (std::getline(lines, line) && line != "}") {
            if (starts_with(line, "  "))
                function.add(line.substr(0, line.find(" !") == std::string::npos ? line.size() : line.find(", !")));
        }
        function.append_accesses(accesses);
    }
    return accesses;
}

std::string alignment_complaint(const MemoryAccess &access, int64_t tensor_element) {
    for (const MemoryBase &base : access.bases) {
        std::string problem;
        // Doubles are tables of the library's own.
        const bool tensor = base.kind == MemoryBase::Kind::kLoaded && access.text.find("double") == std::string::npos;
        const int64_t element = tensor ? std::min(access.element_bytes, tensor_element) : access.element_bytes;
        if (access.alignment <= element || base.kind == MemoryBase::Kind::kGlobal) continue;
        if (base.kind != MemoryBase::Kind::kStack) {
            problem = "memory that need not be aligned";
        } else if (base.alignment < access.alignment || (base.offset >= 0 && base.offset % access.alignment != 0)) {
            problem = "a stack variable aligned to " + std::to_string(base.alignment) + ", offset " +
                      std::to_string(base.offset);
        } else if (base.bytes >= 0 && base.bytes < std::max<int64_t>(base.offset, 0) + access.bytes) {
            problem = "a stack variable of " + std::to_string(base.bytes) + " bytes";
        }
        if (!problem.empty()) return access.function + ": " + access.text + ": " + base.name + " is " + problem;
    }
    return "";
}

}  // namespace tconv::test
