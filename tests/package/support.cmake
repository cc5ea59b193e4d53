# SPDX-License-Identifier: Apache-2.0
# Steps that the package tests share. Every script gets NAME, WORK_DIR, BUILD_DIR, SOURCE_DIR and WRITE_WEIGHTS.
cmake_minimum_required(VERSION 3.28)

set(package "${WORK_DIR}/installed package")
set(project_dir "${WORK_DIR}/${NAME} project")
set(build_dir "${WORK_DIR}/${NAME} build")

# run(<variable> COMMAND ..): the output of a command that must succeed.
function(run variable)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "exit ${status}: ${ARGN}\n${output}")
    endif()
    set(${variable} "${output}" PARENT_SCOPE)
endfunction()

# fail(<variable> COMMAND ..): the output, on one line, of a command that must fail.
function(fail variable)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(status EQUAL 0)
        message(FATAL_ERROR "should have failed: ${ARGN}\n${output}")
    endif()
    string(REGEX REPLACE "[ \n]+" " " output "${output}")
    set(${variable} "${output}" PARENT_SCOPE)
endfunction()

function(expect_contains text part)
    string(FIND "${text}" "${part}" position)
    if(position EQUAL -1)
        message(FATAL_ERROR "expected '${part}' in:\n${text}")
    endif()
endfunction()

# make_project([example]): a fresh copy of an example, minimal by default, that is built in `build_dir`.
function(make_project)
    set(example minimal ${ARGN})
    list(GET example -1 example)
    file(REMOVE_RECURSE "${project_dir}" "${build_dir}")
    file(COPY "${SOURCE_DIR}/examples/${example}/" DESTINATION "${project_dir}")
endfunction()

# How the project is configured, with the user's CMake, generator and toolchain.
set(configure "${CMAKE}" -S "${project_dir}" -B "${build_dir}" -G "${GENERATOR}"
    "-DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM}" "-Dtconv_ROOT=${package}" -DCMAKE_BUILD_TYPE=Release)
if(TOOLCHAIN)
    list(APPEND configure "-DCMAKE_TOOLCHAIN_FILE=${TOOLCHAIN}")
endif()

# What the custom command of tconv_add_library() says when it runs.
set(compiling "Compiling transposed convolution")

# expect_refusal(<message> ARGUMENT ..): a call of tconv_add_library() that stops the configuration of a project.
function(expect_refusal message)
    make_project()
    string(JOIN " " arguments ${ARGN})
    file(WRITE "${project_dir}/list.json" [=[[{"name": "first"}, {"name": "second"}]]=])
    file(WRITE "${project_dir}/CMakeLists.txt" "
        cmake_minimum_required(VERSION 3.16)
        project(refusal LANGUAGES C)
        find_package(tconv REQUIRED NO_CMAKE_FIND_ROOT_PATH)
        tconv_add_library(up ${arguments})
    ")
    fail(output ${configure})
    expect_contains("${output}" "tconv_add_library(up): ${message}")
endfunction()
