// SPDX-License-Identifier: Apache-2.0
// Assembles PTX as the driver of a device would, and reports what each kernel needs.
#pragma once

#include <string>
#include <vector>

#include "tconv/status.h"
#include "tools/verify/work_folder.h"

namespace tconv {

struct DeviceKernel {
    std::string name;
    std::string architecture;  // "sm_80"
    int registers = 0;         // of a thread
    int spill_store_bytes = 0;
    int spill_load_bytes = 0;
    int shared_bytes = 0;
};

// ptxas: TCONV_PTXAS, else in PATH, in a CUDA toolkit at its usual place, or in the Python environment of the build.
Expected<std::string> find_ptxas();

// The kernels of a PTX file, assembled for the architecture that the file asks for.
Expected<std::vector<DeviceKernel>> assemble_ptx(const std::string &ptxas, const std::string &file,
                                                 const WorkFolder &folder);

// The same of what `ptxas -v` prints.
std::vector<DeviceKernel> parse_ptxas_report(const std::string &report);

}  // namespace tconv
