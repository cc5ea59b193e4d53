// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/fact_lines.h"

#include <algorithm>
#include <sstream>

#include "runtime/base/text.h"

namespace tconv {

namespace {

using Batches = FactLines::Batches;

constexpr size_t kFewestSets = 8;

Error problem(const std::string &text) { return {StatusCode::kFailed, text}; }

// Empty where one is no number above 0.
Batches read_batches(std::istringstream &words) {
    Batches batches;
    for (double value; words >> value;) {
        if (!(value > 0 && value < 1e12)) return {};
        batches.push_back(value);
    }
    return words.eof() ? batches : Batches();
}

Batches *batches_of(FactLines &facts, const std::string &key) {
    const std::pair<const char *, Batches *> known[] = {{"fma_chain", &facts.fma_chain},
                                                        {"sums", &facts.sums},
                                                        {"loads", &facts.loads},
                                                        {"barrier", &facts.barrier},
                                                        {"memory_read", &facts.memory_read},
                                                        {"memory_write", &facts.memory_write}};
    for (const auto &[name, batches] : known) {
        if (key == name) return batches;
    }
    return nullptr;
}

// Takes a line in; whether it is as it must be.
bool read_line(FactLines &facts, const std::string &line) {
    if (const NameLine read = read_name_line(line, facts.names); read != NameLine::kOther) {
        return read == NameLine::kRead;
    }
    std::istringstream words(line);
    std::string key;
    words >> key;
    if (key == "cache") {
        FactLines::Cache cache;
        words >> cache.level >> cache.bytes >> cache.cpus;
        facts.caches.push_back(cache);
        return !words.fail() && cache.level > 0 && cache.bytes > 0 && cache.cpus > 0;
    }
    if (key == "line_bytes") return (words >> facts.line_bytes) && facts.line_bytes > 0;
    if (key == "vector_bits") return (words >> facts.vector_bits) && facts.vector_bits > 0;
    if (key == "fused") return static_cast<bool>(words >> facts.fused);
    if (key == "read") {
        FactLines::Read read;
        words >> read.bytes;
        read.batches = read_batches(words);
        facts.reads.push_back(read);
        return read.bytes > 0 && !read.batches.empty();
    }
    Batches *batches = batches_of(facts, key);
    if (batches == nullptr) return true;  // not ours
    int64_t set = 0;
    if (key == "memory_read" || key == "memory_write") words >> set;
    *batches = read_batches(words);
    return !batches->empty();
}

}  // namespace

Expected<FactLines> read_fact_lines(const std::string &output) {
    FactLines facts;
    bool done = false;
    std::string last;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (line.empty()) continue;
        if (!read_line(facts, line)) {
            return problem("printed what is no measurement: \"" + printable(line, 80) + "\"");
        }
        done = done || line == "done";
        last = line;
    }
    if (!done) {
        return problem(last.empty()
                           ? "printed nothing"
                           : "printed no facts, or not all of them; its last line is \"" + printable(last, 80) + "\"");
    }
    for (const char *key : {"fma_chain", "sums", "loads", "memory_read", "memory_write"}) {
        if (batches_of(facts, key)->empty()) return problem(std::string("printed no line ") + key);
    }
    if (facts.vector_bits == 0) return problem("printed no line vector_bits");
    if (facts.reads.size() < kFewestSets) return problem("printed too few lines read");
    std::sort(facts.reads.begin(), facts.reads.end(),
              [](const FactLines::Read &a, const FactLines::Read &b) { return a.bytes < b.bytes; });
    return facts;
}

}  // namespace tconv
