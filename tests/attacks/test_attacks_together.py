# SPDX-License-Identifier: ISC
"""Two handshakes at once, neither of which tells its socket: by the bytes that went over it, a socket may be of either. What strengthens, by
the address of a peer that it may be, must hold all the same; what adds trust must not."""
import subprocess
import sys

import pytest

# A connection to x at 127.0.0.2 is begun, and its first message is sent, or not; then comes one to p at 127.0.0.1. argv: certificates, the server's
# leaf, the name that is asked for, how, highest version of the server, whether the client verifies
CLIENT = r"""
import os, resource, socket, ssl, sys, threading
certs, leaf, name, how, version, verify = sys.argv[1:]
x, p = socket.create_server(("127.0.0.2", 0)), socket.create_server(("127.0.0.1", 0))
# what a server says to the other one does not end its handshake, nor tell it from the first one's
ANSWER = b"\x16\x03\x03\x40\x00" + b"\x02\x00\x3f\xfc" + b"x" * 9000

def serve():
    s = p.accept()[0]
    if how == "proxy":
        asked = b""
        while not asked.endswith(b"\r\n\r\n"):
            asked += s.recv(1)
        s.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.maximum_version = getattr(ssl.TLSVersion, version)
    server.load_cert_chain(certs + "/" + leaf + ".pem", certs + "/" + leaf + ".key")
    try:
        server.wrap_socket(s, server_side=True).recv(1)
    except OSError:
        pass

threading.Thread(target=serve, daemon=True).start()
context = ssl.create_default_context(cafile=certs + "/public.pem")
context.check_hostname = False
if verify == "off":
    context.verify_mode = ssl.CERT_NONE

def begin(name):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    return context.wrap_bio(incoming, outgoing, server_hostname=name or None), incoming, outgoing

def step(tls):
    try:
        tls.do_handshake()
        return True
    except ssl.SSLWantReadError:
        return False

def read_all(s):
    data = s.recv(65536)
    s.settimeout(.3)
    try:
        while True:
            data += s.recv(65536)
    except TimeoutError:
        s.settimeout(20)
        return data

other = socket.create_connection(x.getsockname())
first, _, hello = begin(name and "x" + name[1:])
step(first)
if how in ("ambiguous", "proxy", "late"):
    other.sendall(hello.read())
if how in ("ambiguous", "late"):
    far = x.accept()[0]
    far.sendall(ANSWER)
raw = socket.create_connection(p.getsockname(), timeout=20)
if how == "proxy":
    raw.sendall(b"CONNECT a.test:443 HTTP/1.1\r\n\r\n")
    raw.recv(4096)
if how == "far":
    # out of what is looked at, until the chain was verified
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 4096:
        print("skipped")
        sys.exit()
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4096), hard))
    near = raw.fileno()
    os.dup2(near, 4000)
    raw.detach()
    os.close(near)
    raw = socket.socket(fileno=4000)
    raw.settimeout(20)
tls, incoming, outgoing = begin(name)
try:
    step(tls)
    raw.sendall(outgoing.read())
    if version == "TLSv1_3":
        flight = read_all(raw)
        incoming.write(flight[:-5])
        step(tls)
        if how == "late":
            other.sendall(b"x")
        if how == "far":
            os.dup2(4000, near)
        incoming.write(flight[-5:])
    while not step(tls):
        raw.sendall(outgoing.read())
        incoming.write(raw.recv(65536))
    tls.write(b"GET")
    raw.sendall(outgoing.read())
    print("good")
except (ssl.SSLError, OSError):
    print("bad")
"""


def verdict(actor, certificates, rules, how, leaf="a-public", name="a.test", version="TLSv1_3", verify="verify"):
    done = subprocess.run([sys.executable, "-c", CLIENT, certificates, leaf, name, how, version, verify], text=True, timeout=60,
                          env=actor.environment(rules), capture_output=True)
    assert done.stderr == ""
    if done.stdout == "skipped\n":
        pytest.skip("the limit of descriptors is too low")
    return done.stdout.strip()


WRONG_PIN = "A" * 43 + "="
HOWS = ["alone", "ambiguous", "late"]


@pytest.mark.parametrize("how", HOWS + ["far"])
@pytest.mark.parametrize("pattern", ["127.0.0.1", "127.0.0.0/24"])
@pytest.mark.parametrize("keys,verify,want", [
    ("OnlyCAFile = CERTS/corp.pem", "verify", "bad"), ("OnlyCAFile = CERTS/public.pem", "verify", "good"),
    ("PinSHA256 = " + WRONG_PIN, "verify", "bad"), ("PinSHA256 = " + WRONG_PIN, "off", "bad"),
    ("EnforceVerification = yes\nOnlyCAFile = CERTS/corp.pem", "off", "bad"), ("EnforceVerification = yes", "off", "good"),
    ("OnlyCAFile = CERTS/none.pem", "verify", "bad"), ("OnlyCAFile = CERTS/public.pem\nNonsense = 1", "verify", "bad"),
])
def test_what_strengthens(actor, certificates, keys, verify, want, pattern, how):
    if how == "far" and want == "good" and "OnlyCAFile" in keys:
        want = "bad"  # verified before it was known that only those CAs count
    assert verdict(actor, certificates, f"[{pattern}]\n{keys}\n", how, verify=verify) == want


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("version,want", [("TLSv1_2", "bad"), ("TLSv1_3", "good")])
def test_a_version(actor, certificates, how, version, want):
    """The first message is gone when it shows that the bound holds."""
    assert verdict(actor, certificates, "[127.0.0.1]\nMinProtocol = TLSv1.3\n", how, version=version) == want
    if want == "bad":
        assert [r["cause"] for r in actor.records("verify_failed")] == ["demand-unmet"]


@pytest.mark.parametrize("how", HOWS + ["proxy"])
@pytest.mark.parametrize("keys", ["OnlyCAFile = CERTS/corp.pem", "PinSHA256 = " + WRONG_PIN, "EnforceVerification = yes\nOnlyCAFile = CERTS/corp.pem"])
def test_of_the_other_socket(actor, certificates, keys, how):
    """x has answered, and may be the peer: strict. Where it has not, or a proxy stands between, its rule is none of a's business."""
    want = "bad" if how in ("ambiguous", "late") else "good"
    assert verdict(actor, certificates, f"[127.0.0.2]\n{keys}\n", how) == want


@pytest.mark.parametrize("how", HOWS)
def test_rules_that_contradict_each_other_end_the_connection(actor, certificates, how):
    rules = "[127.0.0.1]\nOnlyCAFile = CERTS/public.pem\n[127.0.0.2]\nOnlyCAFile = CERTS/stranger.pem\n"
    assert verdict(actor, certificates, rules, how) == ("good" if how == "alone" else "bad")


@pytest.mark.parametrize("name", ["a.test", ""])
@pytest.mark.parametrize("how", HOWS + ["proxy"])
@pytest.mark.parametrize("pattern", ["127.0.0.1", "127.0.0.2", "127.0.0.0/8", "localhost"])
def test_what_adds(actor, certificates, pattern, how, name):
    """Two sockets have carried as many bytes, of which one is a proxy's, or none has."""
    assert verdict(actor, certificates, f"[{pattern}]\nExtraCAFile = CERTS/corp.pem\n", how, leaf="a", name=name) == "bad"
