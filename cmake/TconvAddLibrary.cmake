# SPDX-License-Identifier: Apache-2.0
# tconv_add_library(): a transposed convolution as a library target. See docs/cmake_package.md.
include_guard(GLOBAL)
include("${CMAKE_CURRENT_LIST_DIR}/TconvCheckCall.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/TconvTargets.cmake")

get_filename_component(_tconv_tuned_dir "${CMAKE_CURRENT_LIST_DIR}/../../../share/tconv/tuned" ABSOLUTE)
set_property(GLOBAL PROPERTY TCONV_TUNED_DIR "${_tconv_tuned_dir}")
unset(_tconv_tuned_dir)

# tconv_add_library(<name>
#     LAYER <file.json>      layer file, Keras get_config() JSON, or a list of either; relative to the source folder
#     TARGETS <target>       a name that `tconv targets` lists, `host`, or a Halide target string
#     [CPU <processor>]      processor to choose and tune for, as `tconv build --cpu` takes it
#     [MACHINE <file.json>]  in its place: a machine's facts, as `tconv calibrate` writes them
#     [LAYERS <entry>]       which entry of a list of layers
#     [INPUT_SHAPE <n>...]   input shape, for a get_config() file, which has none
#     [NAME <identifier>]    prefix of the C symbols instead of the layer's own name
#     [TUNED <path>]         folder or file of tuned records instead of those of the package
#     [REQUIRE_SCHEDULE])    fails for a target without schedules, where tconv only warns
#
# Makes the static library target <name>; code that links it includes "<identifier>.h". The library is built again when
# the layer file, its weights, the tuned records, the machine file or the compiler change.
function(tconv_add_library name)
    set(keywords LAYER TARGETS CPU MACHINE LAYERS INPUT_SHAPE NAME TUNED REQUIRE_SCHEDULE)
    cmake_parse_arguments(PARSE_ARGV 1 arg "REQUIRE_SCHEDULE" "LAYER;CPU;MACHINE;NAME;TUNED"
        "TARGETS;LAYERS;INPUT_SHAPE")
    _tconv_check_arguments()
    get_filename_component(layer "${arg_LAYER}" ABSOLUTE)
    if(IS_DIRECTORY "${layer}")
        message(FATAL_ERROR "tconv_add_library(${name}): LAYER = ${layer}: is a folder: name a layer file in it")
    endif()
    if(NOT EXISTS "${layer}")
        message(FATAL_ERROR "tconv_add_library(${name}): LAYER = ${layer}: no such file")
    endif()
    _tconv_check_target()

    set(options "")
    foreach(entry IN LISTS arg_LAYERS)
        list(APPEND options --layers "${entry}")
    endforeach()
    if(arg_NAME)
        list(APPEND options --name "${arg_NAME}")
    endif()
    if(arg_INPUT_SHAPE)
        string(REPLACE ";" "," shape "${arg_INPUT_SHAPE}")
        list(APPEND options --input-shape "${shape}")
    endif()

    # A changed layer file may have other weights or another name, which are read here.
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${layer}")
    _tconv_inspect("${layer}" "${options}" identifier weights)
    _tconv_tuned_records("${arg_TARGETS}" records)

    if(arg_CPU)
        list(APPEND options --cpu "${arg_CPU}")
    endif()
    _tconv_machine_file(machine)
    if(machine)
        list(APPEND options --machine "${machine}")
    endif()
    if(arg_TUNED)
        list(APPEND options --tuned "${tuned_dir}")
    endif()
    if(arg_REQUIRE_SCHEDULE)
        list(APPEND options --require-schedule)
    endif()

    set(out "${CMAKE_CURRENT_BINARY_DIR}/tconv/${name}")
    file(MAKE_DIRECTORY "${out}")
    set(archive "${out}/lib${identifier}.a")
    add_custom_command(
        OUTPUT "${archive}" "${out}/${identifier}.h" "${out}/${identifier}.json"
        COMMAND "$<TARGET_FILE:tconv::tconv>" build "${layer}" ${options} --target "${arg_TARGETS}" -o "${out}"
        DEPENDS "$<TARGET_FILE:tconv::tconv>" "${layer}" ${weights} ${records} ${machine}
        COMMENT "Compiling transposed convolution ${identifier} for ${arg_TARGETS}"
        VERBATIM)
    add_custom_target(${name}_compile ALL DEPENDS "${archive}")

    _tconv_library_target("${archive}" "${identifier}")
    if(is_gpu)
        # Halide's runtime is inside and opens the driver when it first runs.
        target_link_libraries(${name} INTERFACE ${CMAKE_DL_LIBS} pthread)
    endif()
endfunction()

# The helpers below share the scope of tconv_add_library(): they read `name` and `arg_*`.

