#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sets up a fresh Debian 12 (git and a shell; root or sudo), builds tconv and passes its tests: natively, under
# qemu-aarch64, on PoCL, through ptxas, under the sanitizers, and with AVX-512, in an emulator where the processor has
# none. What is installed: the Debian packages below, for that emulator those of provide_avx512_emulator, and Python
# wheels inside build/.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/scripts/setup.sh"

packages=(
    ca-certificates g++ libcli11-dev nlohmann-json3-dev python3-venv
    libgtest-dev libbenchmark-dev
    binutils llvm
    g++-aarch64-linux-gnu qemu-user
    ocl-icd-libopencl1 pocl-opencl-icd
)
install_debian_packages "${packages[@]}"
make_python_environment
provide_ptxas
provide_style_checks
provide_dask
provide_avx512_emulator

build release ON
build asan-ubsan ON tconv_sanitized_tests

cd "$root"
say "tests under the sanitizers"
ctest --preset asan-ubsan -j 2
say "tests"
ctest --preset release -j 2
[[ -z $untested ]] || say "$untested"
