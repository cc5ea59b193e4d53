// SPDX-License-Identifier: Apache-2.0
// The charts of a tuning session's page, each an <svg> element whose colours are those of the page's style.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tools/tune/session_file.h"

namespace tconv {

// The text with what XML gives a meaning to written as references, and no control characters.
std::string xml_escaped(const std::string &text);

// How many times as fast as the default.
double speed_of(const SessionTrial &trial);

// The class of the style that variants are drawn in, s0 to s5, by their first appearance.
std::map<std::string, std::string> variant_classes(const std::vector<SessionTrial> &trials,
                                                   const Candidate &by_default);

// All trials over the seconds of the session, failures in a lane of their own, and a line at the best so far.
std::string progress_chart(const std::vector<SessionTrial> &trials, const std::map<std::string, std::string> &classes);

// For every knob that trials which have a time vary: its values against speed, the default among them.
struct KnobChart {
    std::string knob, svg;
};
std::vector<KnobChart> knob_charts(const std::vector<SessionTrial> &trials, const Candidate &by_default,
                                   const std::map<std::string, std::string> &classes);

}  // namespace tconv
