# SPDX-License-Identifier: ISC
"""A file that is read for help has an encrypted block: OpenSSL would ask for the passphrase on the host's terminal, and wait."""
import fcntl
import os
import pathlib
import re
import subprocess
import sys
import termios

import pytest

from attackkit import HERE
from lib.run import own_environment

CLIENT = """
import ssl, sys
directory, leaf, key = sys.argv[1:4]
client, server = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
client.check_hostname = False
client.load_verify_locations(capath=directory)
server.load_cert_chain(leaf, key)
to_client, from_client = ssl.MemoryBIO(), ssl.MemoryBIO()
a = client.wrap_bio(to_client, from_client, server_hostname="a.test")
b = server.wrap_bio(from_client, to_client, server_side=True)
try:
    for _ in range(8):
        for side in (a, b):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                pass
    print("good")
except ssl.SSLCertVerificationError:
    print("bad")
"""


def encrypted(pem):
    """As `openssl` wrote keys once; readers take the two lines in any block."""
    head, marks = b"-----BEGIN CERTIFICATE-----\n", b"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,%s\n\n" % (b"0f" * 16)
    return pem.replace(head, head + marks, 1)


@pytest.mark.parametrize("rules", [None, "ExtraCAFile", "OnlyCAFile"])
def test_no_prompt(certificates, library, tmp_path, rules):
    directory, config = tmp_path / "cas", tmp_path / "conf"
    directory.mkdir()
    (directory / "other.pem").write_bytes(encrypted((certificates / "public.pem").read_bytes()))
    config.write_text("[a.test]\n%s = %s\n" % (rules, directory / "other.pem") if rules else "")
    env = own_environment(LD_PRELOAD=str(library), TLSMEND_CONFIG=str(config), TLSMEND_LOG=str(tmp_path / "log"))
    ours, terminal = os.openpty()
    try:
        client = subprocess.Popen(
            [sys.executable, "-c", CLIENT, directory, certificates / "a.pem", certificates / "a.key"], env=env,
            stdin=terminal, stdout=subprocess.PIPE, stderr=terminal, text=True, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        try:
            out = client.communicate(timeout=60)[0]
        finally:
            client.kill()
        os.set_blocking(ours, False)
        try:
            shown = os.read(ours, 4096)
        except BlockingIOError:
            shown = b""
    finally:
        os.close(ours)
        os.close(terminal)
    assert (out, shown) == ("bad\n", b"")
    assert "cannot trust a.test" in (tmp_path / "log").read_text()


def test_every_reader_has_a_callback():
    without = re.compile(r"PEM_(?:read|X509_INFO_read)\w*\((?:[^,;]+,){2}\s*NULL")
    shim = pathlib.Path(HERE).parents[1] / "shim"
    found = {str(p): without.findall(p.read_text()) for p in shim.rglob("*.c")}
    assert {p: f for p, f in found.items() if f} == {}
