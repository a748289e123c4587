# SPDX-License-Identifier: ISC
"""Where it stays open which of several rules holds, what strengthens must not be lost: the port of a host behind a proxy, or where there is no
socket at all; a name, where another one leads to the same address. What adds counts for none of them."""
import subprocess
import sys

import pytest

from attackkit import BY_MEMORY, NOTHING
from test_attacks_peer import CLIENT, CONNECT, SAID
from test_attacks_proxy import server

ONLY = "OnlyCAFile = CERTS/stranger.pem"
PIN = "PinSHA256 = " + "A" * 43 + "="
ENFORCE = "EnforceVerification = yes\nOnlyCAFile = CERTS/stranger.pem"
BROKEN = "OnlyCAFile = CERTS/public.pem\nNonsense = 1"


def verdict(actor, certificates, port, rules, how, before="", host="127.0.0.1"):
    done = subprocess.run([sys.executable, "-c", CLIENT, certificates / "public.pem", str(port), "a.test", how, SAID[before], host], text=True,
                          timeout=60, env=actor.environment(rules), capture_output=True)
    assert done.stderr == ""
    return done.stdout.strip()


@pytest.mark.parametrize("how", ["socket", "memory"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("keys", [ONLY, PIN, ENFORCE, BROKEN])
def test_port_of_a_host_behind_a_proxy(actor, certificates, keys, host, how):
    with server(certificates, "a-public") as port, CONNECT(port) as proxy:
        assert verdict(actor, certificates, proxy, f"[a.test:{port}]\n{keys}\n", how, "CONNECT", host) == "bad"
    with server(certificates, "a-public") as port, CONNECT(port) as proxy:
        assert verdict(actor, certificates, proxy, f"[b.test:{port}]\n{keys}\n", how, "CONNECT", host) == "good"


@pytest.mark.parametrize("how", ["socket", "memory"])
def test_another_port_is_nothing_to_a_connection_of_its_own(actor, certificates, how):
    with server(certificates, "a-public") as port:
        assert verdict(actor, certificates, port, f"[a.test:{port + 1 if port < 65535 else 1}]\n{ONLY}\n", how) == "good"
    with server(certificates, "a-public") as port:
        assert verdict(actor, certificates, port, f"[a.test:{port}]\n{ONLY}\n", how) == "bad"


def test_curl_through_a_proxy(actor, certificates):
    with server(certificates, "b-public") as port, CONNECT(port) as proxy:
        done = subprocess.run(["curl", "-sS", "--max-time", "20", "--cacert", certificates / "public.pem", "-x", f"http://127.0.0.1:{proxy}",
                               f"https://b.test:{port}/"], env=actor.environment(f"[b.test:{port}]\n{ONLY}\n"), capture_output=True, timeout=60)
    assert done.returncode == 60, done.stderr


@pytest.mark.parametrize("rules,verdicts", [
    (f"[a.test:443]\n{ONLY}\n", ["bad"]), (f"[*.test:8443]\n{PIN}\n", ["bad"]), (f"[b.test:443]\n{ONLY}\n", ["good"]),
    ("[a.test:443]\nOnlyCAFile = CERTS/public.pem\n", ["good"]), ("[a.test:443]\nMinProtocol = TLSv1.3\n", ["good"]),
    # both cannot hold
    (f"[a.test:443]\nOnlyCAFile = CERTS/public.pem\n[a.test:444]\n{ONLY}\n", ["bad"]),
    # a dry run holds nowhere
    (f"[a.test:443]\n{ONLY}\nDryRun = yes\n", ["good"]),
])
def test_no_socket(actor, rules, verdicts):
    assert actor.verdicts("connect store=public sni=a.test server=a-public\n", rules) == verdicts


@pytest.mark.parametrize("port", ["", ":443"])
def test_no_socket_and_a_context_of_the_clients_own(actor, port):
    """... inside SSL_CTX_set_cert_verify_callback(), where it shows whose look it is by the leaf alone."""
    script = "connect own=public sni=%s.test server=a-public\n"
    assert actor.verdicts(script % "a", f"[a.test{port}]\n{ONLY}\n") == ["bad"]
    assert actor.verdicts(script % "a", f"[a.test{port}]\nOnlyCAFile = CERTS/public.pem\n") == ["good"]
    assert actor.verdicts(script % "c", f"[a.test{port}]\n{ONLY}\n") == ["good"]


def test_no_socket_and_an_older_version(actor):
    assert actor.verdicts("connect store=public sni=a.test server=a-public smax=1.2\n", "[a.test:443]\nMinProtocol = TLSv1.3\n") == ["bad"]


def test_the_record_says_that_it_is_not_certain(actor):
    rules = f"[a.test:443]\nOnlyCAFile = CERTS/public.pem\n[a.test:444]\n{ONLY}\n"
    assert actor.verdicts("connect store=public sni=a.test server=a-public\n", rules) == ["bad"]
    (failed,) = actor.records("verify_failed")
    assert "not certain which rule holds" in failed["why"], failed


def test_no_port_adds_nothing(actor):
    assert actor.verdicts("connect store=public sni=a.test server=a\n", "[a.test:443]\nExtraCAFile = CERTS/corp.pem\n") == ["bad"]


@pytest.mark.parametrize("when", ["check", "late"])
@pytest.mark.parametrize("port", ["", ":443"])
@pytest.mark.parametrize("keys,verdict", [(ONLY, "bad"), (PIN, "bad"), (ENFORCE, "bad"), (BROKEN, "bad"), ("OnlyCAFile = CERTS/public.pem", "good"),
                                          ("EnforceVerification = yes", "good")])
def test_another_name_is_checked_than_sent(actor, keys, verdict, port, when):
    """What strengthens holds for both; the leaf is that of the name that is checked."""
    script = f"connect store=public sni=a.test {when}=b.test server=b-public\n"
    assert actor.verdicts(script, NOTHING) == ["good"]
    assert actor.verdicts(script, f"[b.test{port}]\n{keys}\n") == [verdict]
    assert actor.verdicts(script.replace("sni=a", "sni=c"), f"[a.test{port}]\n{keys}\n") == ["good"]


def test_another_name_is_checked_than_sent_and_adds_nothing(actor):
    script = "connect store=public sni=a.test check=b.test server=%s\n"
    assert actor.verdicts(script % "b", "[a.test]\nExtraCAFile = CERTS/corp.pem\n") == ["bad"]
    assert actor.verdicts(script % "b", "[b.test]\nExtraCAFile = CERTS/corp.pem\n") == ["bad"]
    assert actor.verdicts(script % "b-public", f"[a.test]\nOnlyCAFile = CERTS/public.pem\n[b.test]\n{ONLY}\n") == ["bad"]


@pytest.mark.parametrize("names", ["sni=a.test also=b.test", "also=a.test,b.test", "check=a.test also=b.test", "also=.a.test,b.test",
                                   "sni=a.test also=" + ",".join(f"c{i}.test" for i in range(20)) + ",b.test"])
@pytest.mark.parametrize("keys,verdict", [(ONLY, "bad"), (PIN, "bad"), (BROKEN, "bad"), ("OnlyCAFile = CERTS/public.pem", "good")])
def test_several_names_are_checked(actor, names, keys, verdict):
    """Any of them may be the host."""
    script = f"connect store=public {names} server=b-public\n"
    assert actor.verdicts(script, NOTHING) == ["good"]
    assert actor.verdicts(script, f"[b.test]\n{keys}\n") == [verdict]


@pytest.mark.parametrize("names", ["sni=a.test ip=127.0.0.1", "check=localhost ip=127.0.0.1", "ip=127.0.0.1"])
@pytest.mark.parametrize("keys,verdict", [(ONLY, "bad"), (PIN, "bad"), ("OnlyCAFile = CERTS/public.pem", "good")])
def test_an_address_is_checked(actor, names, keys, verdict):
    script = f"connect store=public {names} server=loopback-public\n"
    assert actor.verdicts(script, NOTHING) == ["good"]
    assert actor.verdicts(script, f"[127.0.0.0/8]\n{keys}\n") == [verdict]


# A client without SNI that looks up several names first. argv: CA file, port, how, the names, of which the last is connected to
TWINS = BY_MEMORY + """
import socket, ssl, sys
trust, port, how, *names = sys.argv[1:]
for name in names:
    socket.getaddrinfo(name, int(port))
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.load_verify_locations(trust)
raw = socket.create_connection((names[-1], int(port)), timeout=20)
try:
    if how == "socket":
        context.wrap_socket(raw)
    else:
        tls = by_memory(raw, context)
    print("good")
except (ssl.SSLError, OSError):
    print("bad")
"""
NAMES = [["twin-b.test"], ["twin-a.test", "twin-b.test"], ["twin-b.test", "twin-a.test"]]


@pytest.mark.parametrize("how", ["socket", "memory"])
@pytest.mark.parametrize("names", NAMES, ids=len)
@pytest.mark.parametrize("pattern,keys,want", [
    ("twin-b.test", {"OnlyCAFile": "stranger"}, "bad"), ("twin-b.test", {"PinSHA256": "A" * 43 + "="}, "bad"),
    ("twin-b.test", {"OnlyCAFile": "root"}, "good"), ("*.test", {"OnlyCAFile": "root"}, "good"), ("*.test", {"OnlyCAFile": "stranger"}, "bad"),
    ("twin-b.test", {"EnforceVerification": "yes"}, "good"), ("other.test", {"OnlyCAFile": "stranger"}, "good"),
])
def test_several_names_at_one_address(run, pki, servers, how, names, pattern, keys, want):
    """Whoever has a name of his own lead to the address of a host would take its rule off it."""
    (port,) = servers.nginx([("127.0.0.5", ["twin-b.test"], pki.good("twin-b.test"), "")])
    files = {"stranger": pki.stranger_pem, "root": pki.root_pem}
    config = run.config((pattern, {k: files.get(v, v) for k, v in keys.items()}))
    done = run([sys.executable, "-c", TWINS, pki.root_pem, port, how, *names], config=config)
    assert done.out == want + "\n"


@pytest.mark.parametrize("how", ["socket", "memory"])
def test_several_names_at_one_address_add_nothing(run, pki, servers, how):
    (port,) = servers.nginx([("127.0.0.5", ["twin-b.test"], pki.good("twin-b.test"), "")])
    config = run.config(("twin-b.test", {"ExtraCAFile": pki.root_pem}))
    for names, want in zip(NAMES, ["good", "bad", "bad"]):
        assert run([sys.executable, "-c", TWINS, pki.stranger_pem, port, how, *names], config=config).out == want + "\n"


def test_the_name_that_was_looked_up_last_is_known(run, pki, servers):
    """... though many others were before, and one since."""
    hosts = {"twin-b.test": "127.0.0.5"} | {f"n{i}.test": f"127.1.{i // 250}.{i % 250 + 1}" for i in range(256)}
    (port,) = servers.nginx([("127.0.0.5", ["twin-b.test"], pki.good("twin-b.test"), "")])
    script = TWINS.replace("\ntry:\n", '\nsocket.getaddrinfo("n255.test", 1)\ntry:\n', 1)
    names = ["twin-b.test", *(f"n{i}.test" for i in range(255)), "twin-b.test"]
    for file, want in (pki.stranger_pem, "bad\n"), (pki.root_pem, "good\n"):
        config = run.config(("twin-b.test", {"OnlyCAFile": file}))
        assert run([sys.executable, "-c", script, pki.root_pem, port, "socket", *names], config=config, hosts=hosts).out == want


@pytest.mark.parametrize("address", ["127.0.0.5", "127.250.0.5"], ids=["first", "last"])
def test_a_name_with_more_addresses_than_anybody_remembers(run, pki, servers, address):
    """Whoever answers for a name in the DNS would take its rule off it, too."""
    others = [f"127.{i}.0.1" for i in range(101, 250)] + [f"127.{i}.0.2" for i in range(101, 250)]
    hosts = {"twin-b.test": " twin-b.test\n".join([address, *others])}
    (port,) = servers.nginx([(address, ["twin-b.test"], pki.good("twin-b.test"), "")])
    for how in "socket", "memory":
        for file, want in (pki.stranger_pem, "bad\n"), (pki.root_pem, "good\n"):
            config = run.config(("twin-b.test", {"OnlyCAFile": file}))
            assert run([sys.executable, "-c", TWINS, pki.root_pem, port, how, "twin-b.test"], config=config, hosts=hosts).out == want, how


def answer(name, *addresses):
    """The hosts file of a name that leads to all of them."""
    return f" {name}\n".join(addresses)


MANY = [f"127.{i}.0.1" for i in range(101, 250)]


@pytest.mark.parametrize("many,want", [([*MANY, "127.0.0.5"], "bad\n"), (["127.0.0.6", "127.0.0.5"], "bad\n"), (["127.0.0.6"], "good\n")],
                         ids=["many", "two", "another"])
def test_a_name_with_many_addresses_may_stand_behind_any(run, pki, servers, many, want):
    """Whoever answers for it may have named this address, too, where nobody looks any more. What is added for another name is added for none then."""
    (port,) = servers.nginx([("127.0.0.5", ["twin-b.test"], pki.good("twin-b.test"), "")])
    hosts = {"many.test": answer("many.test", *many), "twin-b.test": "127.0.0.5"}
    config = run.config(("twin-b.test", {"ExtraCAFile": pki.root_pem}))
    for names in ["many.test", "twin-b.test"], ["twin-b.test", "many.test", "twin-b.test"]:
        assert run([sys.executable, "-c", TWINS, pki.stranger_pem, port, "socket", *names], config=config, hosts=hosts).out == want
    config = run.config(("many.test", {"ExtraCAFile": pki.root_pem}))
    assert run([sys.executable, "-c", TWINS, pki.stranger_pem, port, "socket", "many.test", "twin-b.test"], config=config, hosts=hosts).out == "bad\n"


# A client that looks up names that whoever answers for them chooses, and goes on to an address. argv: CA file, port, address, rules that come
# in between (""), the configuration's path, the names
CROWD = """
import os, socket, ssl, sys, time
trust, port, address, later, config, *names = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.load_verify_locations(trust)
for name in names:
    for family in [socket.AF_INET, socket.AF_INET6][:1 + (len(names) < 10)]:
        try:
            socket.getaddrinfo(name, int(port), family)
        except socket.gaierror:
            pass
if later:
    os.rename(later, config)
    time.sleep(2.1)
try:
    context.wrap_socket(socket.create_connection((address, int(port)), timeout=20))
    print("good")
except (ssl.SSLError, OSError):
    print("bad")
"""
PIN = "PinSHA256 = " + "A" * 43 + "="


class Crowd:
    def __init__(self, run, pki, servers):
        self.run, self.pki = run, pki
        (self.port, self.later) = servers.nginx([("127.0.0.5", [name], pki.good(name), "") for name in ("twin-b.test", "later.test")])

    def verdict(self, crowd, *rules, trust=None, later=(), port=None, own=("127.0.0.5",), again=()):
        hosts = {"twin-b.test": answer("twin-b.test", *own)} | {n: answer(n, *at) for n, at in crowd.items()}
        config = self.run.config(*rules)
        done = self.run([sys.executable, "-c", CROWD, trust or self.pki.root_pem, port or self.port, "127.0.0.5", self.run.config(*later, name="later.conf") if later else "", config,
                         "twin-b.test", *crowd, *again], config=config, hosts=hosts)
        return done.out.strip()


@pytest.fixture
def crowd(run, pki, servers):
    return Crowd(run, pki, servers)


def flood(names, four, six=0):
    return {f"flood{k}.test": [*(f"127.{k % 250}.{i}.{k // 250 + 1}" for i in range(four)), *(f"fd00::{k}:{i}" for i in range(1, six + 1))]
            for k in range(1, names + 1)}


@pytest.mark.parametrize("names,four,six", [(2, 149, 0), (3, 60, 60), (5, 63, 0), (257, 1, 0), (260, 66, 0)],
                         ids=["at-once", "in-turn", "many", "singly", "anywhere"])
def test_no_number_of_names_takes_another_off_the_table(crowd, names, four, six):
    """The client has looked its host up, and then others that lead to as many addresses as whoever answers for them likes."""
    for file, want in (crowd.pki.stranger_pem, "bad"), (crowd.pki.root_pem, "good"):
        assert crowd.verdict(flood(names, four, six), ("twin-b.test", {"OnlyCAFile": file})) == want


@pytest.mark.parametrize("pattern", ["*.test", "twin-b.test:PORT *.test:1"])
def test_nor_do_names_that_have_such_a_rule_themselves(crowd, pattern):
    """Where there is no room for all of them, it is not known who is at an address, and nobody is let in who would be under none of the rules."""
    pattern = pattern.replace("PORT", str(crowd.port))
    for file, want in (crowd.pki.stranger_pem, "bad"), (crowd.pki.root_pem, "good"):
        assert crowd.verdict(flood(5, 63), (pattern, {"OnlyCAFile": file})) == want
    assert crowd.verdict(flood(257, 1), (pattern, {"OnlyCAFile": crowd.pki.stranger_pem})) == "bad"
    assert crowd.verdict(flood(257, 1), ("* 127.0.0.0/8", {"MinProtocol": "TLSv1.3"})) == "good"


def test_an_address_of_long_ago(crowd):
    """A name that leads to more and more addresses may be at the first ones, too."""
    own = [*(f"127.9.0.{i}" for i in range(1, 61)), *(f"fd00::9:{i}" for i in range(1, 61))]
    for file, want in (crowd.pki.stranger_pem, "bad"), (crowd.pki.root_pem, "good"):
        assert crowd.verdict({}, ("twin-b.test", {"OnlyCAFile": file}), own=["127.0.0.5", *own]) == want


@pytest.mark.slow
def test_rules_that_come_later(crowd):
    """Who is forgotten by then may have one; an address that nobody forgotten led to has none, nor where the name is known again."""
    strict, none = [("twin-b.test", {"OnlyCAFile": crowd.pki.stranger_pem})], [("c.test", {"TrustedFirst": "yes"})]
    many = flood(257, 1)
    assert crowd.verdict(many, *none, later=strict) == "bad"
    assert crowd.verdict(many, *none, later=[("c.test", {"OnlyCAFile": crowd.pki.stranger_pem})]) == "bad"
    assert crowd.verdict(many, *none, later=[("127.0.1.0/24", {"OnlyCAFile": crowd.pki.stranger_pem})]) == "good"
    assert crowd.verdict(flood(20, 1), *none, later=[("c.test", {"OnlyCAFile": crowd.pki.stranger_pem})]) == "good"
    assert crowd.verdict(many, *none, later=[("c.test", {"OnlyCAFile": crowd.pki.stranger_pem})], again=["twin-b.test"]) == "good"


def test_who_is_forgotten_is_not_taken_for_another(crowd):
    """The address is one of two names; that the first is forgotten does not make it the second's."""
    added, stranger = ("later.test", {"ExtraCAFile": crowd.pki.root_pem}), crowd.pki.stranger_pem
    alone = {"later.test": ["127.0.0.5"]}
    for others in {}, flood(257, 1):
        for own, want in ("127.0.0.6", "good"), ("127.0.0.5", "bad"):
            assert crowd.verdict(others | alone, added, trust=stranger, port=crowd.later, own=[own]) == want
