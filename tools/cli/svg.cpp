// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/svg.h"

#include <algorithm>

namespace tconv {

namespace {

constexpr int64_t kMargin = 16;
constexpr const char *kInk = "#1a1a1a";

std::string escaped(const std::string &text) {
    std::string result;
    for (char c : text) {
        switch (c) {
        case '&': result += "&amp;"; break;
        case '<': result += "&lt;"; break;
        case '>': result += "&gt;"; break;
        case '"': result += "&quot;"; break;
        default: result += static_cast<unsigned char>(c) < ' ' ? ' ' : c;  // XML 1.0 has no control characters
        }
    }
    return result;
}

std::string attribute(const char *name, int64_t value) {
    return std::string(" ") + name + "=\"" + std::to_string(value) + "\"";
}

std::string attribute(const char *name, const std::string &value) {
    return std::string(" ") + name + "=\"" + value + "\"";
}

}  // namespace

void Svg::include(int64_t right, int64_t bottom) {
    right_ = std::max(right_, right);
    bottom_ = std::max(bottom_, bottom);
}

void Svg::rectangle(const Box &box, const std::string &fill, const std::string &stroke, const std::string &extra) {
    body_ += indent_ + "<rect" + attribute("x", box.x) + attribute("y", box.y) + attribute("width", box.width) +
             attribute("height", box.height) + attribute("fill", fill) + attribute("stroke", stroke) + extra + "/>\n";
    include(box.x + box.width, box.y + box.height);
}

void Svg::line(int64_t x1, int64_t y1, int64_t x2, int64_t y2, const std::string &stroke, const std::string &extra) {
    body_ += indent_ + "<line" + attribute("x1", x1) + attribute("y1", y1) + attribute("x2", x2) + attribute("y2", y2) +
             attribute("stroke", stroke) + extra + "/>\n";
    include(std::max(x1, x2), std::max(y1, y2));
}

void Svg::text(int64_t x, int64_t y, const std::string &text, Anchor anchor, int size, const std::string &extra) {
    const char *names[] = {"start", "middle", "end"};
    body_ += indent_ + "<text" + attribute("x", x) + attribute("y", y) + attribute("font-size", size);
    if (anchor != Anchor::kStart) {
        body_ += attribute("text-anchor", names[static_cast<int>(anchor)]);
    }
    body_ += extra + ">" + escaped(text) + "</text>\n";
    const int64_t width = text_width(text, size);
    include(anchor == Anchor::kStart ? x + width : anchor == Anchor::kMiddle ? x + width / 2 : x, y + size / 3);
}

void Svg::begin_group(const std::string &class_name, const std::string &title) {
    body_ += indent_ + "<g" + attribute("class", class_name) + ">\n";
    indent_ += "  ";
    body_ += indent_ + "<title>" + escaped(title) + "</title>\n";
}

void Svg::end_group() {
    indent_.resize(indent_.size() - 2);
    body_ += indent_ + "</g>\n";
}

std::string Svg::file(const std::string &title, const std::string &description) const {
    const std::string width = std::to_string(right_ + kMargin), height = std::to_string(bottom_ + kMargin);
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
           "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"" +
           width + "\" height=\"" + height + "\" viewBox=\"0 0 " + width + " " + height +
           "\" font-family=\"sans-serif\" fill=\"" + kInk + "\">\n" + "  <title>" + escaped(title) + "</title>\n" +
           "  <desc>" + escaped(description) + "</desc>\n" +
           // White, whatever the page behind it is.
           "  <rect x=\"0\" y=\"0\" width=\"" + width + "\" height=\"" + height + "\" fill=\"#ffffff\"/>\n" + body_ +
           "</svg>\n";
}

int64_t text_width(const std::string &text, int size) { return static_cast<int64_t>(text.size()) * size * 65 / 100; }

}  // namespace tconv
