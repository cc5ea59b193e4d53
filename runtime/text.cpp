// SPDX-License-Identifier: Apache-2.0
#include "text.h"

namespace tconv {

namespace {

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

std::string join(const std::vector<std::string> &words, const std::string &separator) {
    std::string text;
    for (size_t i = 0; i < words.size(); i++) text += (i == 0 ? "" : separator) + words[i];
    return text;
}

std::string to_text(const std::vector<int64_t> &values) {
    std::vector<std::string> words;
    for (int64_t value : values) words.push_back(std::to_string(value));
    return "[" + join(words) + "]";
}

std::string printable(const std::string &text, size_t longest) {
    std::string result = text;
    if (text.size() > longest) {
        // No cut inside a UTF-8 sequence.
        size_t head = longest / 2, tail = text.size() - longest / 2;
        while (head > 0 && is_continuation(text[head])) head--;
        while (tail < text.size() && is_continuation(text[tail])) tail++;
        result = text.substr(0, head) + "..." + text.substr(tail);
    }
    for (char &c : result) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) c = '?';
    }
    return result;
}

}  // namespace tconv
