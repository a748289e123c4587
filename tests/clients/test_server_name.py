# SPDX-License-Identifier: ISC
"""ServerName: another name in the ClientHello, for servers with several of them and clients that send none, or the wrong one."""
import ssl

import pytest

from clients.table import DEBIAN_PYTHON, HERE
from lib import servers as peers
from lib.run import HOSTS, check_records

HOST = "legacy.test"


def curl(port, ca):
    return ["curl", "-sS", "-m", "20", "--cacert", ca, "https://%s:%d/" % (HOST, port)]


def python(port, ca):
    """Verifies the chain and compares the name by itself, as programs do that were written for old versions."""
    return [DEBIAN_PYTHON, HERE / "connect.py", HOST, port, "--ca", ca, "--no-sni", "--resolve", HOST]


def s_client(port, ca):
    return ["openssl", "s_client", "-brief", "-noservername", "-verify_return_error", "-verify_hostname", HOST, "-CAfile", ca,
            "-connect", "%s:%d" % (HOST, port)]  # fmt: skip


@pytest.fixture(scope="module")
def port(pki, servers):
    """Two names at one place: who sends none gets a certificate of a CA that the client does not know."""
    from lib.pki import issue

    stranger = pki.identity("default-site", issue("default.test", pki.stranger, names=["default.test"]))
    good = pki.good(HOST)
    second = (
        "return 403; } server { listen %s:PORT ssl; server_name %s; ssl_certificate %s; ssl_certificate_key %s;"
        % (HOSTS[HOST], HOST, good.chain, good.key)
    )
    return servers.nginx([(HOSTS[HOST], ["default.test"], stranger, second)])[0]


@pytest.mark.parametrize("client", [s_client, python], ids=["s_client", "python"])
def test_client_without_sni(run, pki, port, client):
    argv = client(port, pki.root_pem)
    before = check_records(run(argv))
    assert before.code != 0 and "sni" not in before.records[0]
    done = run(argv, config=run.config((HOST, {"ServerName": HOST})), settings={"TLSMEND_LOG_LEVEL": "debug"})
    assert done.code == 0, done
    assert [(r["event"], r["host"], r["sni"]) for r in done.records] == [("handshake_ok", HOST, HOST)]


def test_only_for_its_host(run, pki, port):
    done = run(s_client(port, pki.root_pem), config=run.config(("other.test", {"ServerName": HOST})))
    assert done.code != 0


def test_wrong_name_is_still_wrong(run, pki, port):
    """The certificate is compared with the host that the client asked for, not with what was sent."""
    argv = ["openssl", "s_client", "-brief", "-servername", "other.test", "-verify_return_error", "-verify_hostname", "other.test",
            "-CAfile", pki.root_pem, "-connect", "%s:%d" % (HOST, port)]  # fmt: skip
    done = run(argv, config=run.config(("other.test", {"ServerName": HOST})))
    assert done.code != 0
    record, = check_records(done).records
    assert (record["cause"], record["host"], record["sni"]) == ("name-mismatch", "other.test", HOST)


def test_extra_trust_goes_by_the_clients_host(run, pki, sites):
    """A certificate for the name that was sent does not become one for the host."""
    port, _ = sites.https("other.test")
    argv = ["openssl", "s_client", "-brief", "-servername", HOST, "-verify_return_error", "-connect", "other.test:%d" % port]
    done = run(argv, config=run.config((HOST, {"ServerName": "other.test", "ExtraCAFile": pki.root_pem})))
    assert done.code != 0 and done.records[0]["cause"] == "name-mismatch"


@pytest.mark.cause("unknown-server-name")
@pytest.mark.parametrize("client", [curl, s_client], ids=["curl", "s_client"])
def test_none(run, pki, servers, client):
    """A server that refuses a name that it does not know, and has a certificate for it."""
    good = pki.good(HOST)

    def picky(connection, _):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(good.chain, good.key)
        context.sni_callback = lambda s, name, c: ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME if name else None
        with context.wrap_socket(connection, server_side=True) as tls:
            tls.recv(65536)
            tls.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")
            tls.unwrap()

    argv = [a for a in client(servers.odd(HOSTS[HOST], picky), pki.root_pem) if a != "-noservername"]
    before = check_records(run(argv))
    assert before.code != 0 and before.records[0]["cause"] == "unknown-server-name"
    proposed = [line.strip() for line in before.records[0]["help"] if line.startswith("    ")]
    assert proposed == ["[%s]" % HOST, "ServerName = none"]
    done = run(argv, config=run.write("proposed.conf", "\n".join(proposed) + "\n"), settings={"TLSMEND_LOG_LEVEL": "debug"})
    assert done.code == 0, done
    assert [(r["event"], r["host"], r.get("sni")) for r in done.records] == [("handshake_ok", HOST, None)]


@pytest.mark.cause("sni-not-sent")
def test_is_proposed(run, pki, servers):
    port = servers.odd(HOSTS[HOST], peers.sends_alert(112))
    record, = check_records(run(s_client(port, pki.root_pem))).records
    assert record["cause"] == "sni-not-sent"
    assert "    ServerName = " + HOST in record["help"]
