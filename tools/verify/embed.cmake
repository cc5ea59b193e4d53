# SPDX-License-Identifier: Apache-2.0
# Writes text files as rows {"name", R"..."} of EmbeddedFile (embedded_programs.h), again whenever one of them changes.
function(tconv_embed_files path)
    set(rows "// Written by CMake from the files it names: edit those.\n")
    foreach(file IN LISTS ARGN)
        file(READ "${CMAKE_CURRENT_SOURCE_DIR}/${file}" text)
        cmake_path(GET file FILENAME name)
        string(APPEND rows "{\"${name}\", R\"embedded(${text})embedded\"},\n")
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
    endforeach()
    file(CONFIGURE OUTPUT "${path}" CONTENT "@rows@" @ONLY)
endfunction()
