// SPDX-License-Identifier: Apache-2.0
// Which of two libraries is faster, from times that were taken side by side.
#pragma once

#include <vector>

namespace tconv {

struct PairedComparison {
    double ratio = 1;         // the first's time over the second's
    double confidence = 0.5;  // that the first is faster, 0 to 1
    int pairs = 0;
};

// first[i] and second[i] are positive times of one round. What a round does to both of them cancels in their ratio; single
// rounds that went wrong move neither result far: `ratio` is the Hodges-Lehmann estimate on logarithms, `confidence` is 1
// minus the one-sided p of Wilcoxon's signed-rank test, exact for these many pairs (Hollander, Wolfe, Chicken,
// Nonparametric Statistical Methods, 3.1 and 3.2).
PairedComparison compare_paired(const std::vector<double> &first, const std::vector<double> &second);

// Of at least one value.
double median(std::vector<double> values);

}  // namespace tconv
