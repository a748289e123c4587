# SPDX-License-Identifier: ISC
"""What is put up with from one server: an end without close_notify (IgnoreUnexpectedEOF), a bundle in place of a chain (MaxCertList)."""
import socket
import ssl

import pytest

from clients.table import DEBIAN_PYTHON, HERE
from lib.pki import issue
from lib.run import HOSTS, check_records

HOST = "legacy.test"
WHY = {"Reason": "appliance of 2014", "Until": "2999-12-31"}


def curl(port, ca):
    return ["curl", "-sS", "-m", "20", "--cacert", ca, "https://%s:%d/" % (HOST, port)]


def python(port, ca):
    return [DEBIAN_PYTHON, HERE / "until_end.py", HOST, port, ca]


def s_client(port, ca):
    return ["openssl", "s_client", "-brief", "-verify_return_error", "-verify_hostname", HOST, "-servername", HOST, "-CAfile", ca,
            "-connect", "%s:%d" % (HOST, port)]  # fmt: skip


# ---- an end without close_notify -------------------------------------------------------------------------------
def fetches(port, ca):
    return [*s_client(port, ca), "-quiet"]


GET = "GET / HTTP/1.0\r\n\r\n"


def just_ends(version):
    def behaviour(connection, identity):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity.chain, identity.key)
        context.maximum_version = version
        with context.wrap_socket(connection, server_side=True) as tls:
            tls.recv(65536)
            tls.sendall(b"HTTP/1.0 200 OK\r\n\r\nall of it")
            tls.shutdown(socket.SHUT_WR)
            while socket.socket.recv(tls, 65536):
                pass

    return behaviour


@pytest.mark.parametrize("client", [fetches, python], ids=["s_client", "python"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_unexpected_end(run, servers, pki, client, version):
    port = servers.odd(HOSTS[HOST], just_ends(version), pki.good(HOST))
    argv = client(port, pki.root_pem)
    before = run(argv, stdin=GET)
    assert before.code != 0 and "eof" in (before.out + before.err).lower() and before.log == "", before
    done = run(argv, stdin=GET, config=run.config((HOST, {"IgnoreUnexpectedEOF": "yes", **WHY})))
    assert done.code == 0 and "all of it" in done.out, done
    record, = check_records(done).records
    assert record["event"] == "weakened" and "IgnoreUnexpectedEOF = yes" in record["message"]


@pytest.mark.parametrize("client", [fetches, python], ids=["s_client", "python"])
def test_unexpected_end_is_told_to_who_asks(run, servers, pki, client):
    """Not by default: many programs cope."""
    port = servers.odd(HOSTS[HOST], just_ends(ssl.TLSVersion.TLSv1_3), pki.good(HOST))
    done = run(client(port, pki.root_pem), stdin=GET, settings={"TLSMEND_LOG_LEVEL": "info"})
    record, = check_records(done).records
    assert (record["level"], record["event"], record["cause"]) == ("info", "handshake_failed", "protocol-error")
    assert "close_notify" in record["message"] and "    IgnoreUnexpectedEOF = yes" in record["help"] and record["port"] == port


@pytest.mark.parametrize("options", ["IgnoreUnexpectedEOF", "Bugs, +IgnoreUnexpectedEOF", "-IgnoreUnexpectedEOF, ignoreunexpectedeof,KTLS"])
def test_unexpected_end_as_an_option(run, servers, pki, options):
    """OpenSSL has no name for it before 3.2."""
    port = servers.odd(HOSTS[HOST], just_ends(ssl.TLSVersion.TLSv1_3), pki.good(HOST))
    done = run(fetches(port, pki.root_pem), stdin=GET, config=run.config((HOST, {"Options": options, **WHY})))
    assert done.code == 0 and "all of it" in done.out, done
    record, = check_records(done).records
    assert record["event"] == "weakened" and "Options" in record["message"]


def test_unexpected_end_is_no_option(run, servers, pki):
    port = servers.odd(HOSTS[HOST], just_ends(ssl.TLSVersion.TLSv1_3), pki.good(HOST))
    done = run(fetches(port, pki.root_pem), stdin=GET, config=run.config((HOST, {"Options": "-IgnoreUnexpectedEOF"})))
    assert done.code != 0 and not done.of("config_error")


@pytest.mark.parametrize("keys,text", [({"IgnoreUnexpectedEOF": "no"}, None), ({"IgnoreUnexpectedEOF": "yes", "Until": "2020-01-01"}, "2020-01-01")])
def test_end_is_not_ignored(run, servers, pki, keys, text):
    port = servers.odd(HOSTS[HOST], just_ends(ssl.TLSVersion.TLSv1_3), pki.good(HOST))
    done = run(fetches(port, pki.root_pem), stdin=GET, config=run.config((HOST, keys)))
    assert done.code != 0
    assert [r["event"] for r in done.records] == ([] if text is None else ["config_error"]) and (text or "") in done.log


def test_refused_for_every_host(run, servers, pki):
    port = servers.odd(HOSTS[HOST], just_ends(ssl.TLSVersion.TLSv1_3), pki.good(HOST))
    done = run(fetches(port, pki.root_pem), stdin=GET, config=run.config(("*", {"IgnoreUnexpectedEOF": "yes"})))
    assert done.code != 0
    assert "IgnoreUnexpectedEOF = 'yes' weakens, which is refused for every host" in done.records[0]["message"] + str(done.records[0])


def test_other_host_is_not_ignored(run, servers, pki):
    port = servers.odd(HOSTS[HOST], just_ends(ssl.TLSVersion.TLSv1_3), pki.good(HOST))
    done = run(fetches(port, pki.root_pem), stdin=GET, config=run.config(("other.test", {"IgnoreUnexpectedEOF": "yes", **WHY})))
    assert done.code != 0 and done.log == ""


# ---- a bundle in place of a chain --------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def bundle(pki):
    """An identity with more than 200 KB of certificates."""
    from cryptography import x509

    oid = x509.ObjectIdentifier("1.3.6.1.4.1.55555.1.3")
    padding = [issue("Unrelated %d" % i, ca=True, extra=[(oid, b"\x04\x82\x60\x00" + bytes(0x6000), False)]) for i in range(9)]
    return pki.identity("bundle", issue(HOST, pki.intermediate, names=[HOST]), pki.intermediate, *padding)


@pytest.mark.parametrize("client", [curl, python, s_client], ids=["curl", "python", "s_client"])
@pytest.mark.parametrize("version", ["1_2", "1_3"])
def test_more_certificates_than_openssl_takes(run, servers, pki, bundle, client, version):
    port = servers.s_server(bundle, HOSTS[HOST], "-tls" + version).port
    argv = client(port, pki.root_pem)
    before = check_records(run(argv))
    assert before.code != 0
    record, = before.records
    assert record["cause"] == "protocol-error" and "more certificates than this client takes" in record["message"]
    assert "    MaxCertList = 1048576" in record["help"]
    done = run(argv, config=run.config((HOST, {"MaxCertList": "1048576"})))
    assert done.code == 0 and done.log == ""
    small = run(argv, config=run.config((HOST, {"MaxCertList": "110000"})))
    assert small.code != 0
