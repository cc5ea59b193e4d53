// SPDX-License-Identifier: Apache-2.0
/// \file
/// How the runtime reports failure: a value, never an exception, a print or an abort.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace tconv {

enum class StatusCode {
    kInvalidArgument,  ///< what was asked for has no meaning
    kUnsupported,      ///< it has a meaning, but this version does not compute it
    kNotFound,         ///< a file or tool that was named is missing or cannot be read
    kFailed,           ///< a step that should have worked did not (disk full, child process, device)
};

/// One line for a person: which argument, its value, and the rule it breaks.
struct Error {
    StatusCode code = StatusCode::kInvalidArgument;
    std::string message;
};

/// "argument = value: rule", the form of every message about an argument.
Error invalid_argument(const std::string &argument, const std::string &value, const std::string &rule);
Error unsupported(const std::string &argument, const std::string &value, const std::string &rule);

/// A T, or the reason why there is none. Test it with `if (result)`, then use `*result`.
template<typename T>
class [[nodiscard]] Expected {
public:
    Expected(T value) : state_(std::move(value)) {}
    Expected(Error error) : state_(std::move(error)) {}

    explicit operator bool() const { return std::holds_alternative<T>(state_); }
    T &operator*() { return std::get<T>(state_); }
    const T &operator*() const { return std::get<T>(state_); }
    T *operator->() { return &std::get<T>(state_); }
    const T *operator->() const { return &std::get<T>(state_); }
    const Error &error() const { return std::get<Error>(state_); }

private:
    std::variant<T, Error> state_;
};

/// Success, or the reason against it.
struct Success {};
using Status = Expected<Success>;

}  // namespace tconv
