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
#     [LAYERS <entry>]       which entry of a list of layers
#     [INPUT_SHAPE <n>...]   input shape, for a get_config() file, which has none
#     [NAME <identifier>]    prefix of the C symbols instead of the layer's own name
#     [TUNED <folder>]       tuned records instead of those of the package
#     [REQUIRE_SCHEDULE])    fails for a target without schedules, where tconv only warns
#
# Makes the static library target <name>; code that links it includes "<identifier>.h". The library is built again when
# the layer file, its weights, the tuned records or the compiler change.
function(tconv_add_library name)
    set(keywords LAYER TARGETS CPU LAYERS INPUT_SHAPE NAME TUNED REQUIRE_SCHEDULE)
    cmake_parse_arguments(PARSE_ARGV 1 arg "REQUIRE_SCHEDULE" "LAYER;CPU;NAME;TUNED" "TARGETS;LAYERS;INPUT_SHAPE")
    _tconv_check_arguments()
    get_filename_component(layer "${arg_LAYER}" ABSOLUTE)
    if(IS_DIRECTORY "${layer}")
        message(FATAL_ERROR "tconv_add_library(${name}): LAYER = ${layer}: is a folder: name a layer file in it")
    endif()
    if(NOT EXISTS "${layer}")
        message(FATAL_ERROR "tconv_add_library(${name}): LAYER = ${layer}: no such file")
    endif()
    _tconv_check_target()
    _tconv_check_list("${layer}")

    # A changed layer file may have other weights or another name, which are read here.
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${layer}")
    _tconv_layer_identifier("${layer}" identifier)
    _tconv_layer_weights("${layer}" weights)
    _tconv_tuned_records("${arg_TARGETS}" records)

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
    if(arg_CPU)
        list(APPEND options --cpu "${arg_CPU}")
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
        DEPENDS "$<TARGET_FILE:tconv::tconv>" "${layer}" ${weights} ${records}
        COMMENT "Compiling transposed convolution ${identifier} for ${arg_TARGETS}"
        VERBATIM)
    add_custom_target(${name}_compile ALL DEPENDS "${archive}")

    _tconv_library_target("${archive}" "${identifier}")
    if(is_gpu)
        # Halide's runtime is inside and opens the driver when it first runs.
        target_link_libraries(${name} INTERFACE ${CMAKE_DL_LIBS} pthread)
    endif()
endfunction()

# The helpers below share the scope of tconv_add_library(): they read `name`, `entry`, `entry_name` and
# `arg_*`.

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

# The C identifier of the library, on which its file names depend.
function(_tconv_layer_identifier layer out)
    if(arg_NAME)
        set(identifier "${arg_NAME}")
    elseif(entry_name)
        set(identifier "${entry_name}")
    else()
        _tconv_json_string("${layer}" identifier name)
    endif()
    if(NOT identifier MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
        message(FATAL_ERROR "tconv_add_library(${name}): ${layer}: name = '${identifier}': must be a C identifier: "
            "correct it, or give NAME")
    endif()
    set(${out} "${identifier}" PARENT_SCOPE)
endfunction()

# The .npy files that the layer file, or the chosen entry of a list, names, as absolute paths.
function(_tconv_layer_weights layer out)
    get_filename_component(folder "${layer}" DIRECTORY)
    set(weights "")
    foreach(tensor IN ITEMS filter bias)
        _tconv_json_string("${layer}" path ${entry} weights ${tensor})
        if(path)
            get_filename_component(path "${path}" ABSOLUTE BASE_DIR "${folder}")
            # Of a missing file tconv says whose it is.
            get_source_file_property(generated "${path}" GENERATED)
            if(generated OR EXISTS "${path}")
                list(APPEND weights "${path}")
            endif()
        endif()
    endforeach()
    set(${out} "${weights}" PARENT_SCOPE)
endfunction()

# The tuned records that a build for `target` may read; sets `tuned_dir` in the caller.
function(_tconv_tuned_records target out)
    get_property(folder GLOBAL PROPERTY TCONV_TUNED_DIR)
    if(arg_TUNED)
        get_filename_component(folder "${arg_TUNED}" ABSOLUTE)
        if(NOT IS_DIRECTORY "${folder}")
            message(FATAL_ERROR "tconv_add_library(${name}): TUNED = ${folder}: no such folder")
        endif()
    endif()
    tconv_target_field("${target}" FAMILY families)
    if(NOT families)
        tconv_target_families(families)
    endif()
    set(records "")
    foreach(family IN LISTS families)
        if(EXISTS "${folder}/${family}.json")
            list(APPEND records "${folder}/${family}.json")
        endif()
    endforeach()
    set(tuned_dir "${folder}" PARENT_SCOPE)
    set(${out} "${records}" PARENT_SCOPE)
endfunction()

# The string at a key, or at a key of an object, of a JSON file; empty where there is none. tconv judges the file: what
# cannot be read here is only not depended upon.
function(_tconv_json_string file out key)
    file(READ "${file}" text)
    set(value "")
    if(NOT CMAKE_VERSION VERSION_LESS 3.19)
        string(JSON value ERROR_VARIABLE error GET "${text}" ${key} ${ARGN})
        if(error)
            set(value "")
        endif()
    elseif(NOT text MATCHES "^[ \t\r\n]*\\[")
        foreach(step IN ITEMS ${key} ${ARGN})
            _tconv_match_member("${text}" ${step} text)
        endforeach()
        set(value "${text}")
    endif()
    set(${out} "${value}" PARENT_SCOPE)
endfunction()

# CMake before 3.19 has no JSON parser. `text` is an object; finds the text of its member `key`, a string without
# escapes or an object without objects in it.
function(_tconv_match_member text key out)
    set(space "[ \t\r\n]*")
    set(value "")
    string(REGEX REPLACE "^${space}{(.*)}${space}$" "\\1" members "${text}")
    if(members MATCHES "\"${key}\"${space}:${space}({[^{}]*})")
        set(value "${CMAKE_MATCH_1}")
    else()
        while(members MATCHES "{[^{}]*}")
            string(REGEX REPLACE "{[^{}]*}" "null" members "${members}")
        endwhile()
        if(members MATCHES "\"${key}\"${space}:${space}\"([^\"\\]*)\"")
            set(value "${CMAKE_MATCH_1}")
        endif()
    endif()
    set(${out} "${value}" PARENT_SCOPE)
endfunction()
