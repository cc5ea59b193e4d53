// SPDX-License-Identifier: Apache-2.0
#include "runtime/layer/validate.h"

#include <algorithm>
#include <iterator>

#include "runtime/base/text.h"

namespace tconv {

namespace {

constexpr size_t kLongestName = 100;

// C11, C23 and C++20, sorted. The name stands in headers that both languages include.
// clang-format off: many words a line
const char *const kKeywords[] = {
    "_Alignas", "_Alignof", "_Atomic", "_BitInt", "_Bool", "_Complex", "_Decimal128", "_Decimal32", "_Decimal64",
    "_Generic", "_Imaginary", "_Noreturn", "_Static_assert", "_Thread_local", "alignas", "alignof", "and", "and_eq",
    "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch", "char", "char16_t", "char32_t", "char8_t",
    "class", "co_await", "co_return", "co_yield", "compl", "concept", "const", "const_cast", "consteval", "constexpr",
    "constinit", "continue", "decltype", "default", "delete", "do", "double", "dynamic_cast", "else", "enum",
    "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if", "inline", "int", "long",
    "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr", "operator", "or", "or_eq", "private",
    "protected", "public", "register", "reinterpret_cast", "requires", "restrict", "return", "short", "signed",
    "sizeof", "static", "static_assert", "static_cast", "struct", "switch", "template", "this", "thread_local",
    "throw", "true", "try", "typedef", "typeid", "typename", "typeof", "typeof_unqual", "union", "unsigned", "using",
    "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq",
};
// clang-format on

bool is_keyword(const std::string &name) {
    return std::find(std::begin(kKeywords), std::end(kKeywords), name) != std::end(kKeywords);
}

// Without the locale of the program.
bool is_identifier_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool begins_with_digit(const std::string &name) { return !name.empty() && name[0] >= '0' && name[0] <= '9'; }

std::string of_axis(const Layer &layer, size_t axis) {
    return " of spatial axis " + std::to_string(axis + static_cast<size_t>(layer.spatial_rank) - layer.axes.size());
}

Status check_elements(const std::string &argument, const std::vector<int64_t> &shape) {
    for (int64_t extent : shape) {
        if (extent > kLargest) return unsupported(argument, to_text(shape), kElementsRule);
    }
    if (!count_elements(shape)) return unsupported(argument, to_text(shape), kElementsRule);
    return Success{};
}

}  // namespace

const char *const kTypesRule = "only float32 is supported yet";

const char *const kElementsRule = "more than 2147483647 elements in a tensor are not supported";

std::optional<int64_t> count_elements(const std::vector<int64_t> &shape) {
    int64_t product = 1;
    bool empty = false;
    for (int64_t extent : shape) {
        empty = empty || extent == 0;
        if (extent == 0) continue;
        if (extent > kLargest / product) return std::nullopt;
        product *= extent;
    }
    return empty ? 0 : product;
}

std::vector<int64_t> dense_strides(const std::vector<int64_t> &shape) {
    std::vector<int64_t> strides(shape.size(), 1);
    for (size_t d = shape.size(); d-- > 1;) strides[d - 1] = strides[d] * std::max<int64_t>(shape[d], 1);
    return strides;
}

Status check_types(const Layer &layer) {
    if (layer.types == ElementTypes::all(DataType::kFloat32)) return Success{};
    return unsupported("dtype", "\"" + layer.dtype() + "\"", kTypesRule);
}

Status check_name(const std::string &name) {
    const std::string shown = "\"" + printable(name) + "\"";
    if (name.empty() || begins_with_digit(name) || !std::all_of(name.begin(), name.end(), is_identifier_character)) {
        return invalid_argument("name", shown, "must be a C identifier: letters, digits and '_', no digit first");
    }
    if (is_keyword(name)) return invalid_argument("name", shown, "must not be a keyword of C or C++");
    if (name.size() > kLongestName) {
        return invalid_argument("name", shown, "must have at most " + std::to_string(kLongestName) + " characters");
    }
    return Success{};
}

std::string to_identifier(const std::string &name) {
    std::string result = name;
    for (char &c : result) {
        if (!is_identifier_character(c)) c = '_';
    }
    return begins_with_digit(result) || is_keyword(result) ? "layer_" + result : result;
}

Status check_window(const Layer &layer) {
    for (size_t a = 0; a < layer.axes.size(); a++) {
        const Axis &axis = layer.axes[a];
        const std::string rule = "more than " + std::to_string(kLargestWindow) + " is not supported";
        if (axis.kernel > kLargestWindow) {
            return unsupported("kernel_size" + of_axis(layer, a), std::to_string(axis.kernel), rule);
        }
        if (axis.stride > kLargestWindow) {
            return unsupported("stride" + of_axis(layer, a), std::to_string(axis.stride), rule);
        }
        if (axis.full_extent() > kLargest) {
            return unsupported("(input - 1)*stride + (kernel_size - 1)*dilation + 1" + of_axis(layer, a),
                               std::to_string(axis.full_extent()),
                               "an uncropped output of more than 2147483647 is not supported");
        }
    }
    return Success{};
}

Status check_sizes(const Layer &layer, const TensorNames &names) {
    Status status = check_elements(names.input, layer.input_shape());
    if (status) status = check_elements(names.filter, layer.filter_shape());
    if (status) status = check_elements("output shape", layer.output_shape());
    return status;
}

}  // namespace tconv
