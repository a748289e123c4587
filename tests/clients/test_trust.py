# SPDX-License-Identifier: ISC
"""How far a rule reaches: patterns, OnlyCAFile, sessions, several hosts in one process, names and addresses."""
import ssl

import pytest

from clients.table import CLIENTS, DEBIAN_PYTHON, HERE, connect, curl, missing
from lib import dotnet, servers as odd
from lib.run import HOSTS, check_records, only_failure

HOST = "legacy.test"


# ---- patterns and precedence -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "pattern,works",
    [
        ("legacy.test", True), ("LEGACY.Test.", True), ("legacy.test:%d", True), ("legacy.test:1", False), ("*.test", True),
        ("*", True), ("127.0.0.2", True), ("127.0.0.0/29", True), ("10.0.0.0/8", False), ("*.legacy.test", False),
        ("egacy.test", False), ("x.test legacy.test", True),
    ],
)  # fmt: skip
def test_pattern_decides_whether_trust_is_added(run, sites, pki, pattern, works):
    port, identity = sites.https(HOST)
    config = run.config((pattern.replace("%d", str(port)), {"ExtraCAFile": pki.root_pem}))
    done = run(curl(port), config=config)
    assert (done.code == 0) is works
    if works:
        assert done.events == ["mended"]
    else:
        only_failure(done, ("issuer-unknown",), HOST, port, identity.sha256)


def test_environment_wins_over_file(run, sites, pki):
    port, _ = sites.https(HOST)
    config = run.config((HOST, {"ExtraCAFile": pki.stranger_pem}))
    assert run(curl(port), config=config).code == 60
    assert run(curl(port), config=config, extra_ca={HOST: pki.root_pem}).code == 0


def test_several_files(run, sites, pki):
    port, _ = sites.https(HOST)
    one = run.config(("other.test", {"ExtraCAFile": pki.root_pem}), name="one.conf")
    two = run.config((HOST, {"ExtraCAFile": pki.root_pem}), name="two.conf")
    assert run(curl(port), config=one).code == 60
    done = run(curl(port), config="%s:%s" % (one, two))
    assert done.code == 0 and done.events == ["mended"]


def test_url_by_address(run, pki, servers):
    identity = pki.good("127.0.0.2")
    port = servers.nginx([("127.0.0.2", ["_"], identity, "")])[0]
    only_failure(run(curl(port, host="127.0.0.2")), ("issuer-unknown",), "127.0.0.2", port, identity.sha256)
    done = run(curl(port, host="127.0.0.2"), extra_ca={"127.0.0.2": pki.root_pem})
    assert done.code == 0 and done.events == ["mended"]


# ---- no SNI ------------------------------------------------------------------------------------------------
def test_without_sni_the_resolved_name_counts(run, sites, pki):
    port, identity = sites.https(HOST)
    only_failure(run(connect(port, "--no-sni")), ("issuer-unknown",), HOST, port, identity.sha256)


def test_address_with_two_names_is_told_apart_by_sni(run, sites, pki):
    rules = {"twin-a.test": pki.root_pem}
    port, _ = sites.https("twin-a.test")
    assert run(connect(port, "--resolve", "twin-b.test", host="twin-a.test"), extra_ca=rules).code == 0
    port, identity = sites.https("twin-b.test")
    done = run(connect(port, "--resolve", "twin-a.test", host="twin-b.test"), extra_ca=rules)
    assert done.code == 1
    only_failure(done, ("issuer-unknown",), "twin-b.test", port, identity.sha256)


def test_ambiguous_address_without_sni_is_an_address(run, sites, pki):
    port, identity = sites.https("twin-a.test")
    argv = connect(port, "--no-sni", "--resolve", "twin-b.test", host="twin-a.test")
    done = run(argv, extra_ca={"twin-a.test": pki.root_pem})
    assert done.code == 1
    only_failure(done, ("issuer-unknown",), HOSTS["twin-a.test"], port, identity.sha256)


