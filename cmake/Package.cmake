# SPDX-License-Identifier: Apache-2.0
# The package that users get, in the build tree and by `cmake --install`, with one layout:
#
#   bin/tconv   lib/libHalide.so   share/tconv/tuned/<family>.json   lib/cmake/tconv/
#   include/tconv/*.h   lib/libtconv_{layers,runtime}.a   lib/tconv/general/<instruction set>.o
#
# runtime/CMakeLists.txt installs the C++ runtime, in a cross build too.
# It is self-contained and may be moved: every file finds the others relative to itself.
include(CMakePackageConfigHelpers)

add_executable(tconv::tconv ALIAS tconv)

# Tuned records, beside the compiler that reads them. Families without any have no file.
if(IS_DIRECTORY "${PROJECT_SOURCE_DIR}/schedules/tuned")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/schedules/tuned")
endif()
tconv_target_families(families)
set(tuned_records "")
foreach(family IN LISTS families)
    set(record "${PROJECT_SOURCE_DIR}/schedules/tuned/${family}.json")
    set(copy "${PROJECT_BINARY_DIR}/share/tconv/tuned/${family}.json")
    if(EXISTS "${record}")
        add_custom_command(OUTPUT "${copy}"
            COMMAND "${CMAKE_COMMAND}" -E copy "${record}" "${copy}"
            DEPENDS "${record}" VERBATIM)
        list(APPEND tuned_records "${copy}")
    endif()
endforeach()
add_custom_target(tconv_tuned_records ALL DEPENDS ${tuned_records})
add_dependencies(tconv tconv_tuned_records)

# What find_package(tconv) reads.
set(package_dir lib/cmake/tconv)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/${package_dir}/tconv-config-version.cmake"
    COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
configure_file(cmake/tconv-config.cmake.in "${PROJECT_BINARY_DIR}/${package_dir}/tconv-config.cmake" @ONLY)
foreach(file IN ITEMS TconvAddLibrary.cmake TconvCheckCall.cmake TconvTargets.cmake toolchains/aarch64-linux-gnu.cmake)
    configure_file("cmake/${file}" "${PROJECT_BINARY_DIR}/${package_dir}/${file}" COPYONLY)
endforeach()

set_target_properties(tconv PROPERTIES INSTALL_RPATH "$ORIGIN/../lib")
install(TARGETS tconv RUNTIME DESTINATION bin)
install(IMPORTED_RUNTIME_ARTIFACTS Halide::Halide LIBRARY DESTINATION lib)
install(FILES ${tuned_records} DESTINATION share/tconv/tuned)
install(DIRECTORY "${PROJECT_BINARY_DIR}/${package_dir}/" DESTINATION "${package_dir}"
    PATTERN tconv-runtime.cmake EXCLUDE)  # of the build tree; runtime/CMakeLists.txt installs another
install(DIRECTORY "${PROJECT_BINARY_DIR}/${TCONV_GENERAL_KERNELS_DIR}/" DESTINATION "${TCONV_GENERAL_KERNELS_DIR}"
    FILES_MATCHING PATTERN "*.o")
install(FILES LICENSE DESTINATION share/doc/tconv)
