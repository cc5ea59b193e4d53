# SPDX-License-Identifier: Apache-2.0
# Calls of tconv_add_library() that make no sense stop the configuration with a message that names what is wrong.
include("${CMAKE_CURRENT_LIST_DIR}/support.cmake")

set(layer LAYER decoder_up1.json)
expect_refusal("TARGETS = x86-64-avx2 x86-64-avx512: one target a library: several targets in one library come later"
    ${layer} TARGETS x86-64-avx2 x86-64-avx512)
expect_refusal("TARGETS = pdp-11: must be one of x86-64 x86-64-avx2" ${layer} TARGETS pdp-11)
expect_refusal("TARGETS is missing" ${layer})
expect_refusal("TARGETS has no value" ${layer} TARGETS)
expect_refusal("LAYER is missing" TARGETS x86-64)
expect_refusal("LAYER = ${project_dir}/absent.json: no such file" LAYER absent.json TARGETS x86-64)
expect_refusal("LAYER = ${project_dir}: is a folder: name a layer file in it" LAYER . TARGETS x86-64)
expect_refusal("LAYERS = a b: one layer a library" ${layer} TARGETS x86-64 LAYERS a b)
expect_refusal("NAME = 2up: must be a C identifier" ${layer} TARGETS x86-64 NAME 2up)
expect_refusal("TUNED = ${project_dir}/absent: no such folder or file" ${layer} TARGETS x86-64 TUNED absent)
expect_refusal("MACHINE = ${project_dir}/absent.json: no such file" ${layer} TARGETS x86-64 MACHINE absent.json)
expect_refusal("MACHINE = ${project_dir}/list.json: stands in place of CPU, not beside it"
    ${layer} TARGETS x86-64 CPU znver3 MACHINE list.json)
expect_refusal("SOURCES: not one of LAYER TARGETS CPU MACHINE LAYERS INPUT_SHAPE NAME TUNED" SOURCES ${layer} TARGETS x86-64)
expect_refusal("OUTPUT: not one of LAYER TARGETS" ${layer} TARGETS x86-64 OUTPUT elsewhere)
expect_refusal("OUTPUT: not one of LAYER TARGETS" ${layer} TARGETS x86-64 INPUT_SHAPE 1 16 16 64 OUTPUT elsewhere)
expect_refusal("OUTPUT: not one of LAYER TARGETS" ${layer} TARGETS x86-64 LAYERS decoder_up1 OUTPUT elsewhere)
expect_refusal("${project_dir}/list.json: layers = third: not in the list, which has first, second" LAYER list.json TARGETS x86-64 LAYERS third)
expect_refusal("LAYER = ${project_dir}/list.json: is a list of layers: say with LAYERS which of them: first second"
    LAYER list.json TARGETS x86-64)
expect_refusal("LAYER = ${project_dir}/list.json: is a list of layers" LAYER list.json TARGETS x86-64 NAME up)
expect_refusal("TARGETS = arm64-neon: is for arm-64, and this project for x86-64" ${layer} TARGETS arm64-neon)
expect_refusal("TARGETS = x86-32-linux: is for x86-32, and this project for x86-64" ${layer} TARGETS x86-32-linux)
expect_refusal("TARGETS = arm-64-linux-arm_fp16: is for arm-64" ${layer} TARGETS arm-64-linux-arm_fp16)

# A target without schedules is refused where schedules are required.
make_project()
file(WRITE "${project_dir}/CMakeLists.txt" "
    cmake_minimum_required(VERSION 3.16)
    project(required LANGUAGES C)
    find_package(tconv REQUIRED)
    set(CMAKE_SYSTEM_PROCESSOR armv7l)
    set(CMAKE_SIZEOF_VOID_P 4)
    tconv_add_library(up LAYER decoder_up1.json TARGETS arm-32-linux REQUIRE_SCHEDULE)
")
run(output ${configure})
fail(output "${CMAKE}" --build "${build_dir}" --target up_compile)
expect_contains("${output}" "tconv: --target = arm-32-linux: there are no schedules for arm-32")
