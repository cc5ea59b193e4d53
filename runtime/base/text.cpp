// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/text.h"

#include <algorithm>
#include <array>

namespace tconv {

namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::string lower_case(std::string text) {
    for (char &c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

constexpr size_t kLongestWord = 64;
constexpr size_t kLettersPerSlip = 5;  // of a word that is still told from its neighbours
constexpr size_t kMostSlips = kLongestWord / kLettersPerSlip;

// Letters put in, left out, changed, or swapped with their neighbour, that lead from a to b, of at most kLongestWord +
// kMostSlips letters each.
size_t slips(const std::string &a, const std::string &b) {
    std::array<std::array<size_t, kLongestWord + kMostSlips + 1>, 3> rows;  // of the last three beginnings of a
    for (size_t i = 0; i <= a.size(); i++) {
        auto &row = rows[i % 3];
        const auto &above = rows[(i + 2) % 3], &two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.size(); j++) {
            row[j] =
                i == 0 ? j : std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a.size() % 3][b.size()];
}

}  // namespace

std::string nearest_word(const std::string &word, const std::vector<std::string> &known) {
    constexpr size_t least_part = 4;
    const std::string wanted = lower_case(word.substr(0, kLongestWord + 1));
    if (wanted.empty() || wanted.size() > kLongestWord) return "";
    const size_t most = std::max<size_t>(1, wanted.size() / kLettersPerSlip);
    std::string nearest, holder;
    size_t least = most + 1;
    for (const std::string &candidate : known) {
        if (candidate.size() + most < wanted.size()) continue;
        const std::string other = lower_case(candidate);
        if (other.size() <= wanted.size() + most) {
            if (const size_t count = slips(wanted, other); count < least) {
                least = count;
                nearest = candidate;
            }
        }
        const bool holds = wanted.size() >= least_part && other.find(wanted) != std::string::npos;
        if (holds && (holder.empty() || candidate.size() < holder.size())) holder = candidate;
    }
    // "conv2d_transpose" is that of tf.nn, although "conv_transpose" is two slips away.
    return nearest.empty() || (least > 1 && !holder.empty()) ? holder : nearest;
}

std::string did_you_mean(const std::string &word, const std::vector<std::string> &known) {
    const std::string nearest = nearest_word(word, known);
    return nearest.empty() ? "" : "; did you mean " + printable(nearest) + "?";
}

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
