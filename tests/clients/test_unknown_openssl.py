# SPDX-License-Identifier: ISC
"""An OpenSSL that lacks a function that tlsmend needs, as a future one may: the client works, and it is said."""
import pathlib
import re
import subprocess

import pytest

from lib.run import check_records

HOST = "legacy.test"
# Needed by us; neither curl nor libcurl nor the two libraries themselves bind to it.
GONE = b"\0SSL_get_fd\0"


@pytest.fixture
def stranger(run):
    """A directory with the system's libssl, in which one function has another name."""
    listing = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True, timeout=60).stdout
    found = re.search(r"^\s*(libssl\.so\.3) \(libc6,(?:x86-64|AArch64)[^)]*\) => (\S+)$", listing, re.M)
    if not found:
        pytest.skip("no libssl.so.3 among the system's libraries")
    data = pathlib.Path(found.group(2)).read_bytes()
    assert data.count(GONE) == 1
    run.write(found.group(1), data.replace(GONE, GONE.replace(b"get_fd", b"get_xy")))
    return run.scratch


def test_it_is_said_once(run, stranger, sites, pki):
    port, _ = sites.https(HOST)
    urls = ["https://%s:%d/" % (HOST, port)] * 2
    argv = ["curl", "-sS", "-m", "20", *urls]
    before = run(argv, env={"LD_LIBRARY_PATH": str(stranger)}, library=False)
    done = run(argv, env={"LD_LIBRARY_PATH": str(stranger)}, extra_ca={HOST: pki.root_pem})
    assert before.code == 60 and (done.code, done.out, done.err) == (before.code, before.out, before.err)
    check_records(done)
    assert [r["event"] for r in done.records] == ["config_error"], done
    text = str(done.records[0])
    assert "SSL_get_fd" in text and "libssl.so.3" in text and "OpenSSL 3." in text


def test_disabled_says_nothing(run, stranger, sites):
    argv = ["curl", "-sS", "-m", "20", "https://%s:%d/" % (HOST, sites.https(HOST)[0])]
    done = run(argv, env={"LD_LIBRARY_PATH": str(stranger)}, settings={"TLSMEND_DISABLE": "1"})
    assert done.code == 60 and done.log == ""
