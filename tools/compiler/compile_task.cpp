// SPDX-License-Identifier: Apache-2.0
#include "tools/compiler/compile_task.h"

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include <Halide.h>

namespace tconv {

ChildTask compile_task(std::string name, std::function<Status()> body) {
    const auto run = [body = std::move(body)]() -> Status {
        unsetenv("HL_LLVM_ARGS");  // by which a user would change code that is to have the same bytes each time
        try {
            return body();
        } catch (const Halide::Error &error) {
            throw std::runtime_error(error.what());  // Halide's errors are no std::exception
        }
    };
    return {std::move(name), run};
}

}  // namespace tconv
