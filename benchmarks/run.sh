#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Times tconv beside other systems: builds tconv, puts the systems of requirements.txt into build/peers-venv, and calls
# compare.py with the arguments given here, such as --threads 1,2 --layers dcgan_g4 --rounds 15 --cold --resume.
# Results: benchmarks/results/DATE-CPU-COMMIT-1t.json, .md and .svg. Leave the machine alone meanwhile.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../tools/scripts/setup.sh"

peers=$root/build/peers-venv
requirements=$root/benchmarks/requirements.txt

install_peers() {
    quietly "$peers/bin/python" -m pip install --disable-pip-version-check "$@"
}

# All at once, else what can be had: a system without a wheel for this machine is left out, and compare.py says so.
make_peers_environment() {
    local stamp=$peers/tconv-setup.stamp requirement key
    key="$peers $(/usr/bin/python3 -V) $(cksum <"$requirements")"
    [[ ! -f $stamp || $(<"$stamp") != "$key" ]] || return 0
    if ! grep -qsF " $peers" "$peers/pyvenv.cfg" || ! "$peers/bin/python" -m pip --version >/dev/null 2>&1; then
        say "making a Python environment in build/peers-venv"
        quietly /usr/bin/python3 -m venv --clear "$peers" || die_of "python3 -m venv failed"
    fi
    say "installing the peers into build/peers-venv: 10 GB, some minutes"
    if ! install_peers -r "$requirements"; then
        while read -r requirement; do
            install_peers -c "$requirements" "$requirement" || say "left out: $requirement"
        done < <(grep -v '^#' "$requirements")
    fi
    "$peers/bin/python" -c 'import numpy' || die "NumPy is missing from build/peers-venv"
    printf '%s\n' "$key" >"$stamp"
}

# The program behind --autoschedulers is built together with the tests, whose packages these are.
install_debian_packages ca-certificates g++ libbenchmark-dev libcli11-dev libgtest-dev nlohmann-json3-dev python3-venv
make_python_environment
build release ON tconv autoscheduled
make_peers_environment
say "measuring"
exec "$peers/bin/python" -B "$root/benchmarks/compare.py" run "$@"