# The library target. It is no imported one, so that it can be installed and exported with what links it. CMake makes a
# static library from objects, whose number is not known before tconv has run: so it makes one of a file without code, in
# whose place the archive is put.
function(_tconv_library_target archive identifier)
    get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
    if("C" IN_LIST languages)
        set(extension c)
    elseif("CXX" IN_LIST languages)
        set(extension cpp)
    else()
        message(FATAL_ERROR "tconv_add_library(${name}): the project must have the language C or CXX")
    endif()
    get_filename_component(out "${archive}" DIRECTORY)
    set(source "${out}/${name}_archive.${extension}")
    if(NOT EXISTS "${source}")
        file(WRITE "${source}" "typedef int ${identifier}_archive;\n")
    endif()
    set_source_files_properties("${source}" PROPERTIES OBJECT_DEPENDS "${archive}")
    add_library(${name} STATIC "${source}")
    add_dependencies(${name} ${name}_compile)
    add_custom_command(TARGET ${name} POST_BUILD
        COMMAND "${CMAKE_COMMAND}" -E copy "${archive}" "$<TARGET_FILE:${name}>" VERBATIM)
    set(include include)
    if(CMAKE_INSTALL_INCLUDEDIR)
        set(include "${CMAKE_INSTALL_INCLUDEDIR}")
    endif()
    target_include_directories(${name} INTERFACE "$<BUILD_INTERFACE:${out}>" "$<INSTALL_INTERFACE:${include}>")
    set_target_properties(${name} PROPERTIES PUBLIC_HEADER "${out}/${identifier}.h")
endfunction()

# What tconv says of the layer: the C identifier of the library, on which its file names depend, and the .npy files that it
# is made of.
function(_tconv_inspect layer options identifier_out files_out)
    get_target_property(tconv tconv::tconv LOCATION)
    execute_process(COMMAND "${tconv}" inspect "${layer}" ${options} --cmake
        RESULT_VARIABLE status OUTPUT_VARIABLE lines ERROR_VARIABLE message OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT status EQUAL 0)
        string(REGEX REPLACE "^tconv: |\n$" "" message "${message}")
        message(FATAL_ERROR "tconv_add_library(${name}): ${message}")
    endif()
    if(lines MATCHES "(^|\n)NAMES=([^\n]*)")
        string(REPLACE ";" " " names "${CMAKE_MATCH_2}")
        message(FATAL_ERROR "tconv_add_library(${name}): LAYER = ${layer}: is a list of layers: say with LAYERS which of "
            "them: ${names}")
    endif()
    if(NOT lines MATCHES "(^|\n)NAME=([^\n]*)")
        message(FATAL_ERROR "tconv_add_library(${name}): ${tconv} says nothing of ${layer}: ${lines}${message}")
    endif()
    set(${identifier_out} "${CMAKE_MATCH_2}" PARENT_SCOPE)
    # One after the other: a list of CMake is not split inside an open bracket, which a path may have.
    set(files "")
    while(lines MATCHES "(^|\n)FILE=([^\n]*)(.*)$")
        set(path "${CMAKE_MATCH_2}")
        set(lines "${CMAKE_MATCH_3}")
        # Of a missing file tconv says whose it is.
        get_source_file_property(generated "${path}" GENERATED)
        if(generated OR EXISTS "${path}")
            list(APPEND files "${path}")
        endif()
    endwhile()
    set(${files_out} "${files}" PARENT_SCOPE)
endfunction()

# The machine file that the call names, if any.
function(_tconv_machine_file out)
    set(file "")
    if(arg_MACHINE)
        get_filename_component(file "${arg_MACHINE}" ABSOLUTE)
        if(arg_CPU)
            message(FATAL_ERROR "tconv_add_library(${name}): MACHINE = ${file}: stands in place of CPU, not beside it")
        endif()
        if(NOT EXISTS "${file}" OR IS_DIRECTORY "${file}")
            message(FATAL_ERROR "tconv_add_library(${name}): MACHINE = ${file}: no such file")
        endif()
    endif()
    set(${out} "${file}" PARENT_SCOPE)
endfunction()

# The tuned records that a build for `target` may read; sets `tuned_dir` in the caller.
function(_tconv_tuned_records target out)
    get_property(folder GLOBAL PROPERTY TCONV_TUNED_DIR)
    if(arg_TUNED)
        get_filename_component(folder "${arg_TUNED}" ABSOLUTE)
        if(NOT EXISTS "${folder}")
            message(FATAL_ERROR "tconv_add_library(${name}): TUNED = ${folder}: no such folder or file")
        endif()
    endif()
    tconv_target_field("${target}" FAMILY families)
    if(NOT families)
        tconv_target_families(families)
    endif()
    set(records "")
    if(EXISTS "${folder}" AND NOT IS_DIRECTORY "${folder}")
        set(records "${folder}")
        set(families "")
    endif()
    foreach(family IN LISTS families)
        if(EXISTS "${folder}/${family}.json")
            list(APPEND records "${folder}/${family}.json")
        endif()
    endforeach()
    set(tuned_dir "${folder}" PARENT_SCOPE)
    set(${out} "${records}" PARENT_SCOPE)
endfunction()
