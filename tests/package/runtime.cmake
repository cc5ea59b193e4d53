# SPDX-License-Identifier: Apache-2.0
# Builds examples/cpp against the installed package and runs it: the C++ runtime, with its headers and general kernels.
include("${CMAKE_CURRENT_LIST_DIR}/support.cmake")

make_project(cpp)
run(output ${configure})
run(output "${CMAKE}" --build "${build_dir}")
run(output "${build_dir}/upsample")
expect_contains("${output}" "with x86-64")
expect_contains("${output}" "    0    0    4    8\n")
