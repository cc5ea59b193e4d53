// SPDX-License-Identifier: Apache-2.0
// Values as they appear in messages: one line, bounded in length.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tconv {

// "[1, 4, 4, 3]"
std::string to_text(const std::vector<int64_t> &values);

// Text from a file or a command line: control characters become '?', the middle of a long text becomes "...".
std::string printable(const std::string &text, size_t longest = 200);

// The known word that was probably meant: it differs by a slip or two of the keyboard, or holds the word as a part. Empty
// where none does. Upper and lower case are the same here.
std::string nearest_word(const std::string &word, const std::vector<std::string> &known);

// "; did you mean strides?", to end a message with; empty where no word is near.
std::string did_you_mean(const std::string &word, const std::vector<std::string> &known);

// "a, b, c"
std::string join(const std::vector<std::string> &words, const std::string &separator = ", ");

}  // namespace tconv
