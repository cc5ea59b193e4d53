// SPDX-License-Identifier: Apache-2.0
#include "message.h"

#include "check.h"

namespace tconv {

namespace {

constexpr size_t kLongestMessage = 1500;

// How many bytes follow the first one of a UTF-8 sequence; -1 for a byte that begins none.
int continuation_bytes(unsigned char first) {
    if (first < 0x80) return 0;
    if (first >= 0xc2 && first < 0xe0) return 1;
    if (first >= 0xe0 && first < 0xf0) return 2;
    return first >= 0xf0 && first < 0xf5 ? 3 : -1;
}

bool is_utf8(const std::string &text) {
    for (size_t i = 0; i < text.size(); i++) {
        const int more = continuation_bytes(static_cast<unsigned char>(text[i]));
        if (more < 0) return false;
        for (int m = 0; m < more; m++) {
            if (++i == text.size() || (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return false;
        }
    }
    return true;
}

bool has_control_character(const std::string &text) {
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) return true;
    }
    return false;
}

}  // namespace

void check_message(const Error &error) {
    FUZZ_CHECK(!error.message.empty());
    FUZZ_CHECK(error.message.size() <= kLongestMessage);
    FUZZ_CHECK(!has_control_character(error.message));
    FUZZ_CHECK(is_utf8(error.message));
}

}  // namespace tconv
