// SPDX-License-Identifier: Apache-2.0
// The stages of the planar variant: where planes lie in the workspace, and what tasks call on them.
#pragma once

#include "generators/layer_plan.h"
#include "generators/variants/planar/geometry.h"

namespace tconv {

// Zeros before and behind the image. Bands overwrite the image alone.
Stage planar_border_stage(const Layer &layer, const PlanarGeometry &geometry, size_t kernel);

// The rows of the input that a band reads, as planes.
Stage planar_copy_stage(const Layer &layer, const PlanarGeometry &geometry, const PlanarBandTable &band, size_t kernel);

// `kernels`: of dense rows, and of rows whose pixels lie apart where planar_may_lie_apart().
Stage planar_rows_stage(const Layer &layer, const PlanarGeometry &geometry, const PlanarBandTable &band,
                        const FilterLayout &layout, const FilterLayout &by_phase, std::vector<size_t> kernels);

// Whether the cells of a row may lie apart: the pixels of the caller's output, of several channels each.
bool planar_may_lie_apart(const Layer &layer);

}  // namespace tconv
