// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/paired_comparison.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace tconv {

namespace {

// Ranks of the magnitudes, times two so that the mean rank of equal ones is an integer.
std::vector<int64_t> doubled_ranks(const std::vector<double> &differences) {
    std::vector<int64_t> ranks;
    for (const double difference : differences) {
        int64_t below = 0, equal = 0;
        for (const double other : differences) {
            below += std::fabs(other) < std::fabs(difference);
            equal += std::fabs(other) == std::fabs(difference);
        }
        ranks.push_back(2 * below + equal + 1);
    }
    return ranks;
}

// The probability that signs thrown by fair coins give the positive ones a sum of ranks of at most `sum`.
double probability_of_at_most(const std::vector<int64_t> &ranks, int64_t sum) {
    int64_t total = 0;
    for (const int64_t rank : ranks) total += rank;
    std::vector<double> probability(static_cast<size_t>(total + 1), 0.0);
    probability[0] = 1;
    for (const int64_t rank : ranks) {
        for (int64_t s = total; s >= 0; s--) {
            const double with = s >= rank ? probability[static_cast<size_t>(s - rank)] : 0.0;
            probability[static_cast<size_t>(s)] = 0.5 * (probability[static_cast<size_t>(s)] + with);
        }
    }
    double result = 0;
    for (int64_t s = 0; s <= sum; s++) result += probability[static_cast<size_t>(s)];
    return std::min(result, 1.0);
}

}  // namespace

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return 0.5 * (values[(values.size() - 1) / 2] + values[values.size() / 2]);
}

PairedComparison compare_paired(const std::vector<double> &first, const std::vector<double> &second) {
    std::vector<double> differences, means, unequal;
    for (size_t i = 0; i < std::min(first.size(), second.size()); i++) {
        differences.push_back(std::log(first[i] / second[i]));
        if (differences.back() != 0) unequal.push_back(differences.back());
    }
    PairedComparison result;
    result.pairs = static_cast<int>(differences.size());
    if (differences.empty()) return result;
    for (size_t i = 0; i < differences.size(); i++) {
        for (size_t j = i; j < differences.size(); j++) means.push_back(0.5 * (differences[i] + differences[j]));
    }
    result.ratio = std::exp(median(means));
    if (unequal.empty()) return result;
    const std::vector<int64_t> ranks = doubled_ranks(unequal);
    int64_t slower = 0;
    for (size_t i = 0; i < unequal.size(); i++) slower += unequal[i] > 0 ? ranks[i] : 0;
    result.confidence = 1 - probability_of_at_most(ranks, slower);
    return result;
}

}  // namespace tconv
