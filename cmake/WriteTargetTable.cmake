# SPDX-License-Identifier: Apache-2.0
# Writes the table of cmake/TconvTargets.cmake as aggregate initialisers of TargetInfo (tools/compiler/target_table.h).
include("${CMAKE_CURRENT_LIST_DIR}/TconvTargets.cmake")

# The order of fields is that of struct TargetInfo, after its name.
function(tconv_write_target_table path)
    set(rows "// Written by CMake from cmake/TconvTargets.cmake: edit that.\n")
    tconv_target_names(names)
    foreach(name IN LISTS names)
        set(row "\"${name}\"")
        foreach(field IN ITEMS HALIDE FAMILY CC CC_FLAGS EMULATOR VERIFIED_BY)
            tconv_target_field("${name}" ${field} value)
            if(value MATCHES "[\"\\\\\n;]")
                message(FATAL_ERROR "target ${name}: ${field} = ${value}: "
                    "must hold no quote, backslash, semicolon or newline")
            endif()
            string(APPEND row ", \"${value}\"")
        endforeach()
        string(APPEND rows "TargetInfo{${row}},\n")
    endforeach()
    file(CONFIGURE OUTPUT "${path}" CONTENT "${rows}" @ONLY)
endfunction()
