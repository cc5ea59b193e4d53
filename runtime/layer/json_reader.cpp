// SPDX-License-Identifier: Apache-2.0
#include "runtime/layer/json_reader.h"

#include <algorithm>
#include <limits>
#include <set>

#include "runtime/base/text.h"
#include "runtime/layer/validate.h"

namespace tconv {

namespace {

constexpr size_t kDeepest = 32;  // the JSON library prints values recursively

// Without the library's own "[json.exception.parse_error.101] ".
std::string parse_failure(const std::string &what) {
    const size_t end = what.find("] ");
    std::string text = what.compare(0, 6, "[json.") == 0 && end != std::string::npos ? what.substr(end + 2) : what;
    for (char &c : text) {
        if (static_cast<unsigned char>(c) >= 0x80) c = '?';  // it quotes the bytes that it refuses
    }
    return "not valid JSON: " + printable(text);
}

// Watches the parser for what is no JSON, and for what is and a layer file does not accept. It goes over the text once
// before values are made: the library's callback for that takes quadratic time in an array of objects.
class ParseWatch : public nlohmann::json_sax<Json> {
public:
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t &) override { return true; }
    bool string(string_t &) override { return true; }
    bool binary(binary_t &) override { return true; }
    bool start_object(size_t) override { return open(); }
    bool end_object() override { return close(); }
    bool start_array(size_t) override { return open(); }
    bool end_array() override { return close(); }

    bool key(string_t &key) override {
        if (open_.back().insert(key).second) return true;
        refusal_ = "key " + to_text(Json(key)) + " appears twice in one object";
        return false;
    }

    bool parse_error(size_t, const std::string &, const nlohmann::detail::exception &failure) override {
        refusal_ = parse_failure(failure.what());
        return false;
    }

    const std::string &refusal() const { return refusal_; }

private:
    bool open() {
        if (open_.size() == kDeepest) refusal_ = "nested deeper than 32 levels";
        open_.emplace_back();
        return refusal_.empty();
    }

    bool close() {
        open_.pop_back();
        return true;
    }

    std::vector<std::set<std::string>> open_;  // the keys of each object that is not closed yet
    std::string refusal_;
};

// Saturates above the range, where every rule refuses it. None for what is no integer.
std::optional<int64_t> as_integer(const Json &value) {
    if (value.is_number_unsigned()) {
        const auto number = value.get<uint64_t>();
        return static_cast<int64_t>(std::min<uint64_t>(number, std::numeric_limits<int64_t>::max()));
    }
    if (value.is_number_integer()) return value.get<int64_t>();
    return std::nullopt;
}

std::string count_text(size_t count) { return std::to_string(count) + " integers"; }

}  // namespace

Expected<Json> parse_json(const std::string &text) {
    const auto invalid = [](const std::string &message) { return Error{StatusCode::kInvalidArgument, message}; };
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) return invalid("not valid JSON: the text is empty");
    try {
        ParseWatch watch;
        if (!Json::sax_parse(text, &watch)) return invalid(watch.refusal());
        return Json::parse(text);
    } catch (const Json::exception &failure) {
        return invalid(parse_failure(failure.what()));
    }
}

std::string to_text(const Json &value) {
    return printable(value.dump(-1, ' ', false, Json::error_handler_t::replace), 120);
}

Fields::Fields(const Json &object, std::string owner, std::string prefix)
    : object_(object), owner_(std::move(owner)), prefix_(std::move(prefix)) {}

void Fields::supply(const std::string &key, Json value) { supplied_[key] = std::move(value); }

void Fields::allow_only(const std::vector<std::string> &known) {
    for (const auto &member : object_.items()) {
        if (!ok()) return;
        if (std::find(known.begin(), known.end(), member.key()) != known.end()) continue;
        fail(invalid_argument(prefix_ + printable(member.key(), 100), to_text(member.value()),
                              "unknown key; " + owner_ + " has " + join(known) + did_you_mean(member.key(), known)));
    }
}

