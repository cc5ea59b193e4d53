# SPDX-License-Identifier: Apache-2.0
# Builds examples/minimal against the installed package and runs it (in a cross build, under the toolchain's emulator):
# the program compares its layer with the definition.
include("${CMAKE_CURRENT_LIST_DIR}/support.cmake")

make_project()
run(output ${configure})
run(output "${CMAKE}" --build "${build_dir}")
expect_contains("${output}" "${compiling}")

run(output "${CMAKE}" --build "${build_dir}")
if(output MATCHES "${compiling}")
    message(FATAL_ERROR "an unchanged project compiled its layer again:\n${output}")
endif()

run(output "${CMAKE}" -E chdir "${build_dir}" "${CMAKE_CTEST_COMMAND}" --verbose --no-tests=error)
expect_contains("${output}" "decoder_up1: 32768 cells")

if(TOOLCHAIN)
    file(READ "${build_dir}/minimal" header LIMIT 20 HEX)
    if(NOT header MATCHES "b700$")
        message(FATAL_ERROR "minimal was not built for 64-bit ARM: ELF header ${header}")
    endif()
endif()
