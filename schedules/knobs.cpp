// SPDX-License-Identifier: Apache-2.0
#include "schedules/knobs.h"

namespace tconv {

std::string to_string(const Knobs &knobs) {
    std::string text;
    for (const auto &[name, value] : knobs) {
        text += (text.empty() ? "" : " ") + name + "=" + std::to_string(value);
    }
    return text;
}

}  // namespace tconv
