# SPDX-License-Identifier: ISC
"""Traps of the functions that load files: nothing of what the library looks at shows."""
import os
import shutil
import subprocess

import pytest

from trapkit import build, without_front


@pytest.fixture
def files(certificates, tmp_path):
    """Every kind of file that is not what was asked for. An unprivileged user may run into it."""
    here = tmp_path / "files"
    shutil.copytree(certificates, here)
    crt, key = (here / "legacy.crt").read_bytes(), (here / "legacy.key").read_bytes()
    (here / "directory").mkdir()
    (here / "empty.pem").write_bytes(b"")
    (here / "text.pem").write_text("see the wiki\n")
    (here / "cut.pem").write_bytes(crt[:500])
    (here / "cut.key").write_bytes(key[:500])
    (here / "link.pem").symlink_to("gone.pem")
    (here / "locked").mkdir()
    shutil.copy(here / "legacy.crt", here / "locked" / "x.pem")
    shutil.copy(here / "legacy.crt", here / "unreadable.pem")
    (here / "unreadable.pem").chmod(0)
    (here / "locked").chmod(0)

    def openssl(*argv):
        subprocess.run(["openssl", *map(str, argv)], check=True, timeout=30, capture_output=True)

    openssl("x509", "-in", here / "legacy.crt", "-outform", "DER", "-out", here / "cert.der")
    openssl("pkey", "-in", here / "legacy.key", "-outform", "DER", "-out", here / "key.der")
    openssl("pkey", "-in", here / "legacy.key", "-aes128", "-passout", "pass:secret", "-out", here / "encrypted.key")
    openssl("pkcs12", "-export", "-in", here / "legacy.crt", "-inkey", here / "legacy.key", "-passout", "pass:right",
            "-out", here / "both.p12")
    yield here
    (here / "locked").chmod(0o700)


@pytest.mark.parametrize("user", ["load_files", "load_files_dlsym", pytest.param("load_files_local", marks=without_front)])
def test_results_errno_and_queue_are_equal(trap, files, user):
    # default paths with one certificate: they are loaded a thousand times
    result = trap.equal(user, files, env={"SSL_CERT_FILE": files / "root.pem", "SSL_CERT_DIR": files / "directory"})
    assert "use_file: 1, errno" in result.out and "ctx_key: 1, errno" in result.out, "good files are loaded"
    assert "fopen(%s/missing.pem" % files in result.out, "and bad ones fail as they do"
    causes = {(r["cause"], r["message"].split("/")[-1].split(":")[0].split(" ")[0]) for r in result.of("load_failed")}
    expected = {("file-missing", "missing.pem"), ("file-missing", "x.pem"), ("file-missing", "link.pem"),
                ("file-not-pem", "directory"), ("file-not-pem", "empty.pem"), ("file-not-pem", "text.pem"),
                ("file-not-pem", "cut.pem"), ("file-not-pem", "cert.der"), ("bad-passphrase", "encrypted.key")}
    assert expected <= causes, sorted(causes)
    assert len(result.records) == len(result.of("load_failed"))


def test_child_leaves_its_parents_failures_to_the_parent(trap, files):
    """A shell's exec keeps no memory, so only the process that failed says so; both end by exit(3)."""
    code = ("import os, ssl\nc = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\n"
            "try:\n    c.load_verify_locations(%r)\nexcept OSError:\n    pass\n"
            "pid = os.fork()\n"
            "if pid:\n    os.waitpid(pid, 0)\n" % str(files / "missing.pem"))
    result = trap.equal("/usr/bin/python3", "-c", code)
    assert [r["cause"] for r in result.records] == ["file-missing"]


def test_process_that_gives_up_at_once(trap, files):
    """It frees nothing: exit(3) right after the failure."""
    code = ("import ctypes, os\nlib = ctypes.CDLL('libssl.so.3')\nlib.SSL_CTX_new.restype = ctypes.c_void_p\n"
            "lib.TLS_client_method.restype = ctypes.c_void_p\n"
            "ctx = ctypes.c_void_p(lib.SSL_CTX_new(ctypes.c_void_p(lib.TLS_client_method())))\n"
            "assert lib.SSL_CTX_load_verify_locations(ctx, %r, None) == 0\n" % os.fsencode(files / "missing.pem"))
    result = trap.equal("/usr/bin/python3", "-c", code)
    assert [r["cause"] for r in result.records] == ["file-missing"]
    assert "missing.pem" in result.records[0]["message"]


def test_build_is_local(files):
    """Guards the case above: the main program itself brings no libssl."""
    libraries = subprocess.run(["ldd", str(build("load_files_local"))], capture_output=True, text=True, timeout=30).stdout
    assert "libssl" not in libraries
