// SPDX-License-Identifier: Apache-2.0
// Writes a picture as SVG 1.1, element by element. Coordinates are integers, so the text is the same everywhere.
#pragma once

#include <cstdint>
#include <string>

namespace tconv {

class Svg {
public:
    struct Box {
        int64_t x = 0, y = 0, width = 0, height = 0;
    };
    enum class Anchor { kStart, kMiddle, kEnd };

    // `extra` is more attributes, written by us: ` stroke-dasharray="3 2"`.
    void rectangle(const Box &box, const std::string &fill, const std::string &stroke, const std::string &extra = "");
    void line(int64_t x1, int64_t y1, int64_t x2, int64_t y2, const std::string &stroke, const std::string &extra = "");
    // `y` is the base line; the text may hold any characters.
    void text(int64_t x, int64_t y, const std::string &text, Anchor anchor = Anchor::kStart, int size = 12,
              const std::string &extra = "");
    // A group, with what a viewer shows when one points at it; ended by end_group().
    void begin_group(const std::string &class_name, const std::string &title);
    void end_group();

    // The whole file. The picture is as wide and as high as what was drawn, and a margin.
    std::string file(const std::string &title, const std::string &description) const;

private:
    void include(int64_t right, int64_t bottom);

    std::string body_, indent_ = "  ";
    int64_t right_ = 0, bottom_ = 0;
};

// A width that the text does not exceed in the usual sans-serif fonts.
int64_t text_width(const std::string &text, int size);

}  // namespace tconv
