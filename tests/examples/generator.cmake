# SPDX-License-Identifier: Apache-2.0
# Builds examples/generator with this build tree as its package and runs it (in a cross build, under the toolchain's
# emulator): the program compares its picture with the one that onnxruntime made.
include("${CMAKE_CURRENT_LIST_DIR}/../package/support.cmake")
list(APPEND configure "-Dtconv_ROOT=${BUILD_DIR}" -DCMAKE_COMPILE_WARNING_AS_ERROR=ON)

make_project(generator)
run(output ${configure})
run(output "${CMAKE}" --build "${build_dir}")
run(output "${CMAKE}" -E chdir "${build_dir}" "${CMAKE_CTEST_COMMAND}" --verbose --no-tests=error)
message("${output}")
foreach(threads IN ITEMS 1 2 5)
    expect_contains("${output}" ", threads ${threads}: ")
endforeach()
expect_contains("${output}" ": the same picture")

if(TOOLCHAIN)
    expect_contains("${output}" " for arm64-neon,")
    file(READ "${build_dir}/generator" header LIMIT 20 HEX)
    if(NOT header MATCHES "b700$")
        message(FATAL_ERROR "generator was not built for 64-bit ARM: ELF header ${header}")
    endif()
    return()
endif()

# The program sees what is wrong: a tensor of another shape; the first layer in the right shape, but one cell off.
set(input "${project_dir}/input.npy")
set(expected "${project_dir}/expected.npy")
fail(output "${build_dir}/generator" "${expected}" "${expected}")
expect_contains("${output}" "expected.npy: has another shape")

file(READ "${project_dir}/layers/up1.json" layer)
string(REPLACE "\"pads\": [1, 1, 1, 1]" "\"pads\": [0, 0, 1, 1]" shifted "${layer}")
string(REPLACE "\"output_padding\": [1, 1]" "\"output_padding\": [0, 0]" shifted "${shifted}")
file(WRITE "${project_dir}/layers/up1.json" "${shifted}")
run(output "${CMAKE}" --build "${build_dir}")
fail(output "${build_dir}/generator" "${input}" "${expected}")
expect_contains("${output}" ": ANOTHER PICTURE")