const Json *Fields::find(const std::string &key) const {
    const auto supplied = supplied_.find(key);
    if (supplied != supplied_.end()) return &*supplied;
    const auto member = object_.find(key);
    return member == object_.end() ? nullptr : &*member;
}

const Json *Fields::require(const std::string &key) {
    const Json *value = find(key);
    if (!value) missing(key, owner_ + " requires it");
    return value;
}

bool Fields::boolean(const std::string &key, bool fallback) {
    const Json *value = find(key);
    if (!value) return fallback;
    if (!value->is_boolean()) {
        refuse(key, "must be true or false");
        return fallback;
    }
    return value->get<bool>();
}

int64_t Fields::integer(const std::string &key, int64_t least, std::optional<int64_t> fallback) {
    const Json *value = fallback ? find(key) : require(key);
    if (!value) return fallback.value_or(least);
    return integer(key, *value, least, "an integer");
}

int64_t Fields::integer(const std::string &key, const Json &value, int64_t least, const std::string &form) {
    const std::optional<int64_t> number = as_integer(value);
    if (!number) {
        refuse(key, "must be " + form);
        return least;
    }
    if (*number < least) {
        refuse(key, "must not be below " + std::to_string(least));
        return least;
    }
    if (*number > kLargest) {
        refuse(key, "must not exceed " + std::to_string(kLargest));
        return least;
    }
    return *number;
}

std::optional<int64_t> Fields::count(const std::string &key) {
    const Json *value = find(key);
    if (!value) return std::nullopt;
    const std::optional<int64_t> number = as_integer(*value);
    if (!number || *number < 0 || *number == std::numeric_limits<int64_t>::max()) {
        refuse(key, "must be an integer from 0 to 2^63 - 2");
        return std::nullopt;
    }
    return number;
}

std::string Fields::string(const std::string &key, std::optional<std::string> fallback) {
    const Json *value = fallback ? find(key) : require(key);
    if (!value) return fallback.value_or("");
    if (!value->is_string()) {
        refuse(key, "must be a string");
        return fallback.value_or("");
    }
    return value->get<std::string>();
}

std::vector<int64_t> Fields::integers(const std::string &key, int64_t least) {
    const Json *value = require(key);
    return value ? integers(key, *value, least, "a list of integers") : std::vector<int64_t>();
}

std::vector<int64_t> Fields::integers(const std::string &key, const Json &value, int64_t least,
                                      const std::string &form) {
    std::vector<int64_t> result;
    if (!value.is_array()) {
        refuse(key, "must be " + form);
        return result;
    }
    for (const Json &element : value) result.push_back(integer(key, element, least, form));
    return result;
}

std::vector<int64_t> Fields::per_axis(const std::string &key, const Json &value, size_t count, int64_t least) {
    const std::string form = "an integer or a list of " + (count == 1 ? "1 integer" : count_text(count));
    std::vector<int64_t> result(count, least);
    if (!value.is_array()) {
        result.assign(count, integer(key, value, least, form));
        return result;
    }
    if (value.size() != count) {
        refuse(key, "must be " + form);
        return result;
    }
    return integers(key, value, least, form);
}

std::string Fields::value_text(const std::string &key) const {
    const Json *value = find(key);
    return value ? to_text(*value) : "(absent)";
}

// A message takes as long as its value is, and only the first is kept.
void Fields::refuse(const std::string &key, const std::string &rule) {
    if (!ok()) return;
    fail(invalid_argument(prefix_ + key, value_text(key), rule));
}

void Fields::unsupported(const std::string &key, const std::string &rule) {
    if (!ok()) return;
    fail(tconv::unsupported(prefix_ + key, value_text(key), rule));
}

void Fields::missing(const std::string &key, const std::string &rule) {
    fail(invalid_argument(prefix_ + key, "(missing)", rule));
}

void Fields::fail(Error error) {
    if (!error_) error_ = std::move(error);
}

void Fields::check(const Status &status) {
    if (!status) fail(status.error());
}

Status Fields::status() const {
    if (error_) return *error_;
    return Success{};
}

}  // namespace tconv
