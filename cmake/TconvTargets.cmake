# SPDX-License-Identifier: Apache-2.0
# The one table of target names. The compiler gets it as target_table.inc (cmake/WriteTargetTable.cmake), users of the
# package through tconv_add_library(). A new target is a new entry here and nowhere else.
#
#   HALIDE       Halide target string, without the features that every build adds (no_runtime, no_asserts, ...)
#   FAMILY       schedule family of schedules/registry.cpp; names schedules/tuned/<family>.json
#   CC CC_FLAGS  default compiler of programs for the target, and the flags that let it use the target's instructions
#   EMULATOR     default command that runs its programs on another machine
#   VERIFIED_BY  what `tconv verify` does where this machine cannot run the target: a phrase for people
include_guard(GLOBAL)

set(_tconv_target_fields HALIDE FAMILY CC CC_FLAGS EMULATOR VERIFIED_BY)

function(_tconv_define_target name)
    cmake_parse_arguments(PARSE_ARGV 1 target "" "${_tconv_target_fields}" "")
    set_property(GLOBAL APPEND PROPERTY TCONV_TARGETS "${name}")
    foreach(field IN LISTS _tconv_target_fields)
        set_property(GLOBAL PROPERTY "TCONV_TARGET_${name}_${field}" "${target_${field}}")
    endforeach()
endfunction()

_tconv_define_target(x86-64
    HALIDE x86-64-linux
    FAMILY x86_sse
    CC cc
    CC_FLAGS "-march=x86-64"
    VERIFIED_BY "runs natively")

_tconv_define_target(x86-64-avx2
    HALIDE x86-64-linux-avx-avx2-f16c-fma-sse41
    FAMILY x86_avx2
    CC cc
    CC_FLAGS "-mavx2 -mfma -mf16c"
    VERIFIED_BY "runs natively")

_tconv_define_target(x86-64-avx512
    HALIDE x86-64-linux-avx-avx2-avx512-avx512_skylake-f16c-fma-sse41
    FAMILY x86_avx512
    CC cc
    CC_FLAGS "-mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512cd -mavx2 -mfma -mf16c"
    VERIFIED_BY "runs natively or under --emulator, else its 512-bit multiply-adds are checked")

_tconv_define_target(arm64-neon
    HALIDE arm-64-linux
    FAMILY arm_neon
    CC aarch64-linux-gnu-gcc
    CC_FLAGS "-march=armv8-a"
    EMULATOR "qemu-aarch64 -L /usr/aarch64-linux-gnu"
    VERIFIED_BY "runs under qemu-aarch64")

_tconv_define_target(arm64-neon-dotprod
    HALIDE arm-64-linux-arm_dot_prod
    FAMILY arm_neon
    CC aarch64-linux-gnu-gcc
    CC_FLAGS "-march=armv8.2-a+dotprod"
    EMULATOR "qemu-aarch64 -L /usr/aarch64-linux-gnu"
    VERIFIED_BY "runs under qemu-aarch64")

_tconv_define_target(cuda-sm80
    HALIDE x86-64-linux-avx-avx2-f16c-fma-sse41-cuda-cuda_capability_80
    FAMILY gpu
    CC cc
    CC_FLAGS "-mavx2 -mfma -mf16c"
    VERIFIED_BY "ptxas assembles every kernel and reports registers, spills and shared memory")

_tconv_define_target(cuda-sm86
    HALIDE x86-64-linux-avx-avx2-f16c-fma-sse41-cuda-cuda_capability_86
    FAMILY gpu
    CC cc
    CC_FLAGS "-mavx2 -mfma -mf16c"
    VERIFIED_BY "ptxas assembles every kernel and reports registers, spills and shared memory")

_tconv_define_target(opencl
    HALIDE x86-64-linux-avx-avx2-f16c-fma-sse41-opencl
    FAMILY gpu
    CC cc
    CC_FLAGS "-mavx2 -mfma -mf16c"
    VERIFIED_BY "runs on an OpenCL device, PoCL included")

# The names of all targets, in the order of the table.
function(tconv_target_names out)
    get_property(names GLOBAL PROPERTY TCONV_TARGETS)
    set(${out} "${names}" PARENT_SCOPE)
endfunction()

# One field of a target; empty for a name that is not in the table.
function(tconv_target_field name field out)
    get_property(value GLOBAL PROPERTY "TCONV_TARGET_${name}_${field}")
    set(${out} "${value}" PARENT_SCOPE)
endfunction()

# The schedule families of all targets, without repetition.
function(tconv_target_families out)
    tconv_target_names(names)
    set(families "")
    foreach(name IN LISTS names)
        tconv_target_field("${name}" FAMILY family)
        list(APPEND families "${family}")
    endforeach()
    list(REMOVE_DUPLICATES families)
    set(${out} "${families}" PARENT_SCOPE)
endfunction()
