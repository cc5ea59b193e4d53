# SPDX-License-Identifier: Apache-2.0
# An entry of a list of layers becomes a library, with its trained weights; it is built again when they change, and only
# when these do.
include("${CMAKE_CURRENT_LIST_DIR}/support.cmake")

make_project()
file(WRITE "${project_dir}/layers.json" [=[[
    {"name": "first", "op": "keras.ops.conv_transpose", "input_shape": [1, 4, 4, 2], "filter_shape": [2, 2, 3, 2],
     "strides": 2, "weights": {"filter": "first.npy"}},
    {"name": "second", "op": "keras.ops.conv_transpose", "input_shape": [1, 4, 4, 2], "filter_shape": [3, 3, 5, 2],
     "strides": 2, "weights": {"filter": "trained weights/second.npy"}}
]]=])
file(MAKE_DIRECTORY "${project_dir}/trained weights")
run(output "${WRITE_WEIGHTS}" "${project_dir}/first.npy" 1 2 2 3 2)
run(output "${WRITE_WEIGHTS}" "${project_dir}/trained weights/second.npy" 2 3 3 5 2)
file(WRITE "${project_dir}/CMakeLists.txt" "
    cmake_minimum_required(VERSION 3.16)
    project(list LANGUAGES C)
    find_package(tconv REQUIRED)
    tconv_add_library(up LAYER layers.json LAYERS second TARGETS x86-64)
")
run(output ${configure})
run(output "${CMAKE}" --build "${build_dir}" --target up_compile)
file(READ "${build_dir}/tconv/up/second.h" header)
expect_contains("${header}" "#define second_FILTER_SHAPE 3, 3, 5, 2")

# expect_compiles(<whether> <why>)
function(expect_compiles whether why)
    run(output "${CMAKE}" --build "${build_dir}" --target up_compile)
    if(output MATCHES "${compiling}")
        set(found TRUE)
    else()
        set(found FALSE)
    endif()
    if(NOT found STREQUAL whether)
        message(FATAL_ERROR "${why}: compiled ${found}, expected ${whether}:\n${output}")
    endif()
endfunction()

expect_compiles(FALSE "nothing changed")
run(output "${WRITE_WEIGHTS}" "${project_dir}/trained weights/second.npy" 3 3 3 5 2)
expect_compiles(TRUE "the entry's weights changed")
run(output "${WRITE_WEIGHTS}" "${project_dir}/first.npy" 4 2 2 3 2)
expect_compiles(FALSE "another entry's weights changed")

# The only entry of a list needs no name.
file(WRITE "${project_dir}/layers.json" [=[[
    {"name": "only", "op": "keras.ops.conv_transpose", "input_shape": [1, 4, 4, 2], "filter_shape": [2, 2, 3, 2],
     "strides": 2, "weights": {"filter": "first.npy"}}
]]=])
file(WRITE "${project_dir}/CMakeLists.txt" "
    cmake_minimum_required(VERSION 3.16)
    project(list LANGUAGES C)
    find_package(tconv REQUIRED)
    tconv_add_library(up LAYER layers.json TARGETS x86-64)
")
expect_compiles(TRUE "another list")
expect_compiles(FALSE "nothing changed in the list of one")
run(output "${WRITE_WEIGHTS}" "${project_dir}/first.npy" 5 2 2 3 2)
expect_compiles(TRUE "the only entry's weights changed")

# A Keras object has its name inside, as text.
file(WRITE "${project_dir}/layers.json" [=[[
    {"class_name": "Conv2DTranspose", "config": {"name": "up 2", "filters": 3, "kernel_size": [2, 2], "strides": [2, 2]},
     "build_config": {"input_shape": [1, 4, 4, 2]}}
]]=])
expect_compiles(TRUE "a list of one Keras object")
if(NOT EXISTS "${build_dir}/tconv/up/up_2.h")
    message(FATAL_ERROR "up_2.h: was not made of the Keras object 'up 2'")
endif()
