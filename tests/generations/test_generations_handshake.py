# SPDX-License-Identifier: ISC
"""Handshakes that fail, and files, in every generation: reasons and the way an end of file looks differ, causes do not."""
import socket
import ssl
import types

import pytest

from lib import servers as peers
from lib.pki import issue
from lib.run import HOSTS, check_records

HOST = "legacy.test"
OLD = "old.test"
WEAK = {"MinProtocol": "TLSv1", "CipherString": "DEFAULT:@SECLEVEL=0", "Reason": "firmware of 2011", "Until": "2999-12-31"}


def no_renegotiation_info(connection, _):
    """A ServerHello of TLS 1.2 without renegotiation_info (RFC 5746), and then nothing more."""
    hello = connection.recv(65536)
    body = b"\x03\x03" + bytes(32) + b"\0" + b"\xc0\x2b" + b"\0"
    message = b"\x02" + len(body).to_bytes(3, "big") + body
    assert hello[:1] == b"\x16"
    connection.sendall(b"\x16\x03\x03" + len(message).to_bytes(2, "big") + message)
    connection.shutdown(socket.SHUT_WR)
    connection.recv(65536)


ODD = {
    "http": (peers.speaks_http, "not-tls"),
    "smtp": (peers.greets_as_smtp, "not-tls"),
    "ssh": (peers.greets_as_ssh, "not-tls"),
    "end": (peers.closes_early, "closed-early"),
    "reset": (peers.resets, "closed-early"),
    "alert-40": (peers.sends_alert(40), "handshake-refused"),
    "alert-70": (peers.sends_alert(70), "server-too-old"),
    "alert-80": (peers.sends_alert(80), "peer-error"),
    "alert-112": (peers.sends_alert(112), "unknown-server-name"),
    "alert-120": (peers.sends_alert(120), "no-common-alpn"),
}


def only_handshake(done, *causes, host=HOST):
    check_records(done)
    assert [(r["event"], r["host"]) for r in done.records] == [("handshake_failed", host)], done
    assert done.records[0]["cause"] in causes, done
    return done.records[0]


@pytest.mark.parametrize("behaviour", list(ODD))
def test_odd_peer(compare, client, odd, behaviour):
    acts, cause = ODD[behaviour]
    done = compare(client(HOST, odd(acts)))
    assert done.code != 0
    record = only_handshake(done, cause)
    if behaviour.startswith("alert"):
        assert record["alert"] == "received:" + behaviour[6:]
    if cause == "not-tls":
        assert {"http": "HTTP/1.1", "smtp": "220 mail", "ssh": "SSH-2.0"}[behaviour] in record["presented"]


def test_failed_stapling_callback(compare, client, name, sites, pki):
    """In 1.1.1 its reason has the number that means the end of a file from 3.0 on."""
    if name != "own":
        return
    done = compare([*client(HOST, sites.https(HOST)[0], ca=pki.root_pem), "--stapled"])
    assert done.code != 0 and "ocsp callback failure" in done.out
    assert only_handshake(done, "protocol-error")["name"] == "ocsp callback failure"


# ---- protocol versions -------------------------------------------------------------------------------------
def test_old_server(compare, away, client, pki, old_server):
    done = compare(client(OLD, old_server, ca=pki.root_pem))
    assert done.code != 0
    only_handshake(done, "server-too-old", host=OLD)
    mended = away(client(OLD, old_server, ca=pki.root_pem), config=away.config((OLD, WEAK)))
    assert mended.code == 0, mended
    check_records(mended)
    # where the client's own minimum is known, the rule is also told to have made the difference
    assert {r["event"] for r in mended.records} in ({"weakened"}, {"weakened", "mended"})


def test_old_client(compare, away, client, pki, new_server):
    argv = client(OLD, new_server, ca=pki.root_pem, tls1=True)
    done = compare(argv)
    assert done.code != 0
    only_handshake(done, "client-too-old", host=OLD)
    mended = away(argv, min_protocol={OLD: "TLSv1.2"})
    assert mended.code == 0 and mended.events == ["mended"], mended


