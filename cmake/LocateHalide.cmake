# SPDX-License-Identifier: Apache-2.0
# Points find_package(Halide) at the Halide of a Python environment. Halide's wheel keeps its CMake package in
# site-packages/halide/lib64, where CMake does not look on Debian, and the forwarding package in the environment's
# share/cmake wants the headers of Python, which nothing here needs.

# Sets Halide_DIR and HalideHelpers_DIR unless the user said where Halide is. Asked, in this order: the activated
# environment, the one that run.sh and test.sh make, the python3 on the PATH.
function(tconv_locate_halide)
    if(EXISTS "${Halide_DIR}/HalideConfig.cmake" OR Halide_ROOT OR DEFINED ENV{Halide_ROOT})
        return()
    endif()
    set(question "import importlib.util as u; print(u.find_spec('halide').submodule_search_locations[0])")
    foreach(python IN ITEMS "$ENV{VIRTUAL_ENV}/bin/python" "${PROJECT_SOURCE_DIR}/build/venv/bin/python" python3)
        execute_process(COMMAND "${python}" -c "${question}" RESULT_VARIABLE status
            OUTPUT_VARIABLE package OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
        foreach(libdir IN ITEMS lib64 lib)
            if(status EQUAL 0 AND EXISTS "${package}/${libdir}/cmake/Halide/HalideConfig.cmake")
                set(Halide_DIR "${package}/${libdir}/cmake/Halide" CACHE PATH "Folder of HalideConfig.cmake" FORCE)
                set(HalideHelpers_DIR "${package}/${libdir}/cmake/HalideHelpers" CACHE PATH
                    "Folder of HalideHelpersConfig.cmake" FORCE)
                return()
            endif()
        endforeach()
    endforeach()
endfunction()
