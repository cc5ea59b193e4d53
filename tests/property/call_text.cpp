// SPDX-License-Identifier: Apache-2.0
#include "tests/property/call_text.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace tconv::test {
namespace {

// JSON texts of the forms an argument can take; an empty text leaves the key out.
using Forms = std::vector<std::string>;

const std::string &pick(const Forms &forms, Random &random) {
    return forms[static_cast<size_t>(random.between(0, static_cast<int64_t>(forms.size()) - 1))];
}

std::string quoted(const std::string &text) { return '"' + text + '"'; }

std::string list(const std::vector<int64_t> &values) {
    std::string text;
    for (const int64_t value : values) text += (text.empty() ? "" : ", ") + std::to_string(value);
    return '[' + text + ']';
}

bool all_are(const std::vector<int64_t> &values, int64_t value) {
    return std::all_of(values.begin(), values.end(), [&](int64_t v) { return v == value; });
}

std::string random_case(std::string text, Random &random) {
    for (char &c : text)
        if (c >= 'a' && c <= 'z' && one_in(random, 2)) c = static_cast<char>(c - 'a' + 'A');
    return text;
}

class CallWriter {
public:
    CallWriter(const OperatorCall &call, Random &random) : call_(call), random_(random) {}

    std::string text() {
        add("name", {quoted("random")});
        add("op", {quoted(to_string(call_.op))});
        add("input_shape", {list(call_.input_shape())});
        add("dtype", {"", quoted("float32")});
        add("strict_nonfinite", {"", "false", "true"});
        add("max_error_growth", {"", "1", "2.5"});
        if (call_.op == Op::kKerasConv2DTranspose) {
            add_layer_arguments();
        } else {
            add("filter_shape", {list(call_.filter_shape())});
            add("bias", call_.bias ? Forms{"true"} : Forms{"", "false"});
            add("activation", activation_forms());
        }
        if (call_.op == Op::kKerasConv2DTranspose || call_.op == Op::kKerasConvTranspose) {
            add_keras_arguments();
        } else {
            add_tf_arguments();
        }
        return joined();
    }

private:
    void add(const std::string &key, const Forms &forms) {
        const std::string &value = pick(forms, random_);
        if (!value.empty()) members_.push_back(quoted(key) + ": " + value);
    }

    Forms activation_forms() const {
        Forms forms = {quoted(to_string(call_.activation))};
        if (call_.activation == Activation::kNone) forms = {"", "null", quoted("linear")};
        if (call_.activation == Activation::kSilu) forms.push_back(quoted("swish"));
        if (call_.activation == Activation::kHardSilu) forms.push_back(quoted("hard_swish"));
        return forms;
    }

    // strides and dilations of tf.nn. A list of all dimensions has 1 for batch and channels.
    Forms tf_window_forms(const std::vector<int64_t> &values) const {
        std::vector<int64_t> whole = values;
        whole.insert(call_.channels_first ? whole.begin() : whole.end(), 1);
        whole.insert(whole.begin(), 1);
        Forms forms = {list(values), list(whole)};
        if (all_are(values, values[0])) {
            forms.push_back(std::to_string(values[0]));
            forms.push_back(list({values[0]}));
        }
        return forms;
    }

    static Forms or_default(Forms forms, bool is_default) {
        if (is_default) forms.insert(forms.end(), {"", "null"});
        return forms;
    }

    Forms tf_data_format_forms() const {
        const bool volume = call_.op == Op::kConv3dTranspose;
        if (call_.channels_first) return {quoted(volume ? "NCDHW" : "NCHW")};
        return {"", "null", quoted(volume ? "NDHWC" : "NHWC")};
    }

    void add_tf_arguments() {
        const bool atrous = call_.op == Op::kAtrousConv2dTranspose;
        const std::vector<int64_t> strides = call_.each(&Window::stride), dilations = call_.each(&Window::dilation);
        add("output_shape", {list(call_.output_shape())});
        if (atrous) {
            add("padding", {quoted(call_.same ? "SAME" : "VALID")});
            add("rate", {std::to_string(dilations[0])});
            return;
        }
        add("padding", call_.same ? Forms{"", quoted("SAME")} : Forms{quoted("VALID")});
        const bool strides_have_a_default = call_.op == Op::kConv2dTranspose;
        add("strides", or_default(tf_window_forms(strides), strides_have_a_default && all_are(strides, 1)));
        add("dilations", or_default(tf_window_forms(dilations), all_are(dilations, 1)));
        add("data_format", tf_data_format_forms());
    }

    static Forms keras_window_forms(const std::vector<int64_t> &values) {
        Forms forms = {list(values)};
        if (all_are(values, values[0])) forms.push_back(std::to_string(values[0]));
        return forms;
    }

    static Forms or_left_out(Forms forms, bool is_default) {
        if (is_default) forms.push_back("");
        return forms;
    }

    void add_keras_arguments() {
        const std::vector<int64_t> strides = call_.each(&Window::stride), dilations = call_.each(&Window::dilation);
        add("strides", or_left_out(keras_window_forms(strides), all_are(strides, 1)));
        add("dilation_rate", or_left_out(keras_window_forms(dilations), all_are(dilations, 1)));
        const std::string padding = quoted(random_case(call_.same ? "same" : "valid", random_));
        add("padding", or_left_out({padding}, !call_.same));
        const Forms stated = keras_window_forms(call_.each(&Window::output_padding));
        add("output_padding", call_.output_padding ? stated : Forms{"", "null"});
        const std::string layout = random_case(call_.channels_first ? "channels_first" : "channels_last", random_);
        add("data_format", or_default({quoted(layout)}, !call_.channels_first));
    }

    // What the constructor of the layer has besides. The arguments for training have no effect.
    void add_layer_arguments() {
        add("filters", {std::to_string(call_.out_channels)});
        add("kernel_size", keras_window_forms(call_.each(&Window::kernel)));
        add("filter_shape", {"", list(call_.filter_shape())});
        add("use_bias", call_.bias ? Forms{"", "true"} : Forms{"false"});
        add("activation", activation_forms());
        add("groups", {"", "1"});
        add("kernel_initializer", {"", "null", quoted("glorot_uniform")});
        add("bias_regularizer", {"", "null", R"({"class_name": "L2", "config": {"l2": 0.01}})"});
        add("kernel_constraint", {"", "null"});
        add("trainable", {"", "false"});
    }

    std::string joined() {
        for (size_t i = members_.size(); i > 1; i--)
            std::swap(members_[i - 1], members_[static_cast<size_t>(random_.between(0, static_cast<int64_t>(i) - 1))]);
        std::string text;
        for (const std::string &member : members_) text += (text.empty() ? "" : ", ") + member;
        return '{' + text + '}';
    }

    const OperatorCall &call_;
    Random &random_;
    std::vector<std::string> members_;
};

}  // namespace

std::string layer_file_text(const OperatorCall &call, Random &random) { return CallWriter(call, random).text(); }

}  // namespace tconv::test
