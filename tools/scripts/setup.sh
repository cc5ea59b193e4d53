# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Functions of run.sh and test.sh: what they need, put on a Debian machine, and the build. Everything but the Debian
# packages lands in build/. Each function does nothing, quickly, where its work is done already.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
venv=$root/build/venv
log=$root/build/setup.log
attempts=4

say() { printf '== %s\n' "$*"; }

die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# Runs a command whose output goes to the log; on a terminal its last line stays visible. Mirrors and package indexes
# fail now and then, so a failure is tried again.
quietly() {
    local attempt
    mkdir -p "$(dirname "$log")"
    for ((attempt = 1; attempt <= attempts; ++attempt)); do
        if "$@" </dev/null 2>&1 | show_last_line; then
            return 0
        fi
        if ((attempt < attempts)); then
            say "that failed, trying again in $((attempt * 5)) s"
            sleep $((attempt * 5))
        fi
    done
    return 1
}

# die, with what apt-get or pip said last.
die_of() {
    local cause
    cause=$(grep -E '^(E:|ERROR:)' "$log" | tail -n 1)
    die "$* (${cause:-no reason given}; all of it in $log)"
}

show_last_line() {
    local line columns=${COLUMNS:-80}
    if [[ ! -t 1 ]]; then
        cat >>"$log"
        return
    fi
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$log"
        printf '\r\033[K   %s' "${line:0:columns-4}"
    done
    printf '\r\033[K'
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    else
        sudo "$@"
    fi
}

# install_debian_packages PACKAGE...
install_debian_packages() {
    command -v apt-get >/dev/null ||
        die "no apt-get here: this script sets up Debian 12; README.md has the CMake route for other systems"
    local package missing=()
    local -A installed=()
    while read -r package; do
        installed[$package]=1
    done < <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p')
    for package in "$@"; do
        [[ -n ${installed[$package]:-} ]] || missing+=("$package")
    done
    ((${#missing[@]} > 0)) || return 0

    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "must be root, or have sudo, to install: ${missing[*]}"
        sudo -v || die "sudo was refused; needed to install: ${missing[*]}"
    fi
    say "installing Debian packages: ${missing[*]}"
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
    quietly as_root "${apt[@]}" update || die_of "apt-get update failed"
    quietly as_root "${apt[@]}" install --no-install-recommends "${missing[@]}" ||
        die_of "apt-get could not install: ${missing[*]}"
}

# The Python environment of the build: Halide, cmake and ninja in the versions of requirements.txt.
make_python_environment() {
    local requirements=$root/tools/scripts/requirements.txt stamp=$venv/tconv-setup.stamp key
    key="$venv $(/usr/bin/python3 -V) $(cksum <"$requirements")"
    if [[ ! -f $stamp || $(<"$stamp") != "$key" ]]; then
        # An environment holds its own path; one that was moved here is made anew.
        if ! grep -qsF " $venv" "$venv/pyvenv.cfg" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
            say "making a Python environment in build/venv"
            quietly /usr/bin/python3 -m venv --clear "$venv" || die_of "python3 -m venv failed"
        fi
        say "installing into build/venv: $(grep -v '^#' "$requirements" | tr '\n' ' ')"
        install_python_packages -r "$requirements"
        printf '%s\n' "$key" >"$stamp"
    fi
    export PATH="$venv/bin:$PATH" VIRTUAL_ENV="$venv"
}

install_python_packages() {
    quietly "$venv/bin/python" -m pip install --disable-pip-version-check "$@" || die_of "pip could not install: $*"
}

# What holds the sources to their style (tests/style): of these versions, which format alike everywhere.
provide_style_checks() {
    local requirements=$root/tools/scripts/requirements-test.txt stamp=$venv/tconv-style.stamp key
    key=$(cksum <"$requirements")
    [[ -f $stamp && $(<"$stamp") == "$key" ]] && return
    say "installing into build/venv: $(grep -v '^#' "$requirements" | tr '\n' ' ')"
    install_python_packages -r "$requirements"
    printf '%s\n' "$key" >"$stamp"
}

# What the tests of the farm (tools/farm) run; its dashboard has none.
provide_dask() {
    local requirements=$root/tools/farm/requirements.txt stamp=$venv/tconv-dask.stamp key
    key=$(cksum <"$requirements")
    [[ -f $stamp && $(<"$stamp") == "$key" ]] && return
    say "installing into build/venv: $(grep '^distributed' "$requirements")"
    install_python_packages -c "$requirements" distributed
    printf '%s\n' "$key" >"$stamp"
}

# ptxas checks the code of cuda targets: of the CUDA toolkit, else of NVIDIA's wheel.
provide_ptxas() {
    local wheel=nvidia-cuda-nvcc-cu12==12.8.93 found
    if command -v ptxas >/dev/null || [[ -x /usr/local/cuda/bin/ptxas || -x $venv/bin/ptxas ]]; then
        return
    fi
    say "installing into build/venv: $wheel (no CUDA toolkit here; its ptxas)"
    install_python_packages "$wheel"
    found=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/nvidia/cuda_nvcc/bin/ptxas
    [[ -x $found ]] || die "$found: missing from $wheel"
    ln -sf "$found" "$venv/bin/ptxas"
}

# Where this processor has no AVX-512: the emulator that runs such code, and the Linux kernel that it boots, which
# tests/emulated/run-avx512 keeps in ~/.cache. Where that fails, `untested` says what and why: the tests that need it are
# skipped, which is worth a line but not an end.
provide_avx512_emulator() {
    local run=$root/tests/emulated/run-avx512 packages=(bochs bochs-term vgabios lz4 xz-utils cpio) cause
    untested=
    if "$run" --check 2>/dev/null; then
        return
    fi
    if ! (install_debian_packages "${packages[@]}"); then
        cause="no emulator: ${packages[*]} could not be installed"
    elif ! quietly boot_avx512_emulator "$run"; then
        cause="its emulator does not start: $(tail -n 1 "$log")"
    else
        return 0
    fi
    untested="NOT TESTED: AVX-512 code. No such processor here, and $cause"
    say "$untested"
}

# The first time downloads a kernel, by the package lists, which a machine that installed nothing before may not have.
boot_avx512_emulator() {
    "$1" --emulate /bin/true || { as_root apt-get -q update && "$1" --emulate /bin/true; }
}

# build PRESET TESTS [TARGET...]: TESTS is ON, or OFF where the tests need not be there.
build() {
    local preset=$1 tests=$2 target options=()
    shift 2
    if ! is_configured "$preset" "$tests"; then
        say "configuring build/$preset"
        (cd "$root" && cmake --fresh --preset "$preset" -DTCONV_BUILD_TESTS="$tests" -DTCONV_BUILD_BENCHMARKS="$tests")
    fi
    for target in "$@"; do
        options+=(--target "$target")
    done
    say "building build/$preset"
    cmake --build "$root/build/$preset" -j "$(nproc)" "${options[@]}"
}

# ninja runs cmake again where a CMake file changed; this asks for the rest.
is_configured() {
    local folder=$root/build/$1
    grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt" &&
        [[ $folder/build.ninja -nt $root/CMakePresets.json ]] &&
        { [[ $2 == OFF ]] || grep -qxF "TCONV_BUILD_TESTS:BOOL=ON" "$folder/CMakeCache.txt"; }
}
