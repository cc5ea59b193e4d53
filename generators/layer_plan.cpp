// SPDX-License-Identifier: Apache-2.0
#include "generators/layer_plan.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tconv {

int64_t Stage::tasks() const {
    int64_t count = 1;
    for (const GridAxis &axis : grid) {
        count *= axis.rows();
    }
    return count;
}

size_t LayerPlan::add_kernel(Kernel kernel) {
    const auto same = [&](const Kernel &other) { return other.name == kernel.name; };
    const auto found = std::find_if(kernels.begin(), kernels.end(), same);
    const size_t index = found - kernels.begin();
    if (found == kernels.end()) {
        kernels.push_back(std::move(kernel));
    } else if (found->buffers != kernel.buffers) {
        throw std::logic_error("internal error: two kernels " + kernel.name);
    }
    return index;
}

std::vector<const View *> ordered_views(const LayerPlan &plan, const Stage &stage) {
    std::vector<const View *> views;
    if (stage.kernels.empty()) {
        return views;
    }
    for (const BufferDeclaration &buffer : plan.kernels[stage.kernels[0]].buffers) {
        for (const Binding &binding : stage.call.views) {
            if (binding.buffer == buffer.name) {
                views.push_back(&binding.view);
            }
        }
    }
    return views;
}

}  // namespace tconv
