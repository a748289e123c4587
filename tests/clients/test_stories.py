# SPDX-License-Identifier: ISC
"""The stories of docs/guide.md: an unmodified client fails, its record names the cause, the section of the guide is put into /etc/tlsmend.conf as it
stands there, and the client works (or is stopped); another host on the same server gains nothing."""
import pathlib
import re

import pytest

from lib import dotnet, tamper
from lib.pki import issue

from . import table
from .table import HERE

GUIDE = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "guide.md").read_text()
HOST, OTHER = "legacy.example.com", "other.example.com"
ANY = "0.0.0.0"
NAMES = {name: "127.0.0.2" for name in (HOST, "x.corp.example.com", "www.example.com", "printer.example.com", "my_host.example.com")} | {OTHER: "127.0.0.3"}


def snippets(heading):
    """The sections that the guide has below a heading."""
    text = GUIDE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    blocks = re.findall(r"(?:^    \S.*\n)+", text, re.M)
    assert blocks, heading
    return [re.sub("^    ", "", block, flags=re.M) for block in blocks]


def curl(port, *o, host=HOST):
    return table.curl(port, *o, host=host)


def python(port, *o, host=HOST):
    return table.connect(port, *o, host=host)


@pytest.fixture
def site(servers, pki):
    def serve(label, leaf, *others, more=""):
        return servers.nginx([(ANY, ["_"], pki.identity("story-" + label, leaf, *others), more)])[0]

    return serve


@pytest.fixture
def told(run):
    """told(heading, client, cause, files, which=0): without and with the guide's section. Returns both results."""

    def one(heading, client, cause, files=(), which=0, stopped=False, other=None, **how):
        section = snippets(heading)[which]
        etc = {"tlsmend.conf": section, "tlsmend": None}
        before = run(client, hosts=NAMES, **how)
        assert (before.code == 0) is stopped, before
        assert [r["cause"] for r in before.records] == [cause], before
        folder = run.write("etc-tlsmend-dir", "").parent / "etc-tlsmend"
        folder.mkdir(exist_ok=True)
        for name, text in dict(files).items():
            (folder / name).write_text(text if isinstance(text, str) else text.decode())
        etc["tlsmend"] = folder
        after = run(client, hosts=NAMES, etc=etc, **how)
        assert (after.code == 0) is not stopped, after
        assert stopped or not [r for r in after.records if r["level"] == "error"], after
        if other:
            assert run(other, hosts=NAMES, etc=etc, **how).code != 0, "another host gained by it"
        return before, after

    return one


def both(name=HOST, *more):
    return [name, OTHER, *more]


def test_self_signed(told, site):
    leaf = issue(HOST, names=both())
    port = site("self", leaf)
    told("A server that signed its certificate itself", curl(port), "self-signed", {"legacy-example-com.pem": leaf.pem}, other=curl(port, host=OTHER))


@pytest.mark.parametrize("client", [curl, python])
def test_private_ca(told, site, pki, client):
    name = "x.corp.example.com"
    port = site("private", issue(name, pki.intermediate, names=both(name)), pki.intermediate)
    told("A private CA", client(port, host=name), "issuer-unknown", {"corp-root-ca.pem": pki.root.pem}, other=client(port, host=OTHER))


@pytest.mark.long
@pytest.mark.skipif(dotnet.missing() is not None, reason=str(dotnet.missing()))
def test_dotnet_with_nothing_in_its_stores(told, site, pki):
    name = "x.corp.example.com"
    port = site("private", issue(name, pki.intermediate, names=both(name)), pki.intermediate)

    def get(host):
        return ["dotnet", dotnet.build(), "get", "https://%s:%d/" % (host, port)]

    told("A private CA", get(name), "issuer-unknown", {"corp-root-ca.pem": pki.root.pem}, other=get(OTHER))


@pytest.mark.long
def test_inspection_proxy(told, site):
    ca, name = issue("Example Inspection CA", ca=True), "www.example.com"
    port = site("inspected", issue(name, ca, names=both(name)), ca)
    told("An inspection proxy", curl(port, host=name), "untrusted-root", {"inspection-ca.pem": ca.pem}, other=curl(port, host=OTHER))


