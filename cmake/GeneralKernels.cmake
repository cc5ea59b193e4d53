# SPDX-License-Identifier: Apache-2.0
# The objects of the general kernels (runtime/run/general_kernels.h), one for each instruction set, under
# lib/tconv/general/ of the package: those of this build's processor go into the runtime library, all of them into the
# package, so that a cross build of the runtime needs no Halide.
include_guard(GLOBAL)

set(TCONV_GENERAL_KERNELS x86-64 x86-64-avx2 x86-64-avx512 arm64-neon)
set(TCONV_GENERAL_KERNELS_DIR lib/tconv/general)

# The instruction sets of the processor that is built for.
function(_tconv_general_kernels_here out)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
        set(pattern "^x86-64")
    elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
        set(pattern "^arm64")
    else()
        message(FATAL_ERROR "CMAKE_SYSTEM_PROCESSOR = ${CMAKE_SYSTEM_PROCESSOR}: general kernels exist for x86_64 and "
            "aarch64")
    endif()
    set(names ${TCONV_GENERAL_KERNELS})
    list(FILTER names INCLUDE REGEX "${pattern}")
    set(${out} "${names}" PARENT_SCOPE)
endfunction()

function(_tconv_add_general_objects library directory)
    _tconv_general_kernels_here(names)
    foreach(name IN LISTS names)
        set(object "${directory}/${name}.o")
        set_source_files_properties("${object}" TARGET_DIRECTORY ${library}
            PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
        target_sources(${library} PRIVATE "${object}")
    endforeach()
endfunction()

# Makes the objects with tconv_general_kernels and adds those of this processor to the library.
function(tconv_make_general_kernels library)
    set(directory "${PROJECT_BINARY_DIR}/${TCONV_GENERAL_KERNELS_DIR}")
    file(MAKE_DIRECTORY "${directory}")
    set(objects "")
    foreach(name IN LISTS TCONV_GENERAL_KERNELS)
        add_custom_command(OUTPUT "${directory}/${name}.o"
            COMMAND tconv_general_kernels "${name}" "${directory}/${name}.o"
            DEPENDS tconv_general_kernels
            COMMENT "Compiling the general kernels of ${name}"
            VERBATIM)
        list(APPEND objects "${directory}/${name}.o")
    endforeach()
    add_custom_target(tconv_general_objects ALL DEPENDS ${objects})
    _tconv_add_general_objects(${library} "${directory}")
    add_dependencies(${library} tconv_general_objects)
endfunction()

# Takes the objects from a built or installed tconv, at `package`.
function(tconv_import_general_kernels library package)
    get_filename_component(directory "${package}/${TCONV_GENERAL_KERNELS_DIR}" ABSOLUTE)
    _tconv_general_kernels_here(names)
    foreach(name IN LISTS names)
        if(NOT EXISTS "${directory}/${name}.o")
            message(FATAL_ERROR "${directory}/${name}.o: missing; build the release preset first")
        endif()
    endforeach()
    _tconv_add_general_objects(${library} "${directory}")
endfunction()
