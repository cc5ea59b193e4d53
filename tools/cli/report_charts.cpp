// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/report_charts.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

namespace tconv {

namespace {

constexpr double kSlowest = 0.4;  // times the default's speed; slower ones are drawn there
constexpr size_t kClasses = 6;

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.1f", value);
    return text;
}

std::string short_number(double value) {
    char text[32];
    std::snprintf(text, sizeof(text), "%g", value);
    return text;
}

// 1, 2, 2.5 or 5 times a power of ten, so that the range has about `count` of them.
double tick_step(double range, int count) {
    const double rough = range / count, power = std::pow(10, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
        if (factor * power >= rough) return factor * power;
    }
    return 10 * power;
}

struct Frame {
    double width, height, left, right, top, bottom;  // of the picture, and margins
    double x_end = 1, y_begin = 0, y_end = 1;        // in data; x begins at 0

    double x(double value) const { return left + (width - left - right) * value / x_end; }
    double y(double value) const {
        const double inside = std::clamp(value, y_begin, y_end);
        return top + (height - top - bottom) * (y_end - inside) / (y_end - y_begin);
    }
};

std::string begin_svg(const Frame &frame, const std::string &title) {
    return "<svg viewBox=\"0 0 " + short_number(frame.width) + " " + short_number(frame.height) +
           "\" role=\"img\"><title>" + xml_escaped(title) + "</title>\n";
}

std::string text(double x, double y, const std::string &anchor, const std::string &words) {
    return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor + "\">" +
           xml_escaped(words) + "</text>\n";
}

std::string line(const std::string &style, double x1, double y1, double x2, double y2) {
    return "<line class=\"" + style + "\" x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) +
           "\" y2=\"" + number(y2) + "\"/>\n";
}

std::string dot(const std::string &style, double x, double y, const std::string &title) {
    return "<circle class=\"dot " + style + "\" cx=\"" + number(x) + "\" cy=\"" + number(y) + "\" r=\"3.5\"><title>" +
           xml_escaped(title) + "</title></circle>\n";
}

std::string trial_title(const SessionTrial &trial) {
    char speed[32];
    std::snprintf(speed, sizeof(speed), "%.2f times: ", speed_of(trial));
    return speed + trial.candidate.variant + ", " + to_string(trial.candidate.knobs);
}

// The range of speeds that holds all of them and the default's 1, a little wider.
void fit_speeds(Frame &frame, const std::vector<SessionTrial> &trials) {
    double slowest = 1, fastest = 1;
    for (const SessionTrial &trial : trials) {
        if (!trial.failure.empty()) continue;
        slowest = std::min(slowest, speed_of(trial));
        fastest = std::max(fastest, speed_of(trial));
    }
    slowest = std::max(slowest, kSlowest);
    const double margin = std::max(0.05 * (fastest - slowest), 0.02);
    frame.y_begin = slowest - margin;
    frame.y_end = fastest + margin;
}

std::string speed_axis(const Frame &frame, int ticks) {
    std::string svg;
    const double step = tick_step(frame.y_end - frame.y_begin, ticks);
    for (double value = std::ceil(frame.y_begin / step) * step; value <= frame.y_end; value += step) {
        const double y = frame.y(value);
        const bool is_default = std::fabs(value - 1) < step / 1000;
        svg += line(is_default ? "one" : "grid", frame.left, y, frame.width - frame.right, y);
        svg += text(frame.left - 6, y + 4, "end", short_number(std::round(value * 1000) / 1000));
    }
    return svg;
}

}  // namespace

std::string xml_escaped(const std::string &text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
        case '&': result += "&amp;"; break;
        case '<': result += "&lt;"; break;
        case '>': result += "&gt;"; break;
        case '"': result += "&quot;"; break;
        default: result += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
        }
    }
    return result;
}

double speed_of(const SessionTrial &trial) { return std::exp(-trial.log_time); }

