# SPDX-License-Identifier: ISC
"""ExtraCAFile for .NET, which verifies by itself after the handshake, does what SSL_CERT_FILE does for a whole program: also for a server that
signed its certificate itself, and where revocation is checked."""
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtensionOID

from lib import dotnet
from lib import pki as pki_module

HOST = "legacy.test"
pytestmark = pytest.mark.skipif(dotnet.missing() is not None, reason=str(dotnet.missing()))
KINDS = ("stream", "http", "stream-crl", "http-crl", "stream-crl-yes")


def answers(result):
    """What .NET itself says of each connection, but for the port."""
    return [(r["spec"].split("=")[0], r["errors"], sorted(r["status"]), r["message"] is None, r["answer"])
            for r in map(json.loads, result.out.splitlines())]  # fmt: skip


def both(run, port, ca):
    """(with the variable and without the library, with the rule)"""
    argv = ["dotnet", dotnet.build(), "each", *("%s=%s:%d" % (k, HOST, port) for k in KINDS)]
    return answers(run(argv, library=False, env={"SSL_CERT_FILE": str(ca)})), run(argv, extra_ca={HOST: ca})


def served(servers, name, *chain, pki):
    (port,) = servers.nginx([("127.0.0.2", [HOST], pki.identity(name, *chain), "")])
    return port


@pytest.mark.long
@pytest.mark.parametrize("ca", [None, False, True], ids=["plain", "no-ca", "ca"])
def test_self_signed(run, pki, servers, ca):
    name = "dotnet-self-%s" % ca
    leaf = pki_module.issue(HOST, names=[HOST], ca=ca)
    expected, ruled = both(run, served(servers, name, leaf, pki=pki), pki.write(name + "-ca.pem", leaf.pem))
    assert all(good for _, _, _, good, _ in expected)
    assert answers(ruled) == expected
    assert {r["event"] for r in ruled.records} == {"mended"}, ruled


@pytest.fixture
def revocation(pki, servers):
    """(leaf of the private root whose revocation list can be fetched, function that says what is in it)"""
    content = {}

    def http(connection, _):
        connection.recv(65536)
        body = content["crl"]
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/pkix-crl\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
        connection.sendall(head + body)

    port = servers.odd("127.0.0.2", http)
    url = "http://%s:%d/root-%d.crl" % (HOST, port, port)
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)
    extension = x509.CRLDistributionPoints([point]).public_bytes()
    leaf = pki_module.issue(HOST, pki.root, names=[HOST], extra=[(ExtensionOID.CRL_DISTRIBUTION_POINTS, extension, False)])

    def holds(*revoked):
        pem = pki_module.revocation_list(pki.root, *revoked)
        content["crl"] = x509.load_pem_x509_crl(pem).public_bytes(serialization.Encoding.DER)

    return leaf, holds


@pytest.mark.long
def test_revocation_list_of_a_private_ca(run, pki, servers, revocation):
    leaf, holds = revocation
    holds()
    expected, ruled = both(run, served(servers, "dotnet-crl", leaf, pki=pki), pki.root_pem)
    assert all(good for _, _, _, good, _ in expected), expected
    assert answers(ruled) == expected
    assert {r["event"] for r in ruled.records} == {"mended"}, ruled


@pytest.mark.long
def test_revoked_by_a_private_ca(run, pki, servers, revocation):
    """No rule makes that good."""
    leaf, holds = revocation
    holds(leaf)
    expected, ruled = both(run, served(servers, "dotnet-revoked", leaf, pki=pki), pki.root_pem)
    assert [good for kind, _, _, good, _ in expected] == [True, True, False, False, True], expected
    assert [a[0::3] for a in answers(ruled)] == [a[0::3] for a in expected]
    assert "revoked" in {r["cause"] for r in ruled.of("verify_failed")}, ruled


@pytest.mark.long
def test_no_revocation_list(run, pki, sites):
    expected, ruled = both(run, sites.https(HOST)[0], pki.root_pem)
    assert [good for _, _, _, good, _ in expected] == [True, True, False, False, True], expected
    assert answers(ruled) == expected
    assert {r["cause"] for r in ruled.of("verify_failed")} == {"crl-unavailable"}, ruled


@pytest.mark.parametrize("keys,says", [({"OnlyCAFile": "stranger"}, "would have stopped this connection"), ({"OnlyCAFile": "root"}, None)])
def test_dry_run_of_what_works(run, pki, sites, keys, says):
    files = {"root": pki.root_pem, "stranger": pki.stranger_pem}
    argv = ["dotnet", dotnet.build(), "each", "stream=%s:%d" % (HOST, sites.https(HOST)[0])]
    config = run.config((HOST, {**{k: files.get(v, v) for k, v in keys.items()}, "DryRun": "yes"}))
    done = run(argv, config=config, settings={"SSL_CERT_FILE": str(pki.root_pem)})
    assert [good for _, _, _, good, _ in answers(done)] == [True]
    assert [(r["event"], r["host"]) for r in done.records] == ([("mended", HOST)] if says else []), done
    if says:
        assert says in done.records[0]["message"] and next(iter(keys)) in done.records[0]["message"], done


@pytest.mark.parametrize("keys,says", [
    ({"ExtraCAFile": "root"}, "would have made this chain valid"), ({"ExtraCAFile": "stranger"}, "would not have helped"),
    ({"PinSHA256": "A" * 43 + "="}, "would have refused this chain, too"), ({"EnforceVerification": "yes"}, "would have refused this chain, too"),
])
def test_dry_run(run, pki, sites, keys, says):
    """Nothing is changed, and what would have been stands in the record of the failure."""
    files = {"root": pki.root_pem, "stranger": pki.stranger_pem}
    argv = ["dotnet", dotnet.build(), "each", *("%s=%s:%d" % (k, HOST, sites.https(HOST)[0]) for k in ("stream", "stream-yes"))]
    config = run.config((HOST, {**{k: files.get(v, v) for k, v in keys.items()}, "DryRun": "yes"}))
    plain, done = run(argv, library=False), run(argv, config=config)
    assert answers(done) == answers(plain)
    assert [good for _, _, _, good, _ in answers(done)] == [False, True]
    records = [r for r in done.records if r["event"] in ("verify_failed", "verify_ignored")]
    assert records, done
    for record in records:
        notes = [n for n in record.get("notes", []) if n.startswith("dry run: ")]
        assert len(notes) == 1 and says in notes[0], record
