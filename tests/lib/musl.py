# SPDX-License-Identifier: ISC
"""The other libc: its compiler, and programs that are built with it."""

import shutil

from lib.once import compile_once

COMPILER = shutil.which("musl-gcc")
WHY_NOT = "no musl-gcc here (Debian: musl-tools)"


def compile_musl(target, source, flags=()):
    return compile_once(target, source, list(flags), warnings=["-Wno-pedantic"], compiler=COMPILER)
