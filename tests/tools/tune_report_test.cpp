// SPDX-License-Identifier: Apache-2.0
// The page of `tconv tune --report`: well-formed, self-contained, and with what the session found.
#include "tools/cli/tune_report.h"

#include <gtest/gtest.h>

#include <cmath>

#include "small_xml.h"
#include "tconv/layer_file.h"

namespace tconv::test {
namespace {

Layer layer_named(const std::string &name) {
    Layer layer = parse_layer_text(R"({"name": "l", "op": "keras.ops.conv_transpose", "input_shape": [1, 8, 8, 16],
        "filter_shape": [4, 4, 8, 16], "strides": 2})",
                                   "")
                      ->front();
    layer.name = name;
    return layer;
}

SessionTrial timed(int tile_x, double speed, double seconds, bool is_best = false) {
    return {{"phases", {{"order", 1}, {"tile_x", tile_x}}}, -std::log(speed), "", is_best, seconds};
}

SessionTrial failed(const std::string &reason, double seconds) {
    return {{"winograd", {{"band", 8}}}, 0, reason, false, seconds};
}

LayerReport tuned_report() {
    LayerReport report{layer_named("up1"), {timed(2, 0.8, 3), timed(4, 1.25, 6, true), failed("timed out", 7)}, {}};
    report.trials.push_back(failed("timed out", 8));
    report.trials.push_back(failed("wrong: 1 < 2", 9));
    SessionSummary summary;
    summary.chosen = {"phases", {{"order", 1}, {"tile_x", 3}}};
    summary.best = {"phases", {{"order", 1}, {"tile_x", 4}}};
    summary.ms = 2;
    summary.default_ms = 2.5;
    summary.ratio = 0.8;
    summary.confidence = 0.9958;
    summary.limit_ms = 1;
    summary.end = "time is up";
    summary.verified = "native: 0.3 of the bound";
    report.summary = summary;
    return report;
}

LayerReport default_report() {
    LayerReport report = tuned_report();
    report.summary->best = report.summary->chosen;
    report.summary->ratio = report.summary->confidence = 1;
    report.summary->undisturbed = false;
    return report;
}

SessionFacts facts() {
    return {"A <Processor> & Co", "x86-64-avx2", "znver3", 1, 100, 20, "abc", "2026-01-31", "21", "21"};
}

std::string page_of(const std::vector<LayerReport> &layers) { return tune_report(facts(), layers); }

XmlElement read(const std::string &page) {
    const std::string doctype = "<!DOCTYPE html>\n";
    EXPECT_EQ(page.rfind(doctype, 0), 0u);
    return parse_xml(page.substr(doctype.size()));
}

int count_of(const XmlElement &page, const std::string &name, const std::string &style) {
    int count = 0;
    for (const XmlElement *element : page.all(name)) {
        count += (" " + element->attribute("class") + " ").find(" " + style + " ") != std::string::npos;
    }
    return count;
}

TEST(TuneReport, LoadsAndRunsNothing) {
    const XmlElement page = read(page_of({tuned_report(), default_report()}));
    for (const XmlElement *element : page.all("")) {
        EXPECT_NE(element->name, "script");
        EXPECT_NE(element->name, "link");
        EXPECT_NE(element->name, "img");
        EXPECT_EQ(element->attribute("src"), "");
        const std::string href = element->attribute("href");
        EXPECT_TRUE(href.empty() || href[0] == '#') << href;
    }
    EXPECT_EQ(page.all("style").at(0)->text.find("url("), std::string::npos);
    EXPECT_NE(page.all("style").at(0)->text.find("prefers-color-scheme: dark"), std::string::npos);
}

TEST(TuneReport, SaysWhatWasFound) {
    const std::string page = page_of({tuned_report(), default_report()});
    for (const char *part :
         {"<td>2.5000</td><td>2.0000</td><td>1.25</td><td>99.58%</td><td>50%</td><td class=\"l\">phases</td>",
          "<b>1.25 times as fast</b>", "50.0% of the limit for 40.0%.", "The search ended: time is up.",
          "native: 0.3 of the bound", "tuned: phases order=1 <mark>tile_x=4</mark>", "<b>The default stays</b>",
          "The machine never rested", "Geometric mean of the gains of 2 layers: <b>1.118</b>"}) {
        EXPECT_NE(page.find(part), std::string::npos) << part;
    }
}

TEST(TuneReport, DrawsEveryTrial) {
    const XmlElement page = read(page_of({tuned_report()}));
    // Two of the chart over time; of tile_x these and the default; order and band have one value each.
    EXPECT_EQ(count_of(page, "circle", "dot"), 2 + 3);
    EXPECT_EQ(count_of(page, "path", "cross"), 3);
    EXPECT_EQ(count_of(page, "path", "best"), 1);
}

TEST(TuneReport, GroupsFailuresByReason) {
    const std::string page = page_of({tuned_report()});
    EXPECT_NE(page.find("<td>2</td><td class=\"l w\">timed out</td>"), std::string::npos);
    EXPECT_NE(page.find("<td>1</td><td class=\"l w\">wrong: 1 &lt; 2</td>"), std::string::npos);
}

TEST(TuneReport, HoldsWhateverNamesSay) {
    LayerReport report = tuned_report();
    report.layer.name = "<b>\"R&D\"</b>";
    report.summary->end = "a < b";
    const XmlElement page = read(page_of({report}));
    EXPECT_EQ(page.all("h2").at(0)->text, report.layer.name);
}

TEST(TuneReport, HoldsUnfinishedSessions) {
    LayerReport untried = tuned_report(), all_failed = tuned_report(), single = tuned_report();
    untried.trials.clear();
    untried.summary.reset();
    all_failed.trials = {failed("timed out", 0)};
    all_failed.summary.reset();
    single.trials = {timed(2, 1e-3, 0)};
    single.summary.reset();
    const std::string text = page_of({untried, all_failed, single});
    const XmlElement page = read(text);
    EXPECT_EQ(page.all("section").size(), 3u);
    EXPECT_NE(text.find("not over"), std::string::npos);
    EXPECT_EQ(text.find("nan"), std::string::npos);
    EXPECT_EQ(text.find("inf"), std::string::npos);
    EXPECT_EQ(read(page_of({})).all("section").size(), 0u);
}

TEST(TuneReport, IsTheSameForTheSameSession) { EXPECT_EQ(page_of({tuned_report()}), page_of({tuned_report()})); }

}  // namespace
}  // namespace tconv::test
