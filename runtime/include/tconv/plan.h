// SPDX-License-Identifier: Apache-2.0
/// \file
/// Runs any layer now, without a compiler: general kernels, whose channels, taps, strides, dilations and extents are
/// values of the call. A library that `tconv build` makes for the layer runs faster.
///
/// A plan packs the filter once and is then reused. Extra memory: the packed filter and bias, tables of some 250 bytes
/// for each stride phase and kernel index of an axis, and what the stack of the calling thread holds while it runs (below
/// 64 KiB). Packing takes about as long as a copy of the filter into fresh memory, up to twice that where there are very
/// few input channels. Cells are computed from the taps inside the input alone: no padding is multiplied, so NaN and Inf
/// reach only the cells that their taps reach.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "tconv/isa.h"
#include "tconv/layer.h"
#include "tconv/status.h"

namespace tconv {

/// Float32 elements in the caller's memory, in the order of the layer's layout. Strides count elements, one for each
/// dimension; none: dense, in C order. Negative strides are allowed.
struct TensorView {
    const float *data = nullptr;
    std::vector<int64_t> shape;
    std::vector<int64_t> strides;
};

struct MutableTensorView {
    float *data = nullptr;
    std::vector<int64_t> shape;
    std::vector<int64_t> strides;
};

/// Runs body(i) for every i in [0, count), in any order and on any threads, and returns when all are done.
using ParallelFor = std::function<void(int64_t count, const std::function<void(int64_t)> &body)>;

struct PlanState;

/// The two ways of the general kernels: vectors along output channels, or along filter taps and output channels (few
/// output channels fill no vector alone). kCheapest estimates both; tests and measurements state one. kColumns means
/// kChannels where an input pixel has more than 8192 outputs in its own window (stride along x times output channels),
/// unless the kernel is long enough to divide the window.
enum class Method { kCheapest, kChannels, kColumns };

struct PlanOptions {
    std::optional<Isa> isa;         ///< none: best_isa()
    ParallelFor parallel_for = {};  ///< for packing the filter, not kept; none: the calling thread does it
    Method method = Method::kCheapest;
};

/// Immutable, so that any number of threads may run one plan at once. Copies share the packed filter.
class Plan {
public:
    /// `filter` is dense [kernel..., out_channels, in_channels]; `bias` [out_channels], null for a layer without one.
    /// Neither is needed afterwards. What `parallel_for` throws passes through, as in run(). Errors: a missing bias or
    /// one too many, an isa that is not available, element types other than float32, memory, more than 2^26 - 1 filter
    /// elements for one output channel.
    static Expected<Plan> create(const Layer &layer, const float *filter, const float *bias,
                                 const PlanOptions &options = {});

    /// Computes the layer. The shapes must be the layer's; input and output must not overlap, and strides must give each
    /// output element a place of its own (only a stride of 0 is looked for). No view may span more than 2^31 - 1
    /// elements. The result does not depend on `parallel_for`; without it everything happens on the calling thread. What
    /// `parallel_for` throws passes through, but for a std::bad_alloc, which is an error of the run.
    Status run(const TensorView &input, const MutableTensorView &output, const ParallelFor &parallel_for = {}) const;

    const Layer &layer() const;
    Isa isa() const;
    Method method() const;  ///< that was chosen
    /// Bytes of the packed filter and bias.
    int64_t packed_bytes() const;
    /// The same for a plan that is yet to be made, with an instruction set of built_isas().
    static int64_t packed_bytes(const Layer &layer, Isa isa);

private:
    Status run_checked(const TensorView &input, const MutableTensorView &output, const ParallelFor &parallel_for) const;
    static Expected<Plan> make(const Layer &layer, const float *filter, const float *bias, const PlanOptions &options);
    explicit Plan(std::shared_ptr<const PlanState> state) : state_(std::move(state)) {}
    std::shared_ptr<const PlanState> state_;
};

}  // namespace tconv
