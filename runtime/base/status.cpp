// SPDX-License-Identifier: Apache-2.0
#include "tconv/status.h"

namespace tconv {

namespace {

std::string about_argument(const std::string &argument, const std::string &value, const std::string &rule) {
    return argument + " = " + value + ": " + rule;
}

}  // namespace

Error invalid_argument(const std::string &argument, const std::string &value, const std::string &rule) {
    return {StatusCode::kInvalidArgument, about_argument(argument, value, rule)};
}

Error unsupported(const std::string &argument, const std::string &value, const std::string &rule) {
    return {StatusCode::kUnsupported, about_argument(argument, value, rule)};
}

}  // namespace tconv
