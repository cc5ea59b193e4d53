// SPDX-License-Identifier: Apache-2.0
#include "runtime/layer/npy_header.h"

#include <cctype>
#include <limits>
#include <optional>

#include "runtime/base/text.h"

namespace tconv {

namespace {

constexpr size_t kMostDimensions = 32;  // NumPy's own limit when the format was made

// Reads the few Python literals that occur, from left to right. Every reader skips white space first, and leaves the
// position where it was when it finds something else.
class Scanner {
public:
    explicit Scanner(const std::string &text) : text_(text) {}

    bool take(char c) {
        skip_space();
        if (position_ >= text_.size() || text_[position_] != c) return false;
        position_++;
        return true;
    }

    bool at_end() {
        skip_space();
        return position_ == text_.size();
    }

    std::optional<std::string> quoted() {
        skip_space();
        if (position_ >= text_.size()) return std::nullopt;
        const char quote = text_[position_];
        if (quote != '\'' && quote != '"') return std::nullopt;
        const size_t end = text_.find(quote, position_ + 1);
        if (end == std::string::npos) return std::nullopt;
        std::string content = text_.substr(position_ + 1, end - position_ - 1);
        position_ = end + 1;
        return content;
    }

    std::optional<bool> boolean() {
        skip_space();
        if (take_word("True")) return true;
        if (take_word("False")) return false;
        return std::nullopt;
    }

    // Digits only; a value above the range of int64_t is none.
    std::optional<int64_t> natural() {
        skip_space();
        const size_t start = position_;
        int64_t value = 0;
        for (; position_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[position_])); position_++) {
            const int64_t digit = text_[position_] - '0';
            if (value > (std::numeric_limits<int64_t>::max() - digit) / 10) {
                position_ = start;
                return std::nullopt;
            }
            value = value * 10 + digit;
        }
        if (position_ == start) return std::nullopt;
        return value;
    }

    // What comes next, for a message.
    std::string rest() {
        skip_space();
        return printable(text_.substr(position_, text_.find_last_not_of(" \n") + 1 - position_), 60);
    }

private:
    void skip_space() {
        while (position_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[position_]))) position_++;
    }

    bool take_word(const std::string &word) {
        if (text_.compare(position_, word.size(), word) != 0) return false;
        position_ += word.size();
        return true;
    }

    const std::string &text_;
    size_t position_ = 0;
};

Error malformed(const std::string &what) { return {StatusCode::kInvalidArgument, "malformed .npy header: " + what}; }

// What NumPy calls a type, behind the character for the order of its bytes.
const char *npy_word(DataType type) {
    switch (type) {
    case DataType::kFloat32: return "f4";
    case DataType::kFloat16: return "f2";
    }
    return "";
}

Status read_descr(Scanner &scanner, DataType type, NpyHeader &header) {
    const std::string little = std::string("<") + npy_word(type), big = std::string(">") + npy_word(type);
    const std::string rule = ": must be '" + little + "' or '" + big + "' (" + to_string(type) + ")";
    const std::string rest = scanner.rest();
    const std::optional<std::string> descr = scanner.quoted();
    if (!descr) return Error{StatusCode::kUnsupported, "descr = " + rest + rule};
    if (*descr != little && *descr != big) {
        return Error{StatusCode::kUnsupported, "descr = '" + printable(*descr, 60) + "'" + rule};
    }
    header.big_endian = *descr == big;
    return Success{};
}

Status read_fortran_order(Scanner &scanner, NpyHeader &header) {
    const std::optional<bool> value = scanner.boolean();
    if (!value) return malformed("fortran_order must be True or False, not " + scanner.rest());
    header.fortran_order = *value;
    return Success{};
}

Status read_shape(Scanner &scanner, NpyHeader &header) {
    if (!scanner.take('(')) return malformed("shape must be a tuple, not " + scanner.rest());
    bool comma = true;
    while (!scanner.take(')')) {
        const std::optional<int64_t> extent = comma ? scanner.natural() : std::nullopt;
        if (!extent) return malformed("shape must hold integers from 0 to 2^63 - 1, not " + scanner.rest());
        header.shape.push_back(*extent);
        if (header.shape.size() > kMostDimensions) return malformed("shape has more than 32 dimensions");
        comma = scanner.take(',');
    }
    return Success{};
}

// One `key: value` of the dict. `seen` has a bit for each key.
Status read_entry(Scanner &scanner, DataType type, NpyHeader &header, unsigned &seen) {
    const std::string rest = scanner.rest();
    const std::optional<std::string> key = scanner.quoted();
    if (!key || !scanner.take(':')) return malformed("expected 'key': value, not " + rest);
    const unsigned bit = *key == "descr" ? 1u : *key == "fortran_order" ? 2u : *key == "shape" ? 4u : 0u;
    if (bit == 0) return malformed("unknown key '" + printable(*key, 60) + "'");
    if (seen & bit) return malformed("key '" + *key + "' appears twice");
    seen |= bit;
    if (bit == 1) return read_descr(scanner, type, header);
    return bit == 2 ? read_fortran_order(scanner, header) : read_shape(scanner, header);
}

// What numbers need in a header is ASCII. Other bytes, of whatever encoding, must not reach a message.
std::string with_ascii_alone(std::string text) {
    for (char &c : text) {
        if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    }
    return text;
}

}  // namespace

Expected<NpyHeader> parse_npy_header(const std::string &bytes, DataType type) {
    const std::string text = with_ascii_alone(bytes);
    Scanner scanner(text);
    NpyHeader header;
    unsigned seen = 0;
    if (!scanner.take('{')) return malformed("it must be a dict, not " + scanner.rest());
    bool comma = true;
    while (!scanner.take('}')) {
        if (!comma) return malformed("expected ',' or '}', not " + scanner.rest());
        const Status entry = read_entry(scanner, type, header, seen);
        if (!entry) return entry.error();
        comma = scanner.take(',');
    }
    if (!scanner.at_end()) return malformed("text after the dict: " + scanner.rest());
    if (seen != 7) return malformed("the keys descr, fortran_order and shape must all be there");
    return header;
}

std::string npy_header_text(const std::vector<int64_t> &shape, DataType type) {
    std::string extents;
    for (size_t d = 0; d < shape.size(); d++) extents += (d == 0 ? "" : ", ") + std::to_string(shape[d]);
    if (shape.size() == 1) extents += ",";
    return std::string("{'descr': '<") + npy_word(type) + "', 'fortran_order': False, 'shape': (" + extents + "), }";
}

}  // namespace tconv
