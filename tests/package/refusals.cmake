# SPDX-License-Identifier: Apache-2.0
# Calls of tconv_add_library() that make no sense stop the configuration with a message that names what is wrong.
include("${CMAKE_CURRENT_LIST_DIR}/support.cmake")

# expect_refusal(<message> ARGUMENT ..)
function(expect_refusal message)
    make_project()
    string(JOIN " " arguments ${ARGN})
    file(WRITE "${project_dir}/CMakeLists.txt" "
        cmake_minimum_required(VERSION 3.16)
        project(refusal LANGUAGES C)
        find_package(tconv REQUIRED)
        tconv_add_library(up ${arguments})
    ")
    fail(output ${configure})
    expect_contains("${output}" "tconv_add_library(up): ${message}")
endfunction()

set(layer LAYER decoder_up1.json)
expect_refusal("TARGETS = x86-64-avx2 x86-64-avx512: one target a library: several targets in one library come later"
    ${layer} TARGETS x86-64-avx2 x86-64-avx512)
expect_refusal("TARGETS = pdp-11: must be one of x86-64 x86-64-avx2" ${layer} TARGETS pdp-11)
expect_refusal("TARGETS is missing" ${layer})
expect_refusal("TARGETS has no value" ${layer} TARGETS)
expect_refusal("LAYER is missing" TARGETS x86-64)
expect_refusal("LAYER = ${project_dir}/absent.json: no such file" LAYER absent.json TARGETS x86-64)
expect_refusal("LAYERS = a b: one layer a library" ${layer} TARGETS x86-64 LAYERS a b)
expect_refusal("NAME = 2up: must be a C identifier" ${layer} TARGETS x86-64 NAME 2up)
expect_refusal("TUNED = ${project_dir}/absent: no such folder" ${layer} TARGETS x86-64 TUNED absent)
expect_refusal("SOURCES: not one of LAYER TARGETS LAYERS INPUT_SHAPE NAME TUNED" SOURCES ${layer} TARGETS x86-64)
