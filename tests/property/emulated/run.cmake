# SPDX-License-Identifier: Apache-2.0
# Builds property_smoke with TOOLCHAIN and runs it under EMULATOR on LAYERS layers, for the instruction set ISA.
cmake_minimum_required(VERSION 3.28)

foreach(program IN ITEMS "${COMPILER}" "${EMULATOR}")
    find_program(path "${program}" NO_CACHE)
    if(NOT path)
        message("SKIPPED: ${program} is not installed")
        return()
    endif()
    unset(path)
endforeach()

function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "exit ${status}: ${ARGN}\n${output}")
    endif()
    set(output "${output}" PARENT_SCOPE)
endfunction()

# -O1: compiling takes longer than running, and the kernels come compiled.
run("${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}" -B "${BUILD_DIR}" -G "${GENERATOR}"
    "-DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM}" "-DCMAKE_TOOLCHAIN_FILE=${TOOLCHAIN}" "-Dtconv_DIR=${TCONV_DIR}"
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE=-O1)
run("${CMAKE_COMMAND}" --build "${BUILD_DIR}" --target property_smoke)
run("${EMULATOR}" "${BUILD_DIR}/property_smoke" 1 "${LAYERS}" "${ISA}")
message("${output}")
string(FIND "${output}" "${ISA}: ${LAYERS} layers" found)
if(found EQUAL -1)
    message(FATAL_ERROR "the program did not say that ${LAYERS} layers are right")
endif()