# ---- OnlyCAFile --------------------------------------------------------------------------------------------
def test_only_ca_file_replaces_the_clients_store(run, sites, pki):
    port, identity = sites.https(HOST)
    other = run.config((HOST, {"OnlyCAFile": pki.stranger_pem}))
    assert run(curl(port, "--cacert", pki.root_pem)).code == 0
    done = run(curl(port, "--cacert", pki.root_pem), config=other)
    assert done.code == 60
    record = only_failure(done, ("issuer-unknown",), HOST, port, identity.sha256)
    assert "OnlyCAFile" in str(record), "the rule is the reason, so the record names it"


def test_only_ca_file_works_without_the_clients_store(run, sites, pki):
    port, _ = sites.https(HOST)
    done = run(curl(port), config=run.config((HOST, {"OnlyCAFile": pki.root_pem})))
    assert done.code == 0 and done.events == ["mended"]


def test_only_ca_file_leaves_other_hosts_alone(run, sites, pki):
    port, _ = sites.https("other.test")
    config = run.config((HOST, {"OnlyCAFile": pki.stranger_pem}))
    done = run(curl(port, "--cacert", pki.root_pem, host="other.test"), config=config)
    assert done.code == 0 and done.log == ""


# ---- sessions ----------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def shared_server(pki, servers):
    """One server, one ticket key and one certificate for both names, TLS 1.2: it resumes any session under any name."""
    identity = pki.good(HOST, "other.test")
    return servers.s_server(identity, HOSTS[HOST], "-tls1_2").port


# both names on that server's address
SHARED = {HOST: HOSTS[HOST], "other.test": HOSTS[HOST]}


def sessions(ca, *peers):
    return [DEBIAN_PYTHON, HERE / "session.py", ca or "-", *peers]


@pytest.mark.baseline
def test_server_resumes_under_another_name(plain, pki, shared_server):
    peers = ["%s:%d" % (h, shared_server) for h in (HOST, "other.test")]
    done = plain(sessions(pki.root_pem, *peers), hosts=SHARED, library=False)
    assert done.out.splitlines() == ["OK legacy.test full", "OK other.test resumed"]


def test_clients_own_sessions_still_resume(run, pki, shared_server):
    peers = ["%s:%d" % (h, shared_server) for h in (HOST, "other.test", HOST)]
    done = run(sessions(pki.root_pem, *peers), hosts=SHARED)
    assert done.out.splitlines() == ["OK legacy.test full", "OK other.test resumed", "OK legacy.test resumed"]
    assert done.log == ""


def test_session_made_under_a_rule_does_not_serve_another_host(run, pki, shared_server):
    peers = ["%s:%d" % (h, shared_server) for h in (HOST, "other.test")]
    done = run(sessions(None, *peers), hosts=SHARED, extra_ca={HOST: pki.root_pem})
    assert done.out.splitlines() == ["OK legacy.test full", "REFUSED other.test 20"]
    check_records(done)
    assert [(r["event"], r["host"]) for r in done.failures] == [("verify_failed", "other.test")]


def test_session_made_under_a_rule_serves_its_own_host(run, pki, shared_server):
    done = run(sessions(None, *["%s:%d" % (HOST, shared_server)] * 2), hosts=SHARED, extra_ca={HOST: pki.root_pem})
    assert done.out.splitlines()[0] == "OK legacy.test full"
    # resuming is allowed, verifying anew is as good
    assert done.out.splitlines()[1] in ("OK legacy.test full", "OK legacy.test resumed")
    assert done.events == ["mended"]