def test_forgotten_intermediate(told, site, pki):
    port = site("forgotten", issue(HOST, pki.intermediate, names=both()))
    told("An intermediate CA that the server forgot", curl(port), "issuer-unknown", {"issuing-and-root.pem": pki.intermediate.pem + pki.root.pem},
         other=curl(port, host=OTHER))  # fmt: skip


@pytest.mark.long
def test_client_pinned_to_tls1(told, servers, pki):
    port = servers.s_server(pki.good(*both()), ANY, "-no_tls1", "-no_tls1_1").port
    for client in python(port, "--ca", pki.root_pem, "--tls1"), curl(port, "--cacert", pki.root_pem, "--tls-max", "1.0"):
        told("A client that is pinned to TLS 1.0", client, "client-too-old")


def test_server_with_tls1_only(told, servers, pki):
    name = "printer.example.com"
    port = servers.s_server(pki.good(*both(name)), ANY, "-tls1", "-cipher", "DEFAULT:@SECLEVEL=0").port
    told("A server that speaks only old TLS", curl(port, "--cacert", pki.root_pem, host=name), "server-too-old",
         other=curl(port, "--cacert", pki.root_pem, host=OTHER))  # fmt: skip


def guide_says(line):
    assert "`%s`" % line in re.sub(r"\s+", " ", GUIDE)
    return line


@pytest.mark.parametrize("line,cause", [("CipherString = DEFAULT:!DHE", None), ("CipherString = DEFAULT:@SECLEVEL=1", "dh-key-small"),
                                        ("Options = UnsafeLegacyServerConnect", "legacy-renegotiation"), ("CipherString = DEFAULT:RSA", "handshake-refused"),
                                        ("CipherString = DEFAULT:@SECLEVEL=0", "handshake-refused")])
def test_other_old_servers(run, servers, pki, line, cause):
    """What the guide says in a sentence."""
    from causes.test_handshake import DH_1024

    identity, client = pki.good(*both()), ["--cacert", pki.root_pem]
    if "RSA" in line:
        rsa = pki.identity("story-rsa", issue(HOST, pki.intermediate, names=both(), key="rsa2048"), pki.intermediate)
        port, client = servers.s_server(rsa, ANY, "-tls1_2", "-cipher", "kRSA:@SECLEVEL=0").port, [*client, "--ciphers", "ECDHE"]
    elif "SECLEVEL=0" in line:
        rsa = pki.identity("story-rsa", issue(HOST, pki.intermediate, names=both(), key="rsa2048"), pki.intermediate)
        port = servers.s_server(rsa, ANY, "-tls1_2", "-sigalgs", "RSA+SHA1", "-cipher", "ECDHE:@SECLEVEL=0").port
    elif "Options" in line:
        real = servers.s_server(identity, "127.0.0.1", "-tls1_2").port
        port = servers.odd(ANY, tamper.proxy("127.0.0.1", real, to_client=lambda: tamper.server_without_rfc5746))
    else:
        more = "DHE:@SECLEVEL=0" if cause else "ALL:@SECLEVEL=0"
        rsa = pki.identity("story-rsa", issue(HOST, pki.intermediate, names=both(), key="rsa2048"), pki.intermediate)
        port = servers.s_server(rsa, ANY, "-tls1_2", "-dhparam", pki.write("story-dh.pem", DH_1024.encode()), "-cipher", more).port
    before = run(curl(port, *client), hosts=NAMES)
    assert before.code == 0 if cause is None else [r["cause"] for r in before.records] == [cause], before
    rules = run.write("rules.conf", "[%s]\n%s\nReason = old\nUntil = 2099-01-01\n" % (HOST, guide_says(line)))
    after = run(curl(port, *client), hosts=NAMES, config=rules)
    # the server only seems to lack it: what both have seen differs, so that the handshake ends later
    assert after.code == 0 or "Options" in line and "renegotiation" not in after.err, after


