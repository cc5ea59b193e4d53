#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Draws the pictures of docs/semantics.md anew, one for each layer file here. A test compares them with what the command
# draws.
#
#     docs/images/make.sh [TCONV]        TCONV: the command, build/release/bin/tconv without it
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tconv=${1:-$here/../../build/release/bin/tconv}
for layer in "$here"/*.json; do
    "$tconv" explain "$layer" --svg "${layer%.json}.svg" >/dev/null
done
