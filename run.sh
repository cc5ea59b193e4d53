#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sets up a fresh Debian 12 (git and a shell; root or sudo), builds tconv and runs it on real input: the trained
# transposed convolutions of a text detector on a scanned page. Prints a table and, as its last line, the path of a
# picture. What is installed: the Debian packages below, and Python wheels inside build/.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/scripts/setup.sh"

install_debian_packages ca-certificates g++ libcli11-dev nlohmann-json3-dev python3-venv
make_python_environment
build release OFF tconv

say "running examples/text_detection"
cd "$root"
exec examples/text_detection/run.sh