def test_client_without_sni(run, servers, pki):
    good = pki.good(*both())
    default = pki.identity("story-default", issue("default.example.com", pki.intermediate, names=["default.example.com"]), pki.intermediate)
    second = "return 403; } server { listen %s:PORT ssl; server_name %s; ssl_certificate %s; ssl_certificate_key %s;" % (
        ANY, " ".join(both()), good.chain, good.key)  # fmt: skip
    port = servers.nginx([(ANY, ["default.example.com"], default, second)])[0]
    client = ["openssl", "s_client", "-brief", "-verify_return_error", "-verify_hostname", HOST, "-noservername", "-CAfile", pki.root_pem,
              "-connect", "%s:%d" % (HOST, port)]  # fmt: skip
    before = run(client, hosts=NAMES)
    assert before.code != 0 and [r["cause"] for r in before.records] == ["sni-not-sent"], before
    (section,) = snippets("A client that sends no server name")
    assert run(client, hosts=NAMES, config=run.write("rules.conf", section)).code == 0


def test_client_by_address(run, site, pki):
    ca, expect = snippets("A client that connects to an address")
    port = site("address", issue("x", pki.intermediate, names=["127.0.0.2"]), pki.intermediate)
    rules = run.write("rules.conf", ca.replace("192.0.2.7", "127.0.0.2").replace("/etc/tlsmend/corp-root-ca.pem", str(pki.root_pem)))
    for client in curl(port, host="127.0.0.2"), python(port, host="127.0.0.2"):
        assert run(client).code != 0
        assert run(client, config=rules).code == 0
    port = site("named", issue(HOST, pki.intermediate, names=both()), pki.intermediate)
    client = python(port, "--ca", pki.root_pem, host="127.0.0.2")
    before = run(client)
    assert [r["cause"] for r in before.records] == ["address-mismatch"]
    assert run(client, config=run.write("rules.conf", expect.replace("192.0.2.8", "127.0.0.2"))).code == 0


@pytest.mark.parametrize("ca,works", [("root", True), ("stranger", False)])
def test_verification_turned_off(run, site, pki, ca, works):
    (section,) = snippets("Verification that was turned off")
    port = site("off", issue(HOST, pki.intermediate, names=both()), pki.intermediate)
    rules = run.write("rules.conf", section.replace("/etc/tlsmend/corp-root-ca.pem", str(getattr(pki, ca + "_pem"))))
    for client in curl(port, "-k"), python(port, "--no-verify"), ["perl", HERE / "verify_callback.pl", "yes", HOST, port]:
        before = run(client, hosts=NAMES)
        assert before.code == 0 and [r["cause"] for r in before.records][0] in ("verification-off", "error-waived"), before
        after = run(client, hosts=NAMES, config=rules)
        assert (after.code == 0) is works, after
        assert works or [r["event"] for r in after.records] == ["verify_failed"]


def test_server_wants_a_certificate(told, servers, pki):
    port = servers.s_server(pki.good(*both()), ANY, "-Verify", "3", "-CAfile", pki.root_pem, "-verify_return_error").port
    mine = issue("client", pki.root, purposes=("client",))
    files = {"client.pem": mine.pem, "client.key": mine.key_pem}
    for client in python(port, "--ca", pki.root_pem), curl(port, "--cacert", pki.root_pem):
        told("A server that wants a client certificate", client, "client-certificate-missing", files)


def test_strict_profile(told, site, pki):
    informal = site("strict", issue(HOST, pki.intermediate, names=both(), key_identifiers=False), pki.intermediate)
    told("Python 3.13 and its strict profile", python(informal, "--ca", pki.root_pem, "--flags", "32"), "strict-profile",
         other=python(informal, "--ca", pki.root_pem, "--flags", "32", host=OTHER))  # fmt: skip


def test_underscore(run, site, pki):
    """curl accepts the name by its own comparison: it works, and has no record."""
    (section,) = snippets("A name with an underscore, or a final dot")
    port = site("wild", issue("wild", pki.intermediate, names=["*.example.com"]), pki.intermediate)
    client = python(port, "--ca", pki.root_pem, host="my_host.example.com")
    assert run(client, hosts=NAMES).code != 0
    assert run(client, hosts=NAMES, config=run.write("rules.conf", section)).code == 0
    done = run(curl(port, "--cacert", pki.root_pem, host="my_host.example.com"), hosts=NAMES)
    assert done.code == 0 and done.records == [], done


def test_every_story_of_the_guide_is_told():
    tested = set(re.findall(r'(?:told|snippets)\("([^"]+)"', pathlib.Path(__file__).read_text())) | {"A cross-signed root that has expired"}
    assert tested == set(re.findall(r"^## (.+)$", GUIDE, re.M))
