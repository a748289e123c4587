# SPDX-License-Identifier: ISC
"""What several pytest processes need, and one of them makes."""

import contextlib
import fcntl
import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
CC = os.environ.get("CC", "gcc")
FLAGS = "-std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror -Wshadow".split()


@contextlib.contextmanager
def locked(path):
    """One process at a time. The file stays; its directory is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def compile_once(target, source, flags, includes=(), warnings=(), compiler=CC):
    """Compiles a C source, unless what is there is newer than it, its includes and the headers here. `flags` come after it. Returns the target."""
    with locked(target.with_name(target.name + ".lock")):
        newest = max(p.stat().st_mtime for p in [source, *includes, *HERE.glob("*.h")])
        if not target.exists() or target.stat().st_mtime < newest:
            partial = target.with_name(target.name + ".new")
            subprocess.run([compiler, *FLAGS, *warnings, str(source), "-o", str(partial), *flags], check=True, timeout=60)
            partial.rename(target)
    return target
