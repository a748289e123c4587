# SPDX-License-Identifier: ISC
"""Traps of hosts that do unusual things to themselves: environment, threads, address space, namespaces of the loader, file systems."""

import os
import pathlib
import socket
import subprocess

import pytest

from trapkit import HERE, OUT, SHARED, build, compile_once, own_mounts, without_front

HOST = "legacy.test"
BAD, GOOD = ("unrelated", "legacy", HOST), ("root", "legacy", HOST)
FAILED = HOST + ": failed, verify result 20\n"


def test_environment_that_was_overwritten(trap):
    """... by a program that has the only copy of `environ`: the settings are those that it was started with."""
    program = compile_once(OUT / "odd_host_copied", HERE / "odd_host.c", ["-fno-pie", "-no-pie", "-lssl", "-lcrypto", "-ldl", "-pthread"])
    relocations = subprocess.run(["readelf", "-rW", program], capture_output=True, text=True, timeout=60).stdout
    assert "_COPY" in relocations and "environ" in relocations, "its own copy of the variable"
    result = trap.equal(program, "environ", *BAD)
    assert (result.out, result.code) == (FAILED, 1) and [r["cause"] for r in result.records] == ["issuer-unknown"]
    mended = trap.preloaded(program, "environ", *BAD, rules=trap.trust_root)
    assert mended.code == 0 and [r["event"] for r in mended.records] == ["mended"]
    assert trap.equal(program, "environ", *BAD, env={"TLSMEND_DISABLE": "1"}).log == b""


def test_clone_with_the_same_thread_pointer(trap):
    result = trap.equal("odd_host", "clone", *BAD)
    assert result.out.count(FAILED) == 2 and "the child: 256\n" in result.out
    assert result.of("verify_failed")
    assert trap.equal("odd_host", "clone", *GOOD).records == []
    assert trap.preloaded("odd_host", "clone", *BAD, rules=trap.trust_root).code == 0


@without_front
@pytest.mark.parametrize("anchors", ["root", "unrelated"])
def test_libraries_come_and_go(trap, anchors):
    """One that defines names of OpenSSL, one that exports nothing, one that is linked with OpenSSL."""
    empty = compile_once(OUT / "libempty.so", HERE / "empty.c", [*SHARED, "-nostdlib", "-Wl,--hash-style=gnu"])
    few = compile_once(OUT / "libempty_sysv.so", HERE / "empty.c", [*SHARED, "-nostdlib", "-Wl,--hash-style=sysv"])
    result = trap.equal("odd_host", "churn", anchors, "legacy", HOST, build("libfake.so"), empty, build("libplugin.so"), few)
    counts = "connected 160, failed 0" if anchors == "root" else "connected 0, failed 160"
    # the first one's own, and that of the OpenSSL which the third one needs
    assert result.out == counts + ", loaded 640 times, SSL_connect in 320 of them\n"
    if anchors == "root":
        assert result.records == []
    else:
        assert {r["cause"] for r in result.records} == {"issuer-unknown"}


def least_space(trap):
    """KiB of address space that the connection needs by itself, in steps of a quarter of a MiB."""
    for kib in range(512, 16384, 256):
        if trap.plain("odd_host", "space", *GOOD, kib).code == 0:
            return kib
    pytest.skip("no limit of the address space here")


@without_front
def test_little_address_space(trap):
    """A stand-in for vm.overcommit_memory = 2: what is mapped counts, used or not."""
    kib = least_space(trap)
    result = trap.preloaded("odd_host", "space", *GOOD, kib + 512)
    assert (result.code, result.records) == (0, []), (kib, result.out, result.err)
    result = trap.preloaded("odd_host", "space", *BAD, kib + 1024)
    assert result.out == FAILED and len(result.records) <= 1, result.err
    # none at all: it fails as it does alone, and does not crash
    for some in (0, kib // 2):
        assert trap.preloaded("odd_host", "space", *GOOD, some).code == trap.plain("odd_host", "space", *GOOD, some).code


@without_front
@pytest.mark.parametrize("anchors", ["root", "unrelated"])
def test_namespaces(trap, server, anchors):
    """Out of reach (docs/design.md#copies), and not disturbed; the program's own OpenSSL is reached all the same."""
    libssl = next(p for p in ("/usr/lib/x86_64-linux-gnu/libssl.so.3", "/usr/lib/aarch64-linux-gnu/libssl.so.3") if os.path.exists(p))
    result = trap.equal("namespaces", build("libplugin.so"), libssl, server, HOST, trap.certificates / (anchors + ".pem"))
    assert result.code == 0 and result.out.count("verify result %d\n" % (0 if anchors == "root" else 20)) >= 3
    assert [r["cause"] for r in result.records] == ["issuer-unknown"], result.records


# ---- where the log cannot go ----------------------------------------------------------------------------------------------

def says_where_it_went(plain, result, log):
    """What the client does is the same; the record comes to standard error, behind a line that says why."""
    assert (result.code, result.out, plain.err) == (plain.code, plain.out, "")
    lines = result.err.splitlines()
    assert lines[0].startswith("tlsmend: error: cannot write to %s: " % log) and result.err.count("issuer-unknown") >= 1, result.err
    assert result.err.count("cannot write to") == 1


def check_log(trap, log):
    says_where_it_went(trap.plain("plain", *BAD), trap.preloaded("plain", *BAD, env={"TLSMEND_LOG": str(log)}), log)


def test_log_is_a_pipe(trap, tmp_path):
    """Without a reader, and with one that never reads: nothing waits, and no signal comes."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    check_log(trap, fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(BlockingIOError):
            while True:
                os.write(writer, bytes(4096))
        plain, result = trap.plain("plain", *BAD), trap.preloaded("plain", *BAD, env={"TLSMEND_LOG": str(fifo)})
        assert (result.code, result.out) == (plain.code, plain.out)
    finally:
        os.close(writer)
        os.close(reader)


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_log_is_a_socket(trap, tmp_path, kind):
    with socket.socket(socket.AF_UNIX, kind) as s:
        s.bind(str(tmp_path / "socket"))
        check_log(trap, tmp_path / "socket")


@own_mounts
@pytest.mark.parametrize("how", ["full", "read-only", "gone"])
def test_file_system_of_the_log(trap, how):
    setup = {
        "full": "mount -t tmpfs -o size=8k none /mnt && dd if=/dev/zero of=/mnt/x bs=4k count=4 2>/dev/null; touch /mnt/log 2>/dev/null",
        "read-only": "mount -t tmpfs none /mnt && touch /mnt/log && mount -o remount,ro /mnt",
        "gone": "mount -t tmpfs none /mnt",
    }[how]
    script = setup + '; LD_PRELOAD=$0 TLSMEND_LOG=$1 exec "$2" unrelated legacy ' + HOST
    log = "/mnt/none/log" if how == "gone" else "/mnt/log"
    where = ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script]
    plain = trap.plain(*where, "", log, build("plain"))
    assert plain.out == FAILED
    says_where_it_went(plain, trap.plain(*where, trap.preload, log, build("plain")), log)


def test_alignment():
    """ld.so maps no library whose segments are aligned to less than a page: 4 KiB here, up to 64 KiB on AArch64 (test_generations_emulated)."""
    library = pathlib.Path(str(OUT)).parent / "libtlsmend.so"
    headers = subprocess.run(["readelf", "-lW", library], capture_output=True, text=True, timeout=60, check=True).stdout
    aligned = [int(line.split()[-1], 16) for line in headers.splitlines() if line.strip().startswith("LOAD")]
    assert aligned and all(a >= os.sysconf("SC_PAGESIZE") for a in aligned)
