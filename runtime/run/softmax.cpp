// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "runtime/base/integers.h"
#include "runtime/run/layer_run.h"
#include "runtime/run/product_calls.h"

namespace tconv {

namespace {

constexpr int64_t kTaskElements = 1 << 15;

// The largest element, or NaN where there is one.
float largest(const float *row, int64_t stride, int64_t extent) {
    float result = row[0];
    for (int64_t i = 1; i < extent; i++) {
        const float v = row[i * stride];
        if (!(v <= result)) result = v;
        if (std::isnan(result)) break;
    }
    return result;
}

void divide(float *row, int64_t stride, int64_t extent, double sum) {
    for (int64_t i = 0; i < extent; i++)
        row[i * stride] = static_cast<float>(static_cast<double>(row[i * stride]) / sum);
}

}  // namespace

SoftmaxRows::SoftmaxRows(const PlanState &plan, float *output, const std::vector<int64_t> &strides)
    : shape_(plan.layer.output_shape()),
      strides_(strides),
      output_(output),
      exponential_(Activation(Activation::kExponential), general_kernels(plan.isa)) {
    if (shape_.back() == 0) return;
    rows_ = 1;
    for (size_t d = 0; d + 1 < shape_.size(); d++) rows_ *= shape_[d];
    rows_of_task_ = std::max<int64_t>(1, kTaskElements / shape_.back());
}

int64_t SoftmaxRows::tasks() const { return ceil_div(rows_, rows_of_task_); }

float *SoftmaxRows::row(int64_t index) const {
    float *first = output_;
    for (size_t d = shape_.size() - 1; d-- > 0;) {
        first += index % shape_[d] * strides_[d];
        index /= shape_[d];
    }
    return first;
}

void SoftmaxRows::task(int64_t i) const {
    const int64_t end = std::min(rows_, (i + 1) * rows_of_task_);
    const int64_t together = kTileElements / shape_.back();
    for (int64_t r = i * rows_of_task_; r < end; r += std::max<int64_t>(together, 1)) {
        if (together > 0) {
            short_rows(r, std::min(end, r + together));
        } else {
            long_row(r);
        }
    }
}

// y = e^(x - largest) / sum of them, so that nothing overflows. Sums in double: a row may have thousands of elements.
//
// Rows that share a tile, so that the exponential is called for many elements at once.
void SoftmaxRows::short_rows(int64_t begin, int64_t end) const {
    alignas(64) float tile[kTileElements];
    const int64_t extent = shape_.back(), stride = strides_.back();
    for (int64_t r = begin; r < end; r++) {
        const float *from = row(r);
        const float shift = largest(from, stride, extent);
        for (int64_t i = 0; i < extent; i++) tile[(r - begin) * extent + i] = from[i * stride] - shift;
    }
    exponential_.apply(tile, (end - begin) * extent, extent, 0);
    for (int64_t r = begin; r < end; r++) {
        const float *values = tile + (r - begin) * extent;
        float *to = row(r);
        double sum = 0;
        for (int64_t i = 0; i < extent; i++) sum += static_cast<double>(to[i * stride] = values[i]);
        divide(to, stride, extent, sum);
    }
}

// A row that no tile holds passes it in pieces.
void SoftmaxRows::long_row(int64_t index) const {
    alignas(64) float tile[kTileElements];
    const int64_t extent = shape_.back(), stride = strides_.back();
    float *to = row(index);
    const float shift = largest(to, stride, extent);
    double sum = 0;
    for (int64_t first = 0; first < extent; first += kTileElements) {
        float *piece = to + first * stride;
        const int64_t count = std::min(kTileElements, extent - first);
        for (int64_t i = 0; i < count; i++) tile[i] = piece[i * stride] - shift;
        exponential_.apply(tile, count, count, 0);
        for (int64_t i = 0; i < count; i++) sum += static_cast<double>(piece[i * stride] = tile[i]);
    }
    divide(to, stride, extent, sum);
}

}  // namespace tconv
