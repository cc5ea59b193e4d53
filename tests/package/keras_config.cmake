# SPDX-License-Identifier: Apache-2.0
# The get_config() of a Keras layer, which does not state its input shape, becomes a library.
include("${CMAKE_CURRENT_LIST_DIR}/support.cmake")

make_project()
file(WRITE "${project_dir}/config.json" [[{
    "name": "conv2d_transpose_1", "trainable": true,
    "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": null},
    "filters": 8, "kernel_size": [3, 3], "strides": [2, 2], "padding": "same", "data_format": "channels_last",
    "dilation_rate": [1, 1], "activation": "relu", "use_bias": true
}]])
file(WRITE "${project_dir}/CMakeLists.txt" "
    cmake_minimum_required(VERSION 3.16)
    project(keras_config LANGUAGES C)
    find_package(tconv REQUIRED)
    tconv_add_library(up LAYER config.json TARGETS x86-64 INPUT_SHAPE 1 16 16 4 NAME up)
")
run(output ${configure})
run(output "${CMAKE}" --build "${build_dir}" --target up_compile)
file(READ "${build_dir}/tconv/up/up.h" header)
expect_contains("${header}" "#define up_OUTPUT_SHAPE 1, 32, 32, 8")
