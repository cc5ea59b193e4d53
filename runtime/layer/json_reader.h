// SPDX-License-Identifier: Apache-2.0
// JSON with the strictness that a layer file wants: no duplicate key, no unknown key, a bool is no integer and 2.0 is
// none either. No exception of the JSON library leaves these functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tconv/status.h"

namespace tconv {

using Json = nlohmann::json;

// One document. An error names line and column.
Expected<Json> parse_json(const std::string &text);

// A value as it appears in a message.
std::string to_text(const Json &value);

// Typed access to the members of an object. The first failure is kept and later reads return their fallback, so that a
// reader states what it wants line by line and asks once, at the end, whether it got it.
class Fields {
public:
    // `object` must be an object and outlive the reader. `owner` names what the keys belong to in the message about an
    // unknown one; `prefix` goes in front of every key, e.g. "weights.".
    Fields(const Json &object, std::string owner, std::string prefix = "");

    // Adds a value that comes from elsewhere than the object; it is found like a member, and allow_only ignores it.
    void supply(const std::string &key, Json value);

    // Refuses members whose key is not among `known`.
    void allow_only(const std::vector<std::string> &known);

    // The member, or null where the object has none. A JSON null is a member.
    const Json *find(const std::string &key) const;
    // The member; its absence is a failure.
    const Json *require(const std::string &key);

    bool boolean(const std::string &key, bool fallback);
    // A failure when absent and no fallback is given.
    int64_t integer(const std::string &key, int64_t least, std::optional<int64_t> fallback = std::nullopt);
    // The same for one value already found; `form` completes "must be ...".
    int64_t integer(const std::string &key, const Json &value, int64_t least, const std::string &form);
    // None when absent. Not an extent, so not bound by the limit on extents.
    std::optional<int64_t> count(const std::string &key);
    std::string string(const std::string &key, std::optional<std::string> fallback = std::nullopt);
    // A list of integers from `least` on.
    std::vector<int64_t> integers(const std::string &key, int64_t least);
    // The same for one value already found.
    std::vector<int64_t> integers(const std::string &key, const Json &value, int64_t least, const std::string &form);
    // An integer, standing for every axis, or a list of `count` integers.
    std::vector<int64_t> per_axis(const std::string &key, const Json &value, size_t count, int64_t least);

    void refuse(const std::string &key, const std::string &rule);       // kInvalidArgument, with the member's value
    void unsupported(const std::string &key, const std::string &rule);  // kUnsupported, with the member's value
    void missing(const std::string &key, const std::string &rule);
    void fail(Error error);
    // Takes over the failure of a check, if it is one.
    void check(const Status &status);

    bool ok() const { return !error_; }
    // Precondition: !ok().
    const Error &error() const { return *error_; }
    Status status() const;

private:
    std::string value_text(const std::string &key) const;

    const Json &object_;
    Json supplied_ = Json::object();
    std::string owner_;
    std::string prefix_;
    std::optional<Error> error_;
};

}  // namespace tconv
