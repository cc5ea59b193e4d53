// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "layer_run.h"

namespace tconv {

namespace {

constexpr int64_t kTile = 1536;      // elements on the stack; a multiple of every block
constexpr int64_t kTaskElements = 1 << 15;

// e^x of the first `count` elements; a few more behind them are overwritten.
void apply(GeneralActivationKernel exponential, float *tile, int64_t count) {
    constexpr int64_t multiple = 32;
    KernelDim dim{0, static_cast<int32_t>((count + multiple - 1) / multiple * multiple), 1, 0};
    KernelBuffer buffer;
    buffer.host = reinterpret_cast<uint8_t *>(tile);
    buffer.dimensions = 1;
    buffer.dim = &dim;
    exponential(&buffer, &buffer);
}

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

}  // namespace

SoftmaxRows::SoftmaxRows(const PlanState &plan, float *output, const std::vector<int64_t> &strides)
    : shape_(plan.layer.output_shape()), strides_(strides), output_(output),
      exponential_(general_kernels(plan.isa).activation(Activation::kExponential)) {
    rows_ = 1;
    for (size_t d = 0; d + 1 < shape_.size(); d++) rows_ *= shape_[d];
    if (shape_.back() == 0) rows_ = 0;
}

int64_t SoftmaxRows::tasks() const {
    const int64_t rows_of_task = std::max<int64_t>(1, kTaskElements / std::max<int64_t>(shape_.back(), 1));
    return (rows_ + rows_of_task - 1) / rows_of_task;
}

float *SoftmaxRows::row(int64_t index) const {
    float *first = output_;
    for (size_t d = shape_.size() - 1; d-- > 0;) {
        first += index % shape_[d] * strides_[d];
        index /= shape_[d];
    }
    return first;
}

void SoftmaxRows::task(int64_t i) const {
    const int64_t rows_of_task = std::max<int64_t>(1, kTaskElements / shape_.back());
    const int64_t end = std::min(rows_, (i + 1) * rows_of_task);
    // Short rows share a tile, so that the exponential is called for many elements at once.
    const int64_t together = std::max<int64_t>(1, kTile / shape_.back());
    for (int64_t begin = i * rows_of_task; begin < end; begin += together) rows(begin, std::min(end, begin + together));
}

// y = e^(x - largest) / sum of them, so that nothing overflows. Sums in double: a row may have thousands of elements.
void SoftmaxRows::rows(int64_t begin, int64_t end) const {
    alignas(64) float tile[kTile];
    const int64_t extent = shape_.back(), stride = strides_.back();
    const int64_t part = std::min(extent, kTile);
    for (int64_t r = begin; r < end && extent <= kTile; r++) {
        const float *from = row(r);
        const float shift = largest(from, stride, extent);
        for (int64_t c = 0; c < extent; c++) tile[(r - begin) * extent + c] = from[c * stride] - shift;
    }
    if (extent <= kTile) apply(exponential_, tile, (end - begin) * extent);
    for (int64_t r = begin; r < end; r++) {
        float *to = row(r);
        double sum = 0;
        const float shift = extent <= kTile ? 0.0f : largest(to, stride, extent);
        for (int64_t first = 0; first < extent; first += part) {
            const int64_t count = std::min(part, extent - first);
            const float *values = tile + (extent <= kTile ? (r - begin) * extent : 0);
            if (extent > kTile) {
                for (int64_t c = 0; c < count; c++) tile[c] = to[(first + c) * stride] - shift;
                apply(exponential_, tile, count);
            }
            for (int64_t c = 0; c < count; c++) {
                to[(first + c) * stride] = values[c];
                sum += static_cast<double>(values[c]);
            }
        }
        for (int64_t c = 0; c < extent; c++) {
            float &v = to[c * stride];
            v = static_cast<float>(static_cast<double>(v) / sum);
        }
    }
}

}  // namespace tconv
