# SPDX-License-Identifier: Apache-2.0
# Runs property_smoke for AVX-512 on LAYERS layers.
cmake_minimum_required(VERSION 3.28)

execute_process(COMMAND "${RUN_AVX512}" --check RESULT_VARIABLE status ERROR_VARIABLE missing)
if(NOT status EQUAL 0)
    message("SKIPPED: ${missing}")
    return()
endif()
execute_process(COMMAND "${RUN_AVX512}" --timeout 600 "${PROGRAM}" 1 "${LAYERS}" x86-64-avx512
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "exit ${status}\n${output}")
endif()
message("${output}")
string(FIND "${output}" "x86-64-avx512: ${LAYERS} layers" found)
if(found EQUAL -1)
    message(FATAL_ERROR "the program did not say that ${LAYERS} layers are right")
endif()