std::map<std::string, std::string> variant_classes(const std::vector<SessionTrial> &trials,
                                                   const Candidate &by_default) {
    std::map<std::string, std::string> classes;
    const auto add = [&](const std::string &variant) {
        if (!variant.empty()) classes.emplace(variant, "s" + std::to_string(std::min(classes.size(), kClasses - 1)));
    };
    add(by_default.variant);
    for (const SessionTrial &trial : trials) add(trial.candidate.variant);
    return classes;
}

std::string progress_chart(const std::vector<SessionTrial> &trials, const std::map<std::string, std::string> &classes) {
    Frame frame{560, 280, 48, 12, 12, 64};
    fit_speeds(frame, trials);
    double last = 1;
    for (const SessionTrial &trial : trials) last = std::max(last, trial.seconds);
    frame.x_end = last;
    std::string svg = begin_svg(frame, "Speed of the candidates over the time of the session");
    svg += speed_axis(frame, 5);
    const double lane = frame.height - frame.bottom + 14, floor = lane + 12;
    const double step = tick_step(last, 7);
    for (double seconds = 0; seconds <= last; seconds += step) {
        svg += line("grid", frame.x(seconds), frame.top, frame.x(seconds), floor);
        svg += text(frame.x(seconds), floor + 14, "middle", short_number(seconds));
    }
    svg += text((frame.left + frame.width - frame.right) / 2, frame.height - 6, "middle", "seconds");
    svg += text(frame.left - 6, lane + 4, "end", "failed");
    std::string path = "M" + number(frame.x(0)) + " " + number(frame.y(1));
    for (const SessionTrial &trial : trials) {
        const double x = frame.x(trial.seconds);
        if (!trial.failure.empty()) {
            svg += "<path class=\"cross\" d=\"M" + number(x - 3) + " " + number(lane - 3) + "l6 6m0 -6l-6 6\"><title>" +
                   xml_escaped(trial.candidate.variant + ": " + trial.failure) + "</title></path>\n";
            continue;
        }
        svg += dot(classes.at(trial.candidate.variant), x, frame.y(speed_of(trial)), trial_title(trial));
        if (trial.is_best) path += "H" + number(x) + "V" + number(frame.y(speed_of(trial)));
    }
    path += "H" + number(frame.x(last));
    return svg + "<path class=\"best\" d=\"" + path + "\"/>\n</svg>\n";
}

std::vector<KnobChart> knob_charts(const std::vector<SessionTrial> &trials, const Candidate &by_default,
                                   const std::map<std::string, std::string> &classes) {
    std::vector<SessionTrial> timed = {{by_default, 0, "", false, 0}};
    std::map<std::string, std::set<int>> values;
    for (const SessionTrial &trial : trials) {
        if (trial.failure.empty()) timed.push_back(trial);
    }
    for (const SessionTrial &trial : timed) {
        for (const auto &[knob, value] : trial.candidate.knobs) values[knob].insert(value);
    }
    std::vector<KnobChart> charts;
    for (const auto &[knob, listed] : values) {
        if (listed.size() < 2) continue;
        Frame frame{320, 190, 42, 10, 10, 26};
        fit_speeds(frame, timed);
        frame.x_end = static_cast<double>(listed.size());
        std::string svg = begin_svg(frame, "Speed by " + knob) + speed_axis(frame, 4);
        // Labels that would run into each other are left out.
        const size_t every = (listed.size() + 9) / 10;
        std::map<int, double> place;
        for (const int value : listed) {
            const size_t index = place.size();
            place[value] = static_cast<double>(index) + 0.5;
            if (index % every == 0) {
                svg += text(frame.x(place[value]), frame.height - 8, "middle", std::to_string(value));
            }
        }
        std::map<int, int> count;
        for (const SessionTrial &trial : timed) {
            const auto at = trial.candidate.knobs.find(knob);
            if (at == trial.candidate.knobs.end()) continue;
            // Side by side, so that equal speeds do not hide each other.
            const double aside = 0.12 * (count[at->second]++ % 5 - 2);
            svg += dot(classes.at(trial.candidate.variant), frame.x(place[at->second] + aside),
                       frame.y(speed_of(trial)), trial_title(trial));
        }
        charts.push_back({knob, svg + "</svg>\n"});
    }
    return charts;
}

}  // namespace tconv
