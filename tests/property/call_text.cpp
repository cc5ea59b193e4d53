// SPDX-License-Identifier: Apache-2.0
#include "tests/property/call_text.h"

#include <algorithm>
#include <cstdio>
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

std::string number(int64_t value) { return std::to_string(value); }

// Reads back as the same float.
std::string number(float value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", static_cast<double>(value));
    return text;
}

template<typename T>
std::string list(const std::vector<T> &values) {
    std::string text;
    for (const T value : values) text += (text.empty() ? "" : ", ") + number(value);
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
        } else if (call_.op == Op::kConvTranspose) {
            add_explicit_arguments();
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

    // Of one with parameters: what stands behind its name; empty for a bare name.
    Forms parameter_forms() const {
        const Activation &activation = call_.activation;
        const std::string a = number(activation.a), b = number(activation.b);
        switch (activation.kind) {
        case Activation::kLeakyRelu:
            return {R"("leaky_relu", "negative_slope": )" + a, R"("prelu", "alpha": )" + a,
                    R"("prelu", "alpha": [)" + a + "]"};
        case Activation::kPrelu: return {R"("prelu", "alpha": )" + list(call_.slopes)};
        case Activation::kElu:
        case Activation::kCelu: return {quoted(to_string(activation)) + R"(, "alpha": )" + a};
        case Activation::kClip:
            return {R"("clip", "min": )" + a + R"(, "max": )" + b,
                    R"("hard_tanh", "min_val": )" + a + R"(, "max_val": )" + b,
                    R"("hard_tanh", "min_value": )" + a + R"(, "max_value": )" + b};
        case Activation::kHardSigmoid: return {R"("hard_sigmoid", "alpha": 0.16666667, "beta": 0.5)"};
        case Activation::kLinearHardSigmoid: return {R"("hard_sigmoid", "alpha": )" + a + R"(, "beta": )" + b};
        default: return {};
        }
    }

    // The name alone says it, with the parameters that the operator's framework has.
    bool has_bare_name() const {
        const Activation &activation = call_.activation;
        if (activation == Activation::kPrelu || activation == Activation::kClip) return false;
        if (activation != Activation(activation.kind)) return false;
        const bool ambiguous = activation == Activation::kLeakyRelu || activation == Activation::kHardSigmoid;
        return call_.op != Op::kConvTranspose || !ambiguous;
    }

    Forms activation_forms() const {
        Forms forms;
        for (const std::string &parameters : parameter_forms()) forms.push_back(R"({"name": )" + parameters + "}");
        if (has_bare_name()) forms.push_back(quoted(to_string(call_.activation)));
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
            forms.push_back(list(std::vector<int64_t>{values[0]}));
        }
        return forms;
    }

    static Forms or_default(Forms forms, bool is_default) {
        if (is_default) forms.insert(forms.end(), {"", "null"});
        return forms;
    }

    Forms tf_data_format_forms() const {
        const std::string spatial = std::string("DHW").substr(static_cast<size_t>(3 - call_.rank));
        if (call_.channels_first) return {quoted("NC" + spatial)};
        return {"", "null", quoted("N" + spatial + "C")};
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
        if (call_.crops == Crops::kStated) {
            add("padding", {padding_pairs()});
        } else {
            add("padding", call_.same ? Forms{"", quoted("SAME")} : Forms{quoted("VALID")});
        }
        const bool strides_have_a_default = call_.op != Op::kConv3dTranspose;
        add("strides", or_default(tf_window_forms(strides), strides_have_a_default && all_are(strides, 1)));
        add("dilations", or_default(tf_window_forms(dilations), all_are(dilations, 1)));
        add("data_format", tf_data_format_forms());
    }

    // What is left out behind follows from the output's extent, as far as whole strides go.
    std::string padding_pairs() const {
        std::vector<std::string> pairs;
        for (auto w = call_.windows.end() - call_.rank; w != call_.windows.end(); ++w) {
            const int64_t behind = w->crop_behind();
            const int64_t most = behind + w->stride - 1;
            pairs.push_back(list(std::vector<int64_t>{w->crop, std::max<int64_t>(0, random_.between(behind, most))}));
        }
        pairs.insert(call_.channels_first ? pairs.begin() : pairs.end(), "[0, 0]");
        std::string text = "[[0, 0]";
        for (const std::string &pair : pairs) text += ", " + pair;
        return text + "]";
    }

    void add_either(const char *name, const char *other, const Forms &forms) {
        add(one_in(random_, 2) ? name : other, forms);
    }

    void add_explicit_arguments() {
        const std::vector<int64_t> strides = call_.each(&Window::stride), dilations = call_.each(&Window::dilation);
        const std::vector<int64_t> padding = call_.each(&Window::output_padding);
        add_either("strides", "stride", or_left_out(keras_window_forms(strides), all_are(strides, 1)));
        add_either("dilations", "dilation", or_left_out(keras_window_forms(dilations), all_are(dilations, 1)));
        add("output_padding", or_left_out(keras_window_forms(padding), all_are(padding, 0)));
        add_either("kernel_shape", "kernel_size", or_left_out(keras_window_forms(call_.each(&Window::kernel)), true));
        add_either("group", "groups", {"", "1"});
        const std::string last = quoted("channels_last"), spatial = std::string("DHW").substr(3 - call_.rank);
        add("data_format", call_.channels_first ? Forms{"", quoted("channels_first")} : Forms{last});
        add("filter_layout", call_.filter_first ? Forms{"", quoted("IO" + spatial)} : Forms{quoted(spatial + "OI")});
        if (call_.crops == Crops::kStated) return add_pads();
        const bool upper = call_.crops == Crops::kSameUpper || call_.crops == Crops::kOutputShapeUpper;
        const bool lower = call_.crops == Crops::kSameLower;
        add("auto_pad", upper   ? Forms{quoted("SAME_UPPER")}
                        : lower ? Forms{quoted("SAME_LOWER")}
                                : Forms{"", quoted("NOTSET"), quoted("SAME_LOWER"), quoted("VALID")});
        if (call_.crops == Crops::kSameUpper || lower) return;
        add("output_shape", keras_window_forms(call_.each(&Window::output)));
    }

    void add_pads() {
        std::vector<int64_t> before = call_.each(&Window::crop), both = before;
        for (auto w = call_.windows.end() - call_.rank; w != call_.windows.end(); ++w) both.push_back(w->crop_behind());
        const bool symmetric = std::equal(before.begin(), before.end(), both.begin() + call_.rank);
        Forms forms = {list(both)};
        if (symmetric) forms = keras_window_forms(before);
        if (symmetric && one_in(random_, 2)) return add("padding", or_left_out(forms, all_are(both, 0)));
        if (symmetric) forms.push_back(list(both));
        add("pads", or_left_out(forms, all_are(both, 0)));
        add("auto_pad", all_are(both, 0) ? Forms{"", quoted("NOTSET"), quoted("VALID")} : Forms{"", quoted("NOTSET")});
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
