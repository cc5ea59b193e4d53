// SPDX-License-Identifier: Apache-2.0
// Reads XML without DTD, CDATA and processing instructions; strict otherwise. Throws where the text is not well-formed.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace tconv::test {

struct XmlElement {
    std::string name, text;  // the text of the element itself, not of its children
    std::map<std::string, std::string> attributes;
    std::vector<XmlElement> children;

    std::string attribute(const std::string &key) const;  // "" where it is absent
    // The descendants of a name, or all of them for "", in the order of the text.
    std::vector<const XmlElement *> all(const std::string &wanted) const;
};

XmlElement parse_xml(const std::string &text);

}  // namespace tconv::test
