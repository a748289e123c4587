# SPDX-License-Identifier: ISC
"""Programs without TLS in other roots: the library is preloaded into all of them."""
import pathlib
import shutil
import subprocess
import tempfile

import pytest

from lib import roots

from .conftest import HERE, build_client


@pytest.fixture
def inside(each_root, world_directory):
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="n", dir=world_directory))
    yield roots.RootRunner(scratch, world_directory, each_root)
    shutil.rmtree(scratch, ignore_errors=True)


def test_process_without_libdl(inside, each_root, world_directory):
    """Before glibc 2.34 dlsym(3) is in libdl, which the library does not bring into a process."""
    program = build_client(each_root, world_directory, HERE / "no_libdl.c", "-Wl,--as-needed")
    needed = subprocess.run(["readelf", "-dW", program], capture_output=True, text=True, timeout=60, check=True).stdout
    assert "libc.so.6" in needed and "libdl" not in needed
    for argv in ([program], ["/usr/bin/env", "true"], ["/usr/bin/env", program]):
        before, after = inside(argv, library=False), inside(argv)
        assert before.code == 0 and (after.code, after.out, after.err, after.log) == (0, before.out, before.err, ""), after
