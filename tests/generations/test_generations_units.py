# SPDX-License-Identifier: ISC
"""The unit tests where a pointer has 32 bits, and the checks of the library that was built there."""
import os
import pathlib
import subprocess
import sys
import tempfile

import pytest

from lib import roots
from lib.run import TREE

UNITS = sorted(p.stem for p in (TREE / "tests/unit").glob("test_*.c"))


@pytest.fixture(scope="session")
def root_32():
    try:
        return roots.root_of("i386")
    except roots.Missing as e:
        pytest.skip(str(e))


@pytest.fixture(scope="session")
def built_32(root_32):
    return roots.make_32("unit-programs")


@pytest.mark.timeout(1300)
@pytest.mark.parametrize("name", UNITS)
def test_unit(root_32, built_32, world_directory, name):
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="u", dir=world_directory))
    away = roots.RootRunner(scratch, world_directory, root_32)
    done = away(["/usr/bin/env", "-C", TREE, built_32 / "unit" / name], library=False, env={"CMOCKA_MESSAGE_OUTPUT": "stdout"}, timeout=120)
    assert done.code == 0, done


def test_library(root_32, built_32):
    command = [sys.executable, TREE / "scripts/check-library", "--exports", built_32 / "exports", root_32.preload]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "LC_ALL": "C"})
    assert done.returncode == 0, done.stdout


def test_command(root_32, world_directory):
    """It knows its own kind."""
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="u", dir=world_directory))
    away = roots.RootRunner(scratch, world_directory, root_32)
    done = away([root_32.preload.parent / "tlsmend", "check", "/usr/bin/curl", "/usr/bin/python3"], library=False)
    assert done.code == 0 and done.out.count("ELF 32-bit x86") == 2, done
