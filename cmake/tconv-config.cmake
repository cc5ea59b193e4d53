# SPDX-License-Identifier: Apache-2.0
# find_package(tconv): the compiler as tconv::tconv, and tconv_add_library(). Needs CMake 3.16 and nothing else.
get_filename_component(_tconv_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT EXISTS "${_tconv_prefix}/bin/tconv")
    set(tconv_FOUND FALSE)
    set(tconv_NOT_FOUND_MESSAGE "${_tconv_prefix}/bin/tconv: the package has lost its compiler")
    unset(_tconv_prefix)
    return()
endif()

if(NOT TARGET tconv::tconv)
    add_executable(tconv::tconv IMPORTED GLOBAL)
    set_target_properties(tconv::tconv PROPERTIES IMPORTED_LOCATION "${_tconv_prefix}/bin/tconv")
endif()
unset(_tconv_prefix)

include("${CMAKE_CURRENT_LIST_DIR}/TconvAddLibrary.cmake")
