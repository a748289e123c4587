# SPDX-License-Identifier: ISC
"""One way to show a certificate to a real client, and one way to look at what is said about it."""
import os
import pathlib

import pytest

from clients.table import DEBIAN_PYTHON, HERE as CLIENTS
from lib import servers as servers_module
from lib.once import compile_once
from lib.run import BUILD, HOSTS, check_record, fingerprint

HOST = "legacy.test"
# A program of Python's that verifies nothing: HOST PORT.
UNVERIFIED = """
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
tls = context.wrap_socket(socket.create_connection((sys.argv[1], int(sys.argv[2]))), server_hostname=sys.argv[1])
tls.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
tls.recv(1000)
"""


class Client:
    """`of(port, ca, *options)` is an argv. `argv` of options that only this client has."""

    def __init__(self, name, of):
        self.name, self.of = name, of

    def __call__(self, port, ca, *options):
        return [str(a) for a in self.of(port, ca, *options)]


curl = Client("curl", lambda port, ca, *more: [
    "curl", "-sS", "-m", "20", "--cacert", ca, *more, "https://%s:%d/" % (HOST, port)])  # fmt: skip
python = Client("python", lambda port, ca, *more: [DEBIAN_PYTHON, CLIENTS / "connect.py", HOST, port, "--ca", ca, *more])
s_client = Client("s_client", lambda port, ca, *more: [
    "openssl", "s_client", "-brief", "-verify_return_error", "-verify_hostname", HOST, "-servername", HOST,
    "-connect", "%s:%d" % (HOST, port), "-CAfile", ca, *more])  # fmt: skip


@pytest.fixture(scope="session")
def small_client():
    """client.c, for what no program can be told to do."""
    target = compile_once(BUILD / "causes" / "client", pathlib.Path(__file__).with_name("client.c"), ["-lssl", "-lcrypto"])
    return Client("small", lambda port, ca, *more: [target, HOST, port, ca, *more])


class Shown:
    """A server that presents these certificates, and the file with its identity."""

    def __init__(self, port, identity, chain):
        self.port, self.identity, self.chain = port, identity, chain


@pytest.fixture
def show(pki, servers):
    """show(leaf, *others): a server at HOST that presents them, until the test ends."""
    made = {}

    def shown(*chain):
        key = tuple(c.sha256 for c in chain)
        if key not in made:
            identity = pki.identity("shown-%s-%d" % (chain[0].sha256[:16], len(made)), *chain)
            made[key] = Shown(servers.odd(HOSTS[HOST], servers_module.presents_certificate, identity), identity, chain)
        return made[key]

    return shown


class Told:
    """One record. `text()` is the same as an administrator reads it, of another run."""

    def __init__(self, record, again):
        self.record, self._again = record, again
        self.code, self.message = record.get("code"), record["message"]
        self.expected, self.presented = record.get("expected", ""), record.get("presented", "")
        self.help, self.notes = "\n".join(record.get("help", [])), "\n".join(record.get("notes", []))

    def text(self):
        return self._again()


@pytest.fixture
def tell(run):
    """tell(argv, cause, leaf): runs it, it is refused, and the one record has that cause. `how` as for the runner."""

    def told(argv, cause, leaf=None, event="verify_failed", refused=True, **how):
        def again():
            settings = {**(how.get("settings") or {}), "TLSMEND_LOG_FORMAT": "text"}
            run(argv, **{**how, "settings": settings})
            return run.log_text()

        result = run(argv, **how)
        assert (result.code != 0) is refused, result
        assert len(result.records) == 1, result
        record = check_record(result.records[0])
        assert record["event"] == event
        assert record.get("cause") == cause
        if leaf is not None:
            assert fingerprint(record["chain"][0]["sha256"]) == leaf.sha256
        if os.environ.get("TLSMEND_TEST_READ"):  # with pytest -rP, to read them aloud
            print(again())
        return Told(record, again)

    return told
