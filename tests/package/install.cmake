# SPDX-License-Identifier: Apache-2.0
# Installs the package, moves it, and finds that it needs nothing of this build or of Halide's environment.
include("${CMAKE_CURRENT_LIST_DIR}/support.cmake")

file(REMOVE_RECURSE "${WORK_DIR}")
run(output "${CMAKE_COMMAND}" --install "${BUILD_DIR}" --prefix "${WORK_DIR}/installed elsewhere")
file(RENAME "${WORK_DIR}/installed elsewhere" "${package}")

foreach(file IN ITEMS bin/tconv lib/libHalide.so lib/cmake/tconv/tconv-config.cmake
        lib/cmake/tconv/tconv-config-version.cmake lib/cmake/tconv/TconvAddLibrary.cmake
        lib/cmake/tconv/TconvCheckCall.cmake lib/cmake/tconv/TconvTargets.cmake
        lib/cmake/tconv/toolchains/aarch64-linux-gnu.cmake)
    if(NOT EXISTS "${package}/${file}")
        message(FATAL_ERROR "${file}: not installed")
    endif()
endforeach()

run(libraries ldd "${package}/bin/tconv")
expect_contains("${libraries}" "libHalide.so => ${package}/")

file(GLOB records RELATIVE "${SOURCE_DIR}/schedules/tuned" "${SOURCE_DIR}/schedules/tuned/*.json")
foreach(record IN LISTS records)
    run(output "${CMAKE_COMMAND}" -E compare_files
        "${SOURCE_DIR}/schedules/tuned/${record}" "${package}/share/tconv/tuned/${record}")
endforeach()

# No path of this machine in what users read or run, beyond what Halide's own library holds.
file(GLOB_RECURSE files "${package}/lib/cmake/*" "${package}/bin/*")
foreach(file IN LISTS files)
    foreach(path IN ITEMS "${BUILD_DIR}" "${SOURCE_DIR}/build")
        file(STRINGS "${file}" lines REGEX "${path}")
        if(lines)
            message(FATAL_ERROR "${file} names ${path}: ${lines}")
        endif()
    endforeach()
endforeach()

run(output "${CMAKE_COMMAND}" -E env --unset=LD_LIBRARY_PATH "${package}/bin/tconv" targets)
include("${package}/lib/cmake/tconv/TconvTargets.cmake")
tconv_target_names(names)
foreach(name IN LISTS names)
    expect_contains("${output}" "${name}")
endforeach()
