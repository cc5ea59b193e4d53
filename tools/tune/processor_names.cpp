// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/processor_names.h"

#include <sstream>

#include "runtime/base/text.h"
#include "tools/compiler/host_processor.h"

namespace tconv {

NameLine read_name_line(const std::string &line, ProcessorNames &names) {
    std::istringstream words(line);
    std::string key;
    words >> key;
    if (key == "model") {
        std::getline(words >> std::ws, names.model);
        names.model = printable(names.model);
        return NameLine::kRead;
    }
    if (key == "x86") {
        std::string vendor;
        uint32_t family = 0, model = 0;
        words >> vendor >> family >> model;
        names.processor = x86_processor(vendor, family, model);
        return words.fail() ? NameLine::kBad : NameLine::kRead;
    }
    if (key == "arm") {
        uint32_t implementer = 0, part = 0;
        words >> implementer >> part;
        names.processor = arm_processor(implementer, part);
        return words.fail() ? NameLine::kBad : NameLine::kRead;
    }
    return NameLine::kOther;
}

}  // namespace tconv
