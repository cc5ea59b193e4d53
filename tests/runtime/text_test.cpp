// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/text.h"

#include <gtest/gtest.h>

namespace tconv {
namespace {

const std::vector<std::string> kKeys = {
    "strides",     "padding",       "name", "data_format", "tf.nn.conv2d_transpose", "tf.nn.atrous_conv2d_transpose",
    "x86-64-avx2", "x86-64-avx512", "elu"};

TEST(NearestWord, UndoesASlip) {
    for (const auto &[word, meant] : std::vector<std::pair<std::string, std::string>>{
             {"stride", "strides"},          // left out
             {"stridess", "strides"},        // put in
             {"strudes", "strides"},         // changed
             {"stirdes", "strides"},         // swapped
             {"Strides", "strides"},         // another case
             {"dta_fromat", "data_format"},  // two, in a longer word
             {"eluu", "elu"},
             {"x86-64-avx521", "x86-64-avx512"},
             {"conv2d_transpose", "tf.nn.conv2d_transpose"},  // a part, of the shorter one
             {"AVX512", "x86-64-avx512"},
         }) {
        EXPECT_EQ(nearest_word(word, kKeys), meant) << word;
    }
}

// A name whose beginning is left out is no misspelt short one.
TEST(NearestWord, PrefersAPartToMoreThanOneSlip) {
    const std::vector<std::string> ops = {"conv_transpose", "tf.nn.conv2d_transpose", "keras.layers.Conv2DTranspose"};
    EXPECT_EQ(nearest_word("conv2d_transpose", ops), "tf.nn.conv2d_transpose");
    EXPECT_EQ(nearest_word("Conv2DTranspose", ops), "keras.layers.Conv2DTranspose");
    EXPECT_EQ(nearest_word("ConvTranspose2d", ops), "conv_transpose");
    EXPECT_EQ(nearest_word("conv_transpos", ops), "conv_transpose");
}

TEST(NearestWord, DoesNotGuess) {
    for (const std::string &word :
         std::vector<std::string>{"", "x", "seed", "stripped", "dilations", "avx", std::string(1000, 's')}) {
        EXPECT_EQ(nearest_word(word, kKeys), "") << word;
        EXPECT_EQ(did_you_mean(word, kKeys), "") << word;
    }
    EXPECT_EQ(nearest_word("strides", {}), "");
}

TEST(NearestWord, EndsAMessageInOneLine) {
    EXPECT_EQ(did_you_mean("pading", kKeys), "; did you mean padding?");
    EXPECT_EQ(did_you_mean("two_lines", {"two\nlines"}), "; did you mean two?lines?");
    EXPECT_EQ(nearest_word(std::string(64, 'a'), {std::string(70, 'a'), std::string(100000, 'a')}),
              std::string(70, 'a'));
}

}  // namespace
}  // namespace tconv