def test_only_ca_file_is_not_passed_by_with_an_older_session(run, pki, shared_server):
    """other.test has OnlyCAFile of another CA; a session from legacy.test, which the client trusts, must not do."""
    config = run.config(("other.test", {"OnlyCAFile": pki.stranger_pem}))
    peers = ["%s:%d" % (h, shared_server) for h in (HOST, "other.test")]
    done = run(sessions(pki.root_pem, *peers), hosts=SHARED, config=config)
    assert done.out.splitlines()[0] == "OK legacy.test full"
    assert done.out.splitlines()[1].startswith("REFUSED other.test")


# ---- several hosts in one process --------------------------------------------------------------------------
def test_two_hosts_in_one_context(run, sites, pki):
    ports = {h: sites.https(h)[0] for h in (HOST, "other.test")}
    lines = "".join("%s %d\n" % (h, ports[h]) for h in (HOST, "other.test", HOST, "other.test"))
    done = run([DEBIAN_PYTHON, HERE / "loop.py"], stdin=lines, extra_ca={HOST: pki.root_pem})
    assert [line.split()[0] for line in done.out.splitlines()] == ["OK", "REFUSED", "OK", "REFUSED"]
    check_records(done)
    assert {(r["event"], r["host"]) for r in done.failures} == {("verify_failed", "other.test")}
    first, last = done.failures
    assert len(done.of("mended")) == 1 and "help" in first
    assert "help" not in last and "notes" not in last, "the same failure again is counted, and told at the end"


def test_two_hosts_in_one_curl(run, sites, pki):
    """curl reuses one SSL_CTX for both where it can."""
    urls = ["https://%s:%d/" % (h, sites.https(h)[0]) for h in ("other.test", HOST)]
    done = run(["curl", "-sS", "-m", "20", *urls], extra_ca={HOST: pki.root_pem})
    assert done.out == "hello from legacy.test\n" and done.code == 0
    assert [(r["event"], r["host"]) for r in done.failures] == [("verify_failed", "other.test")]


def test_threads_keep_two_hosts_apart(run, sites, pki):
    peers = ["%s:%d" % (h, sites.https(h)[0]) for h in (HOST, "other.test")]
    done = run([DEBIAN_PYTHON, HERE / "threads.py", 8, 10, *peers], extra_ca={HOST: pki.root_pem})
    assert done.out.splitlines() == ["legacy.test OK 40", "other.test REFUSED 20 40"]
    check_records(done)
    assert [(r["event"], r["host"]) for r in done.failures] == [("verify_failed", "other.test")] * 2
    assert done.failures[1]["notes"][-1].startswith("repeated 38 times in ")


@pytest.fixture
def dotnet_client():
    reason = missing("dotnet")
    if reason:
        pytest.skip("dotnet: " + reason)
    return ["dotnet", dotnet.build()]


def test_dotnet_two_hosts(run, sites, pki, dotnet_client):
    urls = ["https://%s:%d/" % (h, sites.https(h)[0]) for h in (HOST, "other.test", HOST)]
    done = run([*dotnet_client, "get", *urls], extra_ca={HOST: pki.root_pem})
    assert [line.split()[0] for line in done.out.splitlines()] == ["OK", "REFUSED", "OK"]
    check_records(done)
    assert [(r["event"], r["host"]) for r in done.failures] == [("verify_failed", "other.test")]


@pytest.mark.long
def test_dotnet_parallel(run, sites, pki, dotnet_client):
    urls = ["https://%s:%d/" % (h, sites.https(h)[0]) for h in (HOST, "other.test")]
    before = run([*dotnet_client, "parallel", 20, *urls], library=False)
    assert before.out.count("REFUSED") == 40
    done = run([*dotnet_client, "parallel", 20, *urls], extra_ca={HOST: pki.root_pem})
    assert [line.split()[0] for line in done.out.splitlines()] == ["OK"] * 20 + ["REFUSED"] * 20
    assert done.out.splitlines()[20:] == before.out.splitlines()[20:], "same words for those that still fail"
    assert {(r["event"], r["host"]) for r in done.failures} == {("verify_failed", "other.test")}


