# SPDX-License-Identifier: ISC
"""/etc/ld.so.preload: every program of a system starts with the library. Packages with their scripts, accounts, logins, cron, and what
happens where the file is damaged."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import threading

import pytest

from lib.ports import free_port
from lib.run import BUILD, TREE
from trapkit import HERE, without_front

slow = pytest.mark.slow


@pytest.fixture(scope="module")
def overlay():
    if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("apt-get"):
        pytest.skip("needs root, unshare and apt-get")
    script = "mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w /mnt/m && mount -t overlay o -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/m"
    if subprocess.run(["unshare", "--mount", "sh", "-c", script], capture_output=True, timeout=60).returncode:
        pytest.skip("no overlay file system here")


def system(library, command, timeout=400):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TLSMEND_", "LD_", "PYTEST"))}
    done = subprocess.run(["unshare", "--mount", "--propagation", "private", HERE / "whole_system.sh", str(library), str(free_port()), command],
                          capture_output=True, text=True, timeout=timeout, env={**clean, "TREE": str(TREE)}, stdin=subprocess.DEVNULL)  # fmt: skip
    return done.returncode, done.stdout, done.stderr


EXPECTED = {
    "packages": ["cron install ok installed", "sudo install ok installed", "dpkg: 0"],
    "accounts": ["useradd: 0", "chpasswd: 0", "su: 3", "root", "sudo: 0", "passwd: 0", "no log"],
    "login": ["ssh: 5", "wanda"],
    "cron": ["root"],
}


@slow
@without_front
def test_first_process(overlay, library):
    if not os.path.exists("/lib/systemd/systemd"):
        pytest.skip("no systemd here")
    without = system("none", "boot")
    if "systemd: 3\n" not in without[1]:
        pytest.skip("systemd is no first process here: %s" % (without[1] + without[2])[-200:])
    assert without[1].startswith("/lib/systemd/systemd\nsuccess\nroot\ncurl: (7)") and "result: exited 7\n" in without[1]
    assert system(library, "boot") == without


@slow
@without_front
@pytest.mark.timeout(900)
@pytest.mark.parametrize("command", EXPECTED)
def test_system_works(overlay, library, command):
    without = system("none", command)
    if "apt-get: 0" not in without[1]:
        pytest.skip("no packages can be had here")
    lines = without[1].splitlines()
    assert without[0] == 0 and all(line in lines for line in EXPECTED[command]), without
    assert system(library, command) == without


@without_front
def test_damaged_library_keeps_nobody_from_anything(overlay, library):
    """What ld.so does with a file that is no library; one that is cut off further behind would kill all, and so is never written in place."""
    code, out, err = system(library, "broken")
    assert code == 0
    for line in out.splitlines():
        kind, status, user, lines = line.split()
        assert (status, user) == ("0", "nobody") and int(lines) > 0, line
    assert len(out.splitlines()) == 6, out


@slow
@without_front
@pytest.mark.timeout(1300)
@pytest.mark.skipif(os.uname().machine != "x86_64" or not shutil.which("dpkg-buildpackage"), reason="needs dpkg-buildpackage and x86-64")
def test_own_packages(overlay):
    code, out, err = system("none", "own_package", timeout=1200)
    if "debhelper install ok installed" not in out:
        pytest.skip("no debhelper can be had here")
    lines = out.splitlines()
    assert code == 0 and "dpkg-buildpackage: 0" in lines, (out, err)
    assert "/usr/lib/x86_64-linux-gnu/libtlsmend.so" in lines and "/usr/lib/i386-linux-gnu/libtlsmend.so" in lines
    assert [line for line in lines if line.startswith("dpkg: ")] == ["dpkg: 0", "dpkg: 0", "dpkg: 1", "dpkg: 0"], out
    assert "LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libtlsmend.so" in lines and lines[-1] == "no library" and "cannot be preloaded" not in out, out


# ---- what installs it ---------------------------------------------------------------------------------------------------

def test_it_is_installed_by_rename(tmp_path):
    """While `make install` runs again and again, there is a whole library at every moment."""
    prefix = tmp_path / "usr/local"
    # what is built stays as it is, whatever it was built with
    command = ["make", "-s", "-C", TREE, "-o", "all", "BUILD=%s" % BUILD, "DESTDIR=%s" % tmp_path, "install"]
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "BUILD")}

    def install():
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=200, env=env)
        assert done.returncode == 0, done.stderr

    install()
    target = prefix / "lib/libtlsmend.so"
    whole, first = target.stat().st_size, target.stat().st_ino
    seen, stop = set(), threading.Event()

    def look():
        while not stop.is_set():
            with contextlib.suppress(FileNotFoundError):
                seen.add(target.stat().st_size)
                continue
            seen.add(None)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        for _ in range(3):
            install()
    finally:
        stop.set()
        watcher.join()
    assert seen == {whole}
    assert target.stat().st_ino != first and [p.name for p in pathlib.Path(prefix / "lib").iterdir()] == ["libtlsmend.so"]
