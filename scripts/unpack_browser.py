"""Unpack the npm package of a headless Chromium: unpack_browser.py ARCHIVE FOLDER.

The package holds a brotli-compressed program and brotli-compressed archives of its libraries and of
a font. ``FOLDER/chromium`` becomes a script that starts the program with them.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tarfile
from pathlib import Path

import brotli

ARCHIVES = ("al2023.tar.br", "fonts.tar.br", "swiftshader.tar.br")
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{folder}/cache</cachedir>
</fontconfig>
"""
STARTER = """#!/bin/sh
LD_LIBRARY_PATH="{folder}/lib" FONTCONFIG_FILE="{folder}/fonts.conf" exec "{folder}/program" "$@"
"""


def unpack(archive: Path, folder: Path) -> None:
    """Put the browser into a folder, which appears whole or not at all."""
    half = folder.with_name(f"{folder.name}.{os.getpid()}")
    with tarfile.open(archive) as package:
        for name in ARCHIVES:
            with tarfile.open(fileobj=io.BytesIO(_expanded(package, name))) as inner:
                inner.extractall(half, filter="data")
        program = half / "program"
        program.write_bytes(_expanded(package, "chromium.br"))
    program.chmod(0o755)
    (half / "fonts.conf").write_text(FONTS.format(folder=folder), "utf-8")
    starter = half / "chromium"
    starter.write_text(STARTER.format(folder=folder), "utf-8")
    starter.chmod(0o755)
    shutil.rmtree(folder, ignore_errors=True)
    half.rename(folder)


def _expanded(package: tarfile.TarFile, name: str) -> bytes:
    member = package.extractfile(f"package/bin/{name}")
    if member is None:
        raise FileNotFoundError(f"the package holds no {name}")
    return brotli.decompress(member.read())


if __name__ == "__main__":
    unpack(Path(sys.argv[1]), Path(sys.argv[2]).resolve())