def test_dotnet_name_mismatch_stays(run, sites, pki, dotnet_client):
    port, identity = sites.variant("wrong-name")
    done = run([*dotnet_client, "get", "https://%s:%d/" % (HOST, port)], extra_ca={HOST: pki.root_pem})
    assert done.code == 1
    check_records(done)
    assert [r["event"] for r in done.records] == ["verify_failed"]


# ---- servers are never touched, odd peers are survived -------------------------------------------------------
def test_server_process_is_left_alone(run, servers, sites, pki):
    """A server that refuses a client's certificate has no record of ours: only clients are explained."""
    identity = pki.good(HOST)
    script = run.write(
        "server.py",
        "import socket, ssl, sys, threading\n"
        "s = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); s.load_cert_chain(*sys.argv[1:3])\n"
        "s.verify_mode = ssl.CERT_REQUIRED; s.load_verify_locations(sys.argv[3])\n"
        "c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT); c.check_hostname = False; c.load_verify_locations(sys.argv[4])\n"
        "c.load_cert_chain(*sys.argv[1:3]); a, b = socket.socketpair()\n"
        "def client():\n"
        "    try: c.wrap_socket(b, server_hostname='legacy.test').recv(1)\n"
        "    except OSError: pass\n"
        "t = threading.Thread(target=client); t.start()\n"
        "try: s.wrap_socket(a, server_side=True); print('accepted')\n"
        "except ssl.SSLError as e: print(e.reason)\n"
        "a.close(); t.join()\n",
    )
    argv = [DEBIAN_PYTHON, script, identity.chain, identity.key, pki.stranger_pem, pki.root_pem]
    before = run(argv, library=False)
    done = run(argv, extra_ca={HOST: pki.root_pem})
    assert before.out == "CERTIFICATE_VERIFY_FAILED\n"
    assert (done.code, done.out, done.err) == (before.code, before.out, before.err)
    assert not [r for r in done.records if r["event"].startswith("verify")]


ODD = {
    "closes-early": odd.closes_early,
    "resets": odd.resets,
    "http": odd.speaks_http,
    "smtp": odd.greets_as_smtp,
    "ssh": odd.greets_as_ssh,
    "alert-40": odd.sends_alert(40),
    "alert-70": odd.sends_alert(70),
    "alert-112": odd.sends_alert(112),
}


@pytest.mark.parametrize("client", ["curl", "python-debian", "s_client-strict", "perl"])
@pytest.mark.parametrize("behaviour", list(ODD))
def test_odd_peer(run, servers, behaviour, client):
    if missing(client):
        pytest.skip(missing(client))
    argv_for = CLIENTS[client].argv
    port = servers.odd(HOSTS[HOST], ODD[behaviour])
    before = run(argv_for(HOST, port), library=False)
    done = run(argv_for(HOST, port))
    assert (done.code, done.out, done.err) == (before.code, before.out, before.err)
    check_records(done)
    assert [(r["event"], r["host"]) for r in done.records] == [("handshake_failed", HOST)]
    # curl hands OpenSSL a BIO of its own, and after a reset the kernel no longer knows who was at the other end
    unknown = [None] if (client, behaviour) == ("curl", "resets") else []
    assert done.records[0].get("port") in [port, *unknown]
    if behaviour.startswith("alert"):
        assert done.records[0]["alert"] == "received:" + behaviour[6:]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_client_certificate_is_asked_for(run, servers, pki, version):
    port = servers.odd(HOSTS[HOST], odd.asks_for_client_certificate(pki.root_pem, version), pki.good(HOST))
    argv = connect(port, "--ca", pki.root_pem)
    before = run(argv, library=False)
    done = run(argv)
    assert before.code == 1, "the server wants a certificate and gets none"
    assert (done.code, done.out, done.err) == (before.code, before.out, before.err)
    assert [r["event"] for r in done.records] == ["handshake_failed"]
