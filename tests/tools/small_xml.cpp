// SPDX-License-Identifier: Apache-2.0
#include "small_xml.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tconv::test {

namespace {

constexpr const char *kSpace = " \t\r\n";

class Parser {
public:
    explicit Parser(const std::string &text) : text_(text) {}

    XmlElement document() {
        if (starts("<?xml ")) {
            at_ = past("?>");
        }
        skip_space();
        XmlElement root = element();
        skip_space();
        require(at_ == text_.size(), "text behind the root element");
        return root;
    }

private:
    void require(bool holds, const char *what) const {
        if (!holds) {
            throw std::runtime_error("XML, byte " + std::to_string(at_) + ": " + what);
        }
    }

    bool starts(const std::string &word) const { return text_.compare(at_, word.size(), word) == 0; }

    void expect(const std::string &word) {
        require(starts(word), word.c_str());
        at_ += word.size();
    }

    size_t past(const std::string &word) const {
        const size_t found = text_.find(word, at_);
        require(found != std::string::npos, word.c_str());
        return found + word.size();
    }

    void skip_space() { at_ = std::min(text_.find_first_not_of(kSpace, at_), text_.size()); }

    std::string name() {
        const size_t end =
            text_.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:", at_);
        require(end != std::string::npos && end > at_, "a name");
        std::string result = text_.substr(at_, end - at_);
        at_ = end;
        return result;
    }

    // Up to one of `ends`, with references replaced.
    std::string characters(const char *ends) {
        std::string result;
        while (at_ < text_.size() && std::string(ends).find(text_[at_]) == std::string::npos) {
            const char c = text_[at_];
            require(c != '<' && (static_cast<unsigned char>(c) >= ' ' || c == '\n'),
                    "a character that must not be there");
            if (c != '&') {
                result += c;
                at_++;
                continue;
            }
            const std::pair<const char *, char> references[] = {
                {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}};
            bool known = false;
            for (const auto &[word, character] : references) {
                if (starts(word)) {
                    result += character;
                    at_ += std::string(word).size();
                    known = true;
                    break;
                }
            }
            require(known, "a reference");
        }
        return result;
    }

    XmlElement element() {
        XmlElement result;
        expect("<");
        result.name = name();
        for (skip_space(); !starts(">") && !starts("/>"); skip_space()) {
            const std::string key = name();
            expect("=\"");
            require(result.attributes.emplace(key, characters("\"")).second, "an attribute that is there once");
            expect("\"");
        }
        if (starts("/>")) {
            at_ += 2;
            return result;
        }
        expect(">");
        for (result.text = characters("<"); !starts("</"); result.text += characters("<")) {
            require(at_ < text_.size(), "an end tag");
            result.children.push_back(element());
        }
        expect("</" + result.name + ">");
        return result;
    }

    const std::string &text_;
    size_t at_ = 0;
};

}  // namespace

std::string XmlElement::attribute(const std::string &key) const {
    const auto found = attributes.find(key);
    return found == attributes.end() ? "" : found->second;
}

std::vector<const XmlElement *> XmlElement::all(const std::string &wanted) const {
    std::vector<const XmlElement *> result;
    for (const XmlElement &child : children) {
        if (wanted.empty() || child.name == wanted) {
            result.push_back(&child);
        }
        const std::vector<const XmlElement *> below = child.all(wanted);
        result.insert(result.end(), below.begin(), below.end());
    }
    return result;
}

XmlElement parse_xml(const std::string &text) { return Parser(text).document(); }

}  // namespace tconv::test
