// SPDX-License-Identifier: Apache-2.0
// What a layer costs through the variant `winograd`.
#pragma once

#include "generators/variants/winograd/tiles.h"
#include "schedules/machine.h"
#include "schedules/matrix_product.h"

namespace tconv {

// A layer with its tiles, sharing and bands chosen.
class WinogradWork {
public:
    WinogradWork(const Layer &layer, const TileSizes &sizes);

    // Estimated for one run on one core.
    double cycles(const Machine &machine, const MatrixProductTile &tile) const;

private:
    double product_cycles(const WinogradJob &job, const Machine &machine, const MatrixProductTile &tile) const;
    double transform_cycles(const WinogradJob &job, const Machine &machine) const;

    const Layer &layer_;
    std::vector<WinogradJob> jobs_;
    double filter_bytes_ = 0;
};

}  // namespace tconv
