// SPDX-License-Identifier: Apache-2.0
// What the cost model gets wrong on this layer and machine, learned from what a session has timed.
#pragma once

#include <vector>

#include "schedules/knobs.h"

namespace tconv {

// For one variant: the logarithm of time over estimate as a function of its knobs, linear and quadratic in their
// logarithms, by ridge regression. Few measurements leave it near their mean; it never replaces the estimate.
class ResidualModel {
public:
    explicit ResidualModel(const std::vector<KnobSpec> &space);

    void add(const Knobs &knobs, double residual);
    void fit();
    double predict(const Knobs &knobs) const;  // 0 before the first fit
    size_t size() const { return residuals_.size(); }

private:
    std::vector<double> features(const Knobs &knobs) const;

    struct Feature {
        std::string knob;
        double centre, scale;
    };
    std::vector<Feature> features_;
    std::vector<std::vector<double>> rows_;
    std::vector<double> residuals_;
    std::vector<double> weights_;
    double mean_ = 0;
};

}  // namespace tconv
