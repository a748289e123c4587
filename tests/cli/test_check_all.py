# SPDX-License-Identifier: ISC
"""Every program of this machine: what `tlsmend check` says of it, compared with what ld.so does when it is started."""
import os
import pathlib
import re
import subprocess

import pytest

from .conftest import COMMAND, LIBRARY, clean_environment

DIRECTORIES = ("/usr/bin", "/usr/sbin")
# ld.so then writes what it would load, and starts nothing.
TRACE = {"LD_TRACE_LOADED_OBJECTS": "1", "LD_PRELOAD": str(LIBRARY)}


def programs():
    found = []
    for directory in DIRECTORIES:
        for path in sorted(pathlib.Path(directory).iterdir()):
            with_magic = path.is_file() and os.access(path, os.R_OK | os.X_OK) and path.open("rb").read(4) == b"\x7fELF"
            if with_magic:
                found.append(str(path))
    return found


def verdicts(paths, tmp_path):
    """{path: (verdict, all lines)}"""
    found = {}
    for start in range(0, len(paths), 100):
        some = paths[start : start + 100]
        done = subprocess.run([str(COMMAND), "check", *some], capture_output=True, text=True, timeout=300, env=clean_environment(tmp_path))
        blocks = re.findall(r"^\S.*\n(?:  .*\n)*", done.stdout, re.M)
        assert len(blocks) == len(some), done.stderr
        found.update({p: (b.splitlines()[0], b) for p, b in zip(some, blocks)})
    return found


def loaded(path, tmp_path):
    done = subprocess.run([path], capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL, env={**clean_environment(tmp_path), **TRACE})
    return done.stdout if done.returncode == 0 else ""


def is_preloadable(whole):
    return re.search(r"out of reach: it (is (statically|setuid|setgid|given|a Go)|starts in)|there the dynamic linker ignores", whole) is None


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_program(tmp_path):
    wrong = []
    for path, (said, whole) in verdicts(programs(), tmp_path).items():
        # a program that ld.so does not load would be run
        interpreter = subprocess.run(["readelf", "-lW", path], capture_output=True, text=True, timeout=30).stdout
        if "ld-linux" not in interpreter or not is_preloadable(whole):
            if "reachable: " in said.replace("partly reachable: ", ""):
                wrong.append("%s, which ld.so does not load: %s" % (path, said))
            continue
        objects = loaded(path, tmp_path)
        if not objects:
            continue
        has_us, has_libssl = str(LIBRARY) in objects, re.search(r"libssl\.so\.[0-9.]+ => /", objects)
        if not has_us:
            wrong.append("%s: not preloaded, but %s" % (path, said))
        if has_libssl and "reachable: " not in said and "linked into the program" not in said:
            wrong.append("%s has libssl: %s" % (path, said))
        missing = set(re.findall(r"^\s+(\S+) => not found", objects, re.M))
        if missing != set(re.findall(r"^  missing   ([^,]+),", whole, re.M)):
            wrong.append("%s: ld.so does not find %s: %s" % (path, missing, whole))
    assert not wrong, "\n".join(wrong)
