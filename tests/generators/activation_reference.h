// SPDX-License-Identifier: Apache-2.0
// What activations should be, in long double, which arguments show it, and how near a library has to come.
#pragma once

#include <string>
#include <vector>

#include "tconv/layer.h"

namespace tconv::test {

// Every activation that is a function of one cell, kPrelu but, and those with parameters with some others too.
const std::vector<Activation> &elementwise_activations();

// The definition in long double, Inf and NaN as in IEEE arithmetic.
long double exact_activation(const Activation &activation, float v);

// The edges of float, and numbers at which some activation changes.
const std::vector<float> &activation_edges();

// The edges, `spread` neighbours on either side of each of them, every `step`-th float between the infinities, so that
// each exponent has its share, and as many evenly from -125 to 125.
std::vector<float> activation_sweep(uint32_t step, int spread);

// Judges outputs, one after the other, and keeps the worst: 1 is 4 ulp or 1e-6 of the exact value, whichever is more.
class ActivationJudge {
public:
    explicit ActivationJudge(Activation activation) : activation_(activation) {}

    void see(float argument, float output);
    bool pass() const { return worst_ <= 1; }
    double worst() const { return static_cast<double>(worst_); }
    int64_t seen() const { return seen_; }
    std::string message() const;

private:
    Activation activation_;
    long double worst_ = 0;
    float argument_ = 0, output_ = 0;
    int64_t seen_ = 0;
};

// `pixels` copies of the identity, each of them in `channels` output channels: one 1x1 tap of weight 1, so that the
// activation sees every value as it was given.
Layer identity_layer(Activation activation, int64_t pixels, int64_t channels);

}  // namespace tconv::test
