# SPDX-License-Identifier: ISC
"""DTLS: its versions, headers and extra messages are not those of TLS, and only a rule's trust acts on it."""
import socket
import subprocess

import pytest

from lib.ports import free_port
from lib.run import check_records

HOST, ADDRESS = "legacy.test", "127.0.0.2"
# Debian's openssl.cnf wants DTLS 1.2 of both sides.
EVERYTHING = {"OPENSSL_CONF": "/dev/null"}


@pytest.fixture
def dtls(pki, tmp_path):
    """Starts `openssl s_server` for DTLS; returns its port once it has bound it."""
    started = []

    def start(*options):
        port, identity = free_port(ADDRESS), pki.good(HOST)
        with open(tmp_path / "server.log", "wb") as log:
            server = subprocess.Popen(
                ["openssl", "s_server", "-accept", "%s:%d" % (ADDRESS, port), "-cert", identity.chain, "-cert_chain", identity.chain,
                 "-key", identity.key, *options],
                stdin=subprocess.PIPE, stdout=log, stderr=log, env={"PATH": "/usr/bin", "OPENSSL_CONF": "/dev/null"})  # fmt: skip
        started.append(server)
        want = "%08X:%04X" % (int.from_bytes(socket.inet_aton(ADDRESS), "little"), port)
        for _ in range(500):
            with open("/proc/net/udp") as f:
                if want in f.read():
                    return port
            try:
                server.wait(0.02)
                break
            except subprocess.TimeoutExpired:
                pass
        raise AssertionError((tmp_path / "server.log").read_text())

    yield start
    for server in started:
        server.kill()
        server.wait(10)


def client(port, *options, ca):
    return ["openssl", "s_client", "-connect", "%s:%d" % (HOST, port), "-servername", HOST, "-CAfile", ca,
            "-verify_return_error", *options]  # fmt: skip


def only(done, event, cause):
    check_records(done)
    (r,) = done.records
    assert (r["event"], r["cause"], r["host"]) == (event, cause, HOST)
    return r


def test_a_bad_chain_is_told_and_mended(run, pki, dtls):
    port = dtls("-dtls")
    empty = run.write("other.pem", pki.stranger.pem)
    done = run(client(port, "-dtls", ca=empty), stdin="")
    only(done, "verify_failed", "issuer-unknown")
    done = run(client(port, "-dtls", ca=empty), stdin="", extra_ca={HOST: pki.root_pem})
    assert done.code == 0 and done.events == ["mended"]


@pytest.mark.cause("handshake-refused")
def test_nothing_in_common(run, pki, dtls):
    """After a HelloVerifyRequest, which is no ServerHello."""
    r = only(run(client(dtls("-dtls1_2"), "-dtls1_2", "-cipher", "AES128-SHA256:ECDHE-PSK-AES128-CBC-SHA256", ca=pki.root_pem), stdin=""),
             "handshake_failed", "handshake-refused")  # fmt: skip
    assert r["alert"] == "received:40"


def test_a_server_that_is_too_old(run, pki, dtls):
    port = dtls("-dtls1", "-cipher", "DEFAULT:@SECLEVEL=0")
    r = only(run(client(port, "-dtls1_2", ca=pki.root_pem), stdin="", env=EVERYTHING), "handshake_failed", "server-too-old")
    assert "DTLS 1.0" in r["message"] + str(r) and "MinProtocol" not in str(r["help"])


@pytest.mark.cause("network-error")
def test_nobody_there(run, pki):
    r = only(run(client(free_port(ADDRESS), "-dtls", ca=pki.root_pem), stdin=""), "handshake_failed", "network-error")
    assert "Connection refused" in str(r) and "TLS did not get far enough" in str(r["help"])


@pytest.mark.parametrize("version,rule,good", [
    ("-dtls1_2", "TLSv1.2", True), ("-dtls1_2", "TLSv1.3", False), ("-dtls1", "TLSv1.1", True), ("-dtls1", "TLSv1.2", False),
])
def test_a_lowest_version_ends_what_is_older(run, pki, dtls, version, rule, good):
    """The rule sets no bound there, and must not be passed by for that."""
    port = dtls("-dtls", "-cipher", "DEFAULT:@SECLEVEL=0")
    done = run(client(port, version, "-cipher", "DEFAULT:@SECLEVEL=0", ca=pki.root_pem), stdin="", env=EVERYTHING,
               config=run.config((HOST, {"MinProtocol": rule})))
    check_records(done)
    assert (done.code == 0) == good, done
    assert [r["event"] for r in done.failures] == ([] if good else ["verify_failed"]), done
    if not good:
        assert "MinProtocol" in str(done.failures[0]), done
