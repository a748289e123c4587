# SPDX-License-Identifier: ISC
"""The unit tests where a pointer has 32 bits, and the checks of the library that was built there."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

from lib import roots
from lib.run import COMMAND, LIBRARY, TREE

from .conftest import root_or_skip

UNITS = sorted(p.stem for p in (TREE / "tests/unit").glob("test_*.c"))


@pytest.fixture(scope="session")
def root_32():
    return root_or_skip("i386")


@pytest.fixture(scope="session")
def built_32(root_32):
    return roots.make_for("i386", "unit-programs")


@pytest.mark.timeout(1300)
@pytest.mark.parametrize("name", UNITS)
def test_unit_passes_with_32_bits(root_32, built_32, world_directory, name):
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="u", dir=world_directory))
    away = roots.RootRunner(scratch, world_directory, root_32)
    done = away(["/usr/bin/env", "-C", TREE, built_32 / "unit" / name], library=False, env={"CMOCKA_MESSAGE_OUTPUT": "stdout"}, timeout=120)
    assert done.code == 0, done


def test_library_of_32_bits_passes_its_checks(root_32, built_32):
    command = [sys.executable, TREE / "scripts/check-library", "--exports", built_32 / "exports", root_32.preload]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "LC_ALL": "C"})
    assert done.returncode == 0, done.stdout


def test_command(root_32, world_directory):
    """It knows its own kind."""
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="u", dir=world_directory))
    away = roots.RootRunner(scratch, world_directory, root_32)
    done = away([root_32.preload.parent / "tlsmend", "check", "/usr/bin/curl", "/usr/bin/python3"], library=False)
    assert done.code == 0 and done.out.count("ELF 32-bit x86") == 2, done


@pytest.fixture
def both(root_32, tmp_path):
    """Where the library of each kind is installed, and the command beside the wide one."""
    wide, narrow = tmp_path / "lib/x86_64-linux-gnu", tmp_path / "lib/i386-linux-gnu"
    for directory, library in (wide, LIBRARY), (narrow, root_32.preload):
        directory.mkdir(parents=True)
        shutil.copy(library, directory)
    return wide, narrow, shutil.copy(COMMAND, wide)


def test_service_of_both_kinds(run, both, tmp_path):
    """A unit's children may be of either kind."""
    def written():
        script = "%s service app --dry-run" % both[2]
        done = run(["sh", "-c", script], etc={"systemd/system/app.service": "[Service]\nExecStart=/bin/true\n"}, library=False)
        assert done.code == 0, done
        return done

    assert 'Environment="LD_PRELOAD=%s/$LIB/libtlsmend.so"\n' % tmp_path in written().out
    (both[1] / "libtlsmend.so").unlink()
    done = written()
    assert 'Environment="LD_PRELOAD=%s/libtlsmend.so"\n' % both[0] in done.out
    assert ("service: only the 64-bit library is installed" in done.err) == os.path.exists("/lib/ld-linux.so.2")


def test_both_kinds(root_32, both, tmp_path):
    """Installed for both, the launcher writes the form that each ld.so fills in by itself."""
    wide, narrow, tlsmend = both
    form = "%s/$LIB/libtlsmend.so" % tmp_path
    run = subprocess.run([tlsmend, "run", "--log", "off", "/usr/bin/env"], capture_output=True, text=True, timeout=60)
    assert "LD_PRELOAD=%s\n" % form in run.stdout, run
    shown = subprocess.run([tlsmend, "env", "--systemd"], capture_output=True, text=True, timeout=60)
    assert 'Environment="LD_PRELOAD=%s"' % form in shown.stdout and "32-bit" not in shown.stderr, shown
    code = "import sys; print([l.split()[-1] for l in open('/proc/self/maps') if 'libtlsmend' in l][0], sys.maxsize > 2**32)"
    inside = root_32.path
    old = [inside / "lib/ld-linux.so.2", "--library-path", inside / "usr/lib/i386-linux-gnu", inside / "usr/bin/python3", "-S", "-c", code]
    for argv, directory in (old, narrow), (["/usr/bin/python3", "-c", code], wide):
        env = {"LD_PRELOAD": form, "PYTHONHOME": str(inside / "usr")} if directory == narrow else {"LD_PRELOAD": form}
        done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, timeout=60, env=env)
        assert done.stdout == "%s/libtlsmend.so %s\n" % (directory, directory == wide) and not done.stderr, done
    (narrow / "libtlsmend.so").unlink()
    run = subprocess.run([tlsmend, "run", "--log", "off", "/usr/bin/env"], capture_output=True, text=True, timeout=60)
    assert "LD_PRELOAD=%s/libtlsmend.so\n" % wide in run.stdout, run
    if os.path.exists("/lib/ld-linux.so.2"):
        run = subprocess.run([tlsmend, "run", inside / "usr/bin/true"], capture_output=True, text=True, timeout=60)
        assert "it is a 32-bit x86 program" in run.stderr and run.stderr.endswith("; started without the library\n"), run
        assert "ld.so" not in run.stderr and len(run.stderr.splitlines()) == 1, run
