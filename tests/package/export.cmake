# SPDX-License-Identifier: Apache-2.0
# A chain of two projects: the first exports a static library of its own that links a library of tconv's, the second, which
# knows nothing of tconv, links that.
include("${CMAKE_CURRENT_LIST_DIR}/support.cmake")

set(prefix "${WORK_DIR}/${NAME} installed")
set(consumer_dir "${WORK_DIR}/${NAME} consumer")
file(REMOVE_RECURSE "${prefix}" "${consumer_dir}")
make_project()
file(WRITE "${project_dir}/decoder.c" "
    #include \"decoder_up1.h\"
    #include \"decoder.h\"
    int decoder_stages(void) { decoder_up1_args args = {0}; return decoder_up1_run(&args) == decoder_up1_ERROR_NULL ? decoder_up1_STAGES : 0; }
")
file(WRITE "${project_dir}/decoder.h" "int decoder_stages(void);\n")
set(project "
    cmake_minimum_required(VERSION 3.16)
    project(decoder LANGUAGES C)
    find_package(tconv REQUIRED NO_CMAKE_FIND_ROOT_PATH)
    tconv_add_library(up1 LAYER decoder_up1.json TARGETS x86-64)
    add_library(decoder STATIC decoder.c)
    target_link_libraries(decoder PRIVATE up1)
    target_include_directories(decoder INTERFACE $<BUILD_INTERFACE:\${CMAKE_CURRENT_SOURCE_DIR}> $<INSTALL_INTERFACE:include>)
    install(FILES decoder.h DESTINATION include)
")
set(export "
    install(EXPORT decoder DESTINATION lib/cmake/decoder FILE decoder-config.cmake)
    export(EXPORT decoder FILE \"\${CMAKE_BINARY_DIR}/exported/decoder-config.cmake\")
")

# CMake itself refuses an export without the library of tconv's.
file(WRITE "${project_dir}/CMakeLists.txt" "${project}
    install(TARGETS decoder EXPORT decoder ARCHIVE DESTINATION lib)
    ${export}")
fail(output ${configure})
expect_contains("${output}" "requires target \"up1\" that is not in any export set")

file(WRITE "${project_dir}/CMakeLists.txt" "${project}
    install(TARGETS decoder up1 EXPORT decoder ARCHIVE DESTINATION lib PUBLIC_HEADER DESTINATION include)
    ${export}")
run(output ${configure})
run(output "${CMAKE}" --build "${build_dir}")
run(output "${CMAKE}" --install "${build_dir}" --prefix "${prefix}")
if(NOT EXISTS "${prefix}/include/decoder_up1.h")
    message(FATAL_ERROR "decoder_up1.h: not installed")
endif()

file(WRITE "${consumer_dir}/main.c" "
    #include <stdio.h>
    #include \"decoder.h\"
    int main(void) { printf(\"%d stages\\n\", decoder_stages()); return decoder_stages() == 0; }
")
file(WRITE "${consumer_dir}/again.c" "
    #include \"decoder_up1.h\"
    int main(void) { return decoder_up1_supported() ? 0 : 1; }
")
file(WRITE "${consumer_dir}/CMakeLists.txt" "
    cmake_minimum_required(VERSION 3.16)
    project(consumer LANGUAGES C)
    find_package(decoder REQUIRED)
    add_executable(main main.c)
    target_link_libraries(main PRIVATE decoder)
    add_executable(again again.c)
    target_link_libraries(again PRIVATE up1)
")
# Installed, without what it was built from; and from the build tree.
set(consumer_build "${WORK_DIR}/${NAME} consumer build")
foreach(place IN ITEMS "${build_dir}/exported" "${prefix}/lib/cmake/decoder")
    if(place STREQUAL "${prefix}/lib/cmake/decoder")
        file(REMOVE_RECURSE "${project_dir}" "${build_dir}")
    endif()
    file(REMOVE_RECURSE "${consumer_build}")
    run(output "${CMAKE}" -S "${consumer_dir}" -B "${consumer_build}" -G "${GENERATOR}"
        "-DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM}" "-Ddecoder_DIR=${place}")
    run(output "${CMAKE}" --build "${consumer_build}")
    run(output "${consumer_build}/main")
    if(NOT output MATCHES "^[1-9][0-9]* stages")
        message(FATAL_ERROR "main printed: ${output}")
    endif()
    run(output "${consumer_build}/again")
endforeach()