def test_old_method(away, client, name, root, pki, new_server):
    """A method of one fixed version, which 4.0 no longer has."""
    if name != "own" or root.version >= (4, 0):
        return
    argv = [*client(OLD, new_server, ca=pki.root_pem), "--method", "tls1", "--ciphers", "DEFAULT:@SECLEVEL=0"]
    only_handshake(away(argv), "client-too-old", host=OLD)
    mended = away(argv, min_protocol={OLD: "TLSv1.2"})
    assert mended.code == 0 and mended.events == ["mended"] and "OK TLSv1.2" in mended.out


# ---- client certificates -----------------------------------------------------------------------------------
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_client_certificate(compare, client, name, odd, pki, version):
    port = odd(peers.asks_for_client_certificate(pki.root_pem, version), identity=pki.good(HOST))
    if name == "openssl" and version == ssl.TLSVersion.TLSv1_3:
        return  # closes before the server's verdict comes
    done = compare(client(HOST, port, ca=pki.root_pem))
    assert done.code != 0
    only_handshake(done, "client-certificate-missing")


# ---- what servers of yesterday do ----------------------------------------------------------------------------
def test_legacy_renegotiation(compare, client, root, odd):
    done = compare(client(HOST, odd(no_renegotiation_info)))
    # 1.1.1 goes on with such a server
    record = only_handshake(done, *(["legacy-renegotiation"] if root.version[0] >= 3 else ["closed-early", "peer-error", "protocol-error"]))
    if root.version[0] >= 3:
        assert "UnsafeLegacyServerConnect" in str(record["help"])


# Oakley group 2 (RFC 2409): 1024 bits.
DH_1024 = """-----BEGIN DH PARAMETERS-----
MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR
Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL
/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC
-----END DH PARAMETERS-----
"""


@pytest.fixture(scope="session")
def small_dh_server(pki, servers, world_directory):
    identity = pki.identity("rsa", issue(HOST, pki.intermediate, names=[HOST], key="rsa2048"), pki.intermediate)
    path = world_directory / "dh1024.pem"
    path.write_text(DH_1024)
    return servers.s_server(identity, HOSTS[HOST], "-dhparam", path, "-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0").port


def test_small_dh(compare, client, pki, small_dh_server):
    done = compare(client(HOST, small_dh_server, ca=pki.root_pem))
    assert done.code != 0
    assert only_handshake(done, "dh-key-small")["code"] == 394


# ---- files ---------------------------------------------------------------------------------------------------
def test_missing_ca_file(compare, client, name, away, sites):
    path = away.scratch / "missing.pem"
    done = compare(client(HOST, sites.https(HOST)[0], ca=path))
    check_records(done)
    if name == "curl" and "does not exist" in done.err:
        return  # newer ones look themselves, before they begin
    assert [(r["event"], r["cause"]) for r in done.records] == [("load_failed", "file-missing")], done
    assert str(path) in done.records[0]["message"]


def test_key_of_another_certificate(compare, client, name, away, pki, sites):
    if name == "openssl":
        return  # s_client compares the two by itself
    mine, other = pki.good("client.test"), pki.good("other.client.test")
    done = compare(client(HOST, sites.https(HOST)[0], ca=pki.root_pem, cert=types.SimpleNamespace(chain=mine.chain, key=other.key)))
    check_records(done)
    assert [(r["event"], r["cause"]) for r in done.records] == [("load_failed", "key-mismatch")], done


def test_no_pem(compare, client, away, pki, sites):
    done = compare(client(HOST, sites.https(HOST)[0], ca=away.write("ca.der", pki.root.der)))
    check_records(done)
    assert [(r["event"], r["cause"]) for r in done.records] == [("load_failed", "file-not-pem")], done
