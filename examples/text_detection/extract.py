# SPDX-License-Identifier: Apache-2.0
"""Takes one file out of a wheel in a folder, if it is the file that this example was written for."""

import argparse
import hashlib
import os
import sys
import zipfile
from pathlib import Path


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="holds one wheel")
    parser.add_argument("member", help="path inside the wheel")
    parser.add_argument("sha256", help="of the file")
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()

    wheels = list(arguments.folder.glob("*.whl"))
    if len(wheels) != 1:
        sys.exit(f"{arguments.folder} = {len(wheels)} wheels: must be one")
    with zipfile.ZipFile(wheels[0]) as wheel:
        data = wheel.read(arguments.member)
    digest = hashlib.sha256(data).hexdigest()
    if digest != arguments.sha256:
        sys.exit(f"{arguments.member} of {wheels[0].name} = SHA-256 {digest}: must be {arguments.sha256}")

    # Under its name only when it is whole, so that an interrupted run leaves nothing to trip over.
    partial = arguments.output.with_suffix(".partial")
    partial.write_bytes(data)
    os.replace(partial, arguments.output)


if __name__ == "__main__":
    main()
