// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/tune_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "tools/cli/layer_picture.h"
#include "tools/cli/report_charts.h"

namespace tconv {

namespace {

constexpr char kStyle[] =
    ":root { color-scheme: light dark; --ink: #1d2126; --faint: #626b75; --page: #ffffff; --card: #f4f6f8;\n"
    "  --rule: #d5dae0; --mark: #fff0b3; --s0: #1f6fc4; --s1: #c4501b; --s2: #2c8a4b; --s3: #8a4fc0; --s4: #a67c00;\n"
    "  --s5: #5f6b76; --best: #1d2126; --bad: #c02634 }\n"
    "@media (prefers-color-scheme: dark) { :root { --ink: #e7eaee; --faint: #9aa5b1; --page: #14171b; --card: "
    "#1d2126;\n"
    "  --rule: #3a424b; --mark: #5a4a00; --s0: #6cb2ff; --s1: #ff9a62; --s2: #6fd08c; --s3: #c79bff; --s4: #e3bd4b;\n"
    "  --s5: #aab4be; --best: #e7eaee; --bad: #ff7a85 } }\n"
    "* { box-sizing: border-box }\n"
    "body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); margin: 0 auto;\n"
    "  padding: 1rem; max-width: 64rem; overflow-wrap: anywhere }\n"
    "h1 { font-size: 1.6rem; margin: 0.5rem 0 } h2 { font-size: 1.3rem; margin: 2.5rem 0 0.5rem;\n"
    "  border-top: 1px solid var(--rule); padding-top: 1rem } h3 { font-size: 1rem; margin: 1.2rem 0 0.3rem }\n"
    "a { color: var(--s0) } mark { background: var(--mark); color: inherit; padding: 0 0.15em; border-radius: 3px }\n"
    ".faint, figcaption, dt { color: var(--faint) }\n"
    ".scroll { overflow-x: auto; margin: 0.5rem 0 }\n"
    "table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums }\n"
    "th, td { text-align: right; padding: 0.25rem 0.6rem; border-bottom: 1px solid var(--rule); white-space: nowrap }\n"
    ".l { text-align: left } td.w { white-space: normal; min-width: 16rem }\n"
    "figure { margin: 0.5rem 0 } svg { display: block; width: 100%; height: auto } svg text { fill: var(--ink);\n"
    "  font: 12px system-ui, sans-serif }\n"
    ".time svg { min-width: 30rem; max-width: 46rem }\n"
    ".knobs { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 0.8rem }\n"
    ".knobs figure { background: var(--card); border-radius: 8px; padding: 0.5rem; margin: 0; max-width: 28rem }\n"
    ".picture svg { width: auto; max-width: none } .picture svg text { fill: #1a1a1a; font: 12px sans-serif }\n"
    ".grid { stroke: var(--rule) } .one { stroke: var(--faint); stroke-dasharray: 5 3 }\n"
    ".best { fill: none; stroke: var(--best); stroke-width: 2 } .cross { stroke: var(--bad); stroke-width: 1.5 }\n"
    ".dot { fill-opacity: 0.75 } .key { white-space: nowrap; margin-right: 1rem }\n"
    ".s0 { fill: var(--s0); color: var(--s0) } .s1 { fill: var(--s1); color: var(--s1) }\n"
    ".s2 { fill: var(--s2); color: var(--s2) } .s3 { fill: var(--s3); color: var(--s3) }\n"
    ".s4 { fill: var(--s4); color: var(--s4) } .s5 { fill: var(--s5); color: var(--s5) }\n"
    "details { margin: 0.6rem 0 } summary { cursor: pointer }\n";

template<typename... Values>
std::string format(const char *pattern, Values... values) {
    char text[256];
    std::snprintf(text, sizeof(text), pattern, values...);
    return text;
}

std::string element(const std::string &name, const std::string &content) {
    return "<" + name + ">" + content + "</" + name.substr(0, name.find(' ')) + ">\n";
}

std::string cell(const std::string &text, const char *style = "") {
    return std::string("<td") + (*style != 0 ? std::string(" class=\"") + style + "\"" : "") + ">" + text + "</td>";
}

std::string heading_row(const std::vector<std::string> &names) {
    std::string row;
    for (const std::string &name : names) row += name[0] == '<' ? name : "<th>" + name + "</th>";
    return "<tr>" + row + "</tr>\n";
}

std::string shape_text(const std::vector<int64_t> &shape) {
    std::string text;
    for (const int64_t extent : shape) text += (text.empty() ? "" : " x ") + std::to_string(extent);
    return text;
}

bool is_gain(const SessionSummary &summary) { return !(summary.best == summary.chosen); }

int failures_of(const LayerReport &report) {
    return static_cast<int>(std::count_if(report.trials.begin(), report.trials.end(),
                                          [](const SessionTrial &trial) { return !trial.failure.empty(); }));
}

// The knobs, those that the other candidate has not with that value marked.
std::string knobs_text(const Candidate &candidate, const Candidate &other) {
    std::string text = candidate.variant == other.variant ? xml_escaped(candidate.variant)
                                                          : "<mark>" + xml_escaped(candidate.variant) + "</mark>";
    for (const auto &[knob, value] : candidate.knobs) {
        const std::string setting = xml_escaped(knob) + "=" + std::to_string(value);
        const auto at = other.knobs.find(knob);
        const bool differs = candidate.variant == other.variant && (at == other.knobs.end() || at->second != value);
        text += differs ? " <mark>" + setting + "</mark>" : " " + setting;
    }
    return text;
}

std::string summary_table(const std::vector<LayerReport> &layers) {
    std::string rows =
        heading_row({"<th class=\"l\">layer</th>", "default ms", "tuned ms", "gain", "confidence", "% of limit",
                     "<th class=\"l\">variant</th>", "tried", "failed", "<th class=\"l\">end</th>"});
    double logs = 0;
    int count = 0;
    for (size_t i = 0; i < layers.size(); i++) {
        const LayerReport &report = layers[i];
        std::string row =
            cell("<a href=\"#layer-" + std::to_string(i) + "\">" + xml_escaped(report.layer.name) + "</a>", "l");
        if (const auto &summary = report.summary) {
            row += cell(format("%.4f", summary->default_ms)) + cell(format("%.4f", summary->ms)) +
                   cell(is_gain(*summary) ? format("%.2f", 1 / summary->ratio) : "1") +
                   cell(is_gain(*summary) ? format("%.2f%%", 100 * summary->confidence) : "") +
                   cell(format("%.0f%%", 100 * summary->limit_ms / summary->ms)) +
                   cell(xml_escaped(summary->best.variant), "l");
            logs += is_gain(*summary) ? std::log(1 / summary->ratio) : 0;
            count++;
        } else {
            row += "<td colspan=\"6\" class=\"l faint\">not over</td>";
        }
        row += cell(std::to_string(report.trials.size())) + cell(std::to_string(failures_of(report)));
        row += cell(report.summary ? xml_escaped(report.summary->end) : "", "l");
        rows += "<tr>" + row + "</tr>\n";
    }
    std::string text = "<div class=\"scroll\"><table>\n" + rows + "</table></div>\n";
    if (count > 1)
        text += element("p",
                        format("Geometric mean of the gains of %d layers: <b>%.3f</b>", count, std::exp(logs / count)));
    return text;
}

std::string verdict_text(const SessionSummary &summary) {
    const std::string limit = format("%.1f%% of the limit", 100 * summary.limit_ms / summary.ms);
    std::string text =
        is_gain(summary)
            ? format("<b>%.2f times as fast</b> as the default, with a confidence of %.2f%%: %.4f ms for %.4f, ",
                     1 / summary.ratio, 100 * summary.confidence, summary.ms, summary.default_ms) +
                  limit + format(" for %.1f%%.", 100 * summary.limit_ms / summary.default_ms)
            : format("<b>The default stays</b>: nothing proved to be faster. %.4f ms, ", summary.ms) + limit + ".";
    text += " The search ended: " + xml_escaped(summary.end) + ".";
    if (!summary.undisturbed) {
        text += " The machine never rested in the last race, so all of its rounds count, disturbed ones too.";
    }
    if (!summary.verified.empty()) text += " The oracle's verdict: " + xml_escaped(summary.verified) + ".";
    return element("p", text);
}

std::string candidates_table(const std::vector<SessionTrial> &trials, const Candidate &by_default) {
    std::vector<SessionTrial> timed;
    std::copy_if(trials.begin(), trials.end(), std::back_inserter(timed),
                 [](const SessionTrial &trial) { return trial.failure.empty(); });
    std::stable_sort(timed.begin(), timed.end(),
                     [](const SessionTrial &a, const SessionTrial &b) { return a.log_time < b.log_time; });
    std::string rows =
        heading_row({"speed", "at s", "<th class=\"l\">variant and knobs; marked: not the default's</th>"});
    for (const SessionTrial &trial : timed) {
        rows +=
            "<tr>" + cell(format("%.3f", speed_of(trial))) + cell(format("%.0f", trial.seconds)) +
            cell(knobs_text(trial.candidate, by_default) + (trial.is_best ? " <b>became the best</b>" : ""), "l w") +
            "</tr>\n";
    }
    return "<details><summary>" + std::to_string(timed.size()) + " candidates that were timed</summary>\n" +
           "<div class=\"scroll\"><table>\n" + rows + "</table></div></details>\n";
}

std::string failures_table(const std::vector<SessionTrial> &trials) {
    std::map<std::string, std::vector<const SessionTrial *>> reasons;
    for (const SessionTrial &trial : trials) {
        if (!trial.failure.empty()) reasons[trial.failure].push_back(&trial);
    }
    if (reasons.empty()) return "";
    std::string rows = heading_row({"candidates", "<th class=\"l\">reason</th>", "<th class=\"l\">such as</th>"});
    for (const auto &[reason, failed] : reasons) {
        rows += "<tr>" + cell(std::to_string(failed.size())) + cell(xml_escaped(reason), "l w") +
                cell(knobs_text(failed.front()->candidate, failed.front()->candidate), "l w") + "</tr>\n";
    }
    return "<h3>Failures</h3>\n<div class=\"scroll\"><table>\n" + rows + "</table></div>\n";
}

std::string charts(const LayerReport &report, const Candidate &by_default) {
    const auto classes = variant_classes(report.trials, by_default);
    std::string keys;
    for (const auto &[variant, style] : classes) {
        keys += "<span class=\"key " + style + "\">\u25CF " + xml_escaped(variant) + "</span>\n";
    }
    std::string text =
        "<h3>Best over time</h3>\n<p>" + keys + "</p>\n<figure><div class=\"scroll time\">" +
        progress_chart(report.trials, classes) +
        "</div><figcaption>Times as fast as the default. Each dot is a candidate, the line the best so far; what is "
        "slower than 0.4 lies at the edge.</figcaption></figure>\n";
    std::string knobs;
    for (const KnobChart &chart : knob_charts(report.trials, by_default, classes)) {
        knobs += "<figure><figcaption><b>" + xml_escaped(chart.knob) + "</b> against speed</figcaption>" + chart.svg +
                 "</figure>\n";
    }
    return knobs.empty() ? text : text + "<h3>Knobs</h3>\n<div class=\"knobs\">\n" + knobs + "</div>\n";
}

std::string picture(const Layer &layer) {
    const std::string svg = layer_picture(layer, "");
    return "<details><summary>The layer's geometry</summary>\n<div class=\"scroll picture\">" +
           svg.substr(svg.find("<svg")) + "</div></details>\n";
}

std::string layer_section(const LayerReport &report, size_t index) {
    const Layer &layer = report.layer;
    std::string text =
        "<section id=\"layer-" + std::to_string(index) + "\">\n" + element("h2", xml_escaped(layer.name));
    text += element("p class=\"faint\"", "input " + shape_text(layer.input_shape()) + ", filter " +
                                             shape_text(layer.filter_shape()) + ", output " +
                                             shape_text(layer.output_shape()) + ", " + xml_escaped(layer.workload()));
    const Candidate by_default = report.summary ? report.summary->chosen : Candidate();
    if (report.summary) {
        text += verdict_text(*report.summary);
        text += element("p", "default: " + knobs_text(by_default, by_default));
        if (is_gain(*report.summary)) text += element("p", "tuned: " + knobs_text(report.summary->best, by_default));
    } else {
        text += element("p", "The search in this layer is not over: speeds are those of single races.");
    }
    if (report.trials.empty()) {
        text += element("p", "No candidate was tried.");
    } else {
        text +=
            charts(report, by_default) + failures_table(report.trials) + candidates_table(report.trials, by_default);
    }
    return text + picture(layer) + "</section>\n";
}

}  // namespace

std::string tune_report(const SessionFacts &facts, const std::vector<LayerReport> &layers) {
    const std::string title = "Tuning session: " + facts.target + " on " + facts.cpu;
    std::string body = element("h1", xml_escaped(title));
    body += element(
        "p",
        xml_escaped(facts.processor) + ", " + std::to_string(facts.threads) +
            (facts.threads == 1 ? " thread" : " threads") +
            format("; multiply-adds %.1f GFLOP/s, memory %.1f GB/s; ", facts.gflops, facts.gigabytes_per_second) +
            xml_escaped(facts.date + "; tconv " + facts.commit + ", Halide " + facts.halide + ", LLVM " + facts.llvm));
    body += summary_table(layers);
    body += element(
        "p class=\"faint\"",
        "The <b>default</b> is what a build takes without a tuned record. The <b>gain</b> is its time over the tuned "
        "one's, from one race at the end in which both ran in turns; the <b>confidence</b> that there is one is that "
        "of a "
        "paired test. The <b>limit</b> is the time that the multiply-adds of a direct sum, or the bytes of all "
        "tensors, "
        "take at least on this machine; Winograd's transforms need fewer multiply-adds and may pass it.");
    for (size_t i = 0; i < layers.size(); i++) body += layer_section(layers[i], i);
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n" +
           element("title", xml_escaped(title)) + element("style", std::string("\n") + kStyle) + "</head>\n<body>\n" +
           body + "</body>\n</html>\n";
}

}  // namespace tconv
