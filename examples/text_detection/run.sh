#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The text detector of PP-OCRv4 on a scanned page, its head compiled by tconv and compared with onnxruntime: README.md.
# Needs build/release/bin/tconv and build/venv (./run.sh at the top makes both). Everything lands in
# build/text_detection and build/venv; what is there already is not fetched again. Last line: the path of a picture.
set -euo pipefail
example=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
source "$example/../../tools/scripts/setup.sh"
attempts=2 # enough for a mirror that stumbles; without network the fallback should not be long in coming

folder=$root/build/text_detection
picture=$folder/text_detection.png
tconv=$root/build/release/bin/tconv
python=$venv/bin/python

model_wheel=rapidocr-onnxruntime==1.4.4
model_member=rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx
model_sha256=d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9
page_wheel=scikit-image==0.26.0
page_member=skimage/data/page.png
page_sha256=341a6f0a61557662b02734a9b6e56ec33a915b2c41886b97509dedf2a43b47a3

# fetch_member WHEEL MEMBER SHA256 OUTPUT: the wheel without what it depends on, and of it one file.
fetch_member() {
    [[ ! -f $4 ]] || return 0
    local wheels=$folder/wheel
    say "fetching $2 of $1"
    rm -rf "$wheels"
    quietly "$python" -m pip download --disable-pip-version-check --no-deps --only-binary :all: -d "$wheels" "$1" ||
        return 1
    "$python" "$example/extract.py" "$wheels" "$2" "$3" "$4" || return 1
    rm -rf "$wheels"
}

install_onnxruntime() {
    local requirements=$example/requirements.txt stamp=$venv/tconv-text-detection.stamp key
    key=$(cksum <"$requirements")
    [[ ! -f $stamp || $(<"$stamp") != "$key" ]] || return 0
    say "installing into build/venv: $(grep -v '^#' "$requirements" | tr '\n' ' ')"
    quietly "$python" -m pip install --disable-pip-version-check --only-binary :all: \
        -r "$requirements" -c "$root/tools/scripts/requirements.txt" || return 1
    printf '%s\n' "$key" >"$stamp"
}

# compile PROGRAM LAYER...: the layers' libraries, and the C program that is linked with them.
compile() {
    local program=$1 layer layers=() libraries=()
    shift
    for layer in "$@"; do
        layers+=("$folder/$layer.json")
        libraries+=("$folder/lib/lib$layer.a")
    done
    "$tconv" build "${layers[@]}" --target host -o "$folder/lib" || die "tconv build failed"
    "${CC:-cc}" -std=c99 -O2 -Wall -Wextra -I "$folder/lib" "$example/$program.c" "${libraries[@]}" \
        -o "$folder/$program" || die "$program.c: does not compile"
}

detect_text() {
    "$python" "$example/export_head.py" "$folder/detector.onnx" "$folder/page.png" "$folder"
    compile detector_head detector_up1 detector_up2
    "$python" "$example/detect.py" "$folder/detector.onnx" "$folder/page.png" "$folder" "$folder/detector_head" "$picture"
}

enlarge_picture() {
    "$python" "$example/upsample.py" layer "$example/words.png" "$folder"
    compile upsample upsample
    "$python" "$example/upsample.py" run "$example/words.png" "$folder" "$picture"
}

[[ -x $tconv ]] || die "$tconv: missing; ./run.sh at the top makes it"
[[ -x $python ]] || die "$python: missing; ./run.sh at the top makes it"
mkdir -p "$folder"

if [[ ${TCONV_EXAMPLE_OFFLINE:-0} == 1 ]]; then
    say "TCONV_EXAMPLE_OFFLINE = 1: enlarging a bundled picture instead"
    enlarge_picture
elif fetch_member "$model_wheel" "$model_member" "$model_sha256" "$folder/detector.onnx" &&
    fetch_member "$page_wheel" "$page_member" "$page_sha256" "$folder/page.png" && install_onnxruntime; then
    detect_text
else
    say "a Python wheel cannot be had ($log says why): enlarging a bundled picture instead"
    enlarge_picture
fi
printf '%s\n' "$picture"
