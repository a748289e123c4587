# SPDX-License-Identifier: ISC
"""Who the peer is, where only an address tells: the socket that carries this connection, and nothing else was said on it before."""
import contextlib
import os
import socket
import ssl
import subprocess
import sys
import threading

import pytest

from attackkit import BY_MEMORY, build
from test_attacks_proxy import server

ADDRESS_RULES = ["[127.0.0.1]", "[127.0.0.0/8]", "[*.test 127.0.0.1/32]", "[localhost]"]
ONLY_STRANGER = "OnlyCAFile = CERTS/stranger.pem"
PIN = "PinSHA256 = " + "A" * 43 + "="
RULE = "%s\nExtraCAFile = CERTS/corp.pem\n"


def tunnel(taken, answered, tls=None):
    """A proxy that waits for `taken` bytes at the end of a request, answers, and hands on what follows. tls: it is spoken to by that."""
    @contextlib.contextmanager
    def run(port):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            listening.settimeout(20)

            def pump(a, b):
                with contextlib.suppress(OSError):
                    while data := a.recv(65536):
                        b.sendall(data)
                    b.shutdown(socket.SHUT_WR)

            def serve():
                with contextlib.suppress(OSError):
                    near, _ = listening.accept()
                    near.settimeout(20)
                    near = tls.wrap_socket(near, server_side=True) if tls else near
                    with near, socket.create_connection(("127.0.0.1", port), timeout=20) as far:
                        asked = b""
                        while not asked.endswith(taken):
                            asked += near.recv(1)
                        near.sendall(answered)
                        back = threading.Thread(target=pump, args=(far, near))
                        back.start()
                        pump(near, far)
                        back.join(25)

            thread = threading.Thread(target=serve)
            thread.start()
            yield listening.getsockname()[1]
            thread.join(25)
    return run


CONNECT = tunnel(b"\r\n\r\n", b"HTTP/1.1 200 Connection established\r\n\r\n")
SOCKS = tunnel(b"me\0", b"\0\x5a\0\0\0\0\0\0")

# argv: trust, port, SNI ("" for none), how, what is said before
CLIENT = BY_MEMORY + """
import socket, ssl, sys
trust, port, name, how, before, host = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.load_verify_locations(trust)
raw = socket.create_connection((host, int(port)), timeout=20)
if before:
    raw.sendall(before.encode("latin-1").decode("unicode_escape").encode("latin-1"))
    raw.recv(4096)
try:
    if how == "within":
        raw = context.wrap_socket(raw, server_hostname=host)
        raw.sendall(b"CONNECT b.test:443 HTTP/1.1\\r\\n\\r\\n")
        raw.recv(4096)
    if how == "socket":
        with context.wrap_socket(raw, server_hostname=name or None):
            pass
    else:
        tls = by_memory(raw, context, server_hostname=name or None)
    print("good")
except ssl.SSLCertVerificationError:
    print("bad")
"""
SAID = {"": "", "CONNECT": r"CONNECT b.test:443 HTTP/1.1\r\n\r\n", "SOCKS": r"\4\1\1\xbb\x7f\0\0\1me\0"}


def verdict(actor, certificates, port, rule, name="", how="socket", before="", host="127.0.0.1"):
    done = subprocess.run([sys.executable, "-c", CLIENT, certificates / "public.pem", str(port), name, how, SAID[before], host], text=True, timeout=60,
                          env=actor.environment(RULE % rule), capture_output=True)
    assert done.stderr == ""
    return done.stdout.strip()


@pytest.mark.parametrize("how", ["socket", "memory"])
@pytest.mark.parametrize("rule", ["[127.0.0.1]", "[127.0.0.0/8]"])
def test_direct(actor, certificates, rule, how):
    """The control: by its address, and by a name under a rule for the block that its address is in."""
    with server(certificates, "loopback") as port:
        assert verdict(actor, certificates, port, rule, how=how) == "good"
    with server(certificates, "b") as port:
        assert verdict(actor, certificates, port, rule, "b.test", how) == "good"
    with server(certificates, "b") as port:
        assert verdict(actor, certificates, port, rule, how=how) == "bad"


@pytest.mark.parametrize("sni", [(), ("localhost",)], ids=["nameless", "sni"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("pattern", ["127.0.0.1", "127.0.0.0/8", "127.0.0.0/8:PORT", "localhost", "localhost:PORT"])
def test_connected_when_the_handshake_has_begun(actor, certificates, pattern, host, sni):
    """OpenSSL's own BIO connects with the first bytes: who the peer is shows only then, or by what the BIO was told."""
    applies = "localhost" not in pattern or host == "localhost" or sni
    for leaf, keys, there in ("loopback", "ExtraCAFile = CERTS/corp.pem", "good"), ("loopback-public", ONLY_STRANGER, "bad"), ("loopback-public", PIN, "bad"):
        with server(certificates, leaf) as port:
            done = subprocess.run([build("goal"), certificates / "public.pem", f"{host}:{port}", *sni], text=True, timeout=60, capture_output=True,
                                  env=actor.environment(f"[{pattern.replace('PORT', str(port))}]\n{keys}\n"))
        elsewhere = "bad" if leaf == "loopback" else "good"
        assert (done.stdout, done.stderr) == ((there if applies else elsewhere) + "\n", ""), (leaf, keys)


def test_connected_with_the_first_packet(actor, certificates):
    """Until then the kernel counts a random number of bytes as not sent yet, which were taken for words to a proxy, half of the times."""
    for pattern in ["127.0.0.1", "127.0.0.0/8", "127.0.0.0/8:PORT"] * 2:
        for leaf, keys, want in ("loopback", "ExtraCAFile = CERTS/corp.pem", "good"), ("loopback-public", ONLY_STRANGER, "bad"):
            with server(certificates, leaf) as port:
                done = subprocess.run([build("goal"), certificates / "public.pem", f":{port}"], text=True, timeout=60, capture_output=True,
                                      env=actor.environment(f"[{pattern.replace('PORT', str(port))}]\n{keys}\n"))
            assert (done.stdout, done.stderr) == (want + "\n", ""), (pattern, keys)


# seccomp(2): getsockopt(SO_PEERNAME) fails with ENOPROTOOPT. BPF: load the call's number and its third argument, compare, return.
NO_PEERNAME = """
import ctypes, os, struct
number = 55 if os.uname().machine == "x86_64" else 209
code = [(0x20, 0, 0, 0), (0x15, 0, 3, number), (0x20, 0, 0, 32), (0x15, 0, 1, 28), (0x06, 0, 0, 0x00050000 | 92), (0x06, 0, 0, 0x7fff0000)]
program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *c) for c in code))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.c_char_p(struct.pack("HxxxxxxP", len(code), ctypes.addressof(program))), 0, 0) == 0
"""


@pytest.mark.parametrize("how", ["socket", "memory"])
@pytest.mark.parametrize("keys,leaf,want", [("ExtraCAFile = CERTS/corp.pem", "loopback", "good"), ("OnlyCAFile = CERTS/stranger.pem", "loopback-public", "bad")])
def test_a_kernel_that_knows_the_usual_calls_only(actor, certificates, keys, leaf, want, how):
    """gVisor, in which containers run."""
    if os.uname().machine not in ("x86_64", "aarch64") or sys.maxsize < 2**32:
        pytest.skip("the filter knows the number of getsockopt(2) of x86-64 and AArch64 only")
    with server(certificates, leaf) as port:
        done = subprocess.run([sys.executable, "-c", NO_PEERNAME + CLIENT, certificates / "public.pem", str(port), "", how, "", "127.0.0.1"], text=True,
                              timeout=60, env=actor.environment(f"[127.0.0.1]\n{keys}\n"), capture_output=True)
    assert done.stdout.strip() == want, done.stderr


@pytest.mark.parametrize("how", ["socket", "memory"])
@pytest.mark.parametrize("proxy", ["CONNECT", "SOCKS"])
@pytest.mark.parametrize("rule", ADDRESS_RULES)
@pytest.mark.parametrize("leaf,name", [("loopback", ""), ("loopback", "b.test"), ("b", "b.test")])
def test_through_a_proxy(actor, certificates, rule, leaf, name, proxy, how):
    """The proxy's address is not the host's: any host behind it would gain the trust."""
    want = "good" if name and "*.test" in rule and leaf == "b" else "bad"
    with server(certificates, leaf) as port, {"CONNECT": CONNECT, "SOCKS": SOCKS}[proxy](port) as proxy_port:
        assert verdict(actor, certificates, proxy_port, rule, name, how, proxy) == want


@pytest.mark.parametrize("rule,leaf,name,want", [
    *((rule, "loopback", name, "bad") for rule in ADDRESS_RULES for name in ("", "b.test")), ("[localhost]", "b", "b.test", "bad"), ("[b.test]", "b", "b.test", "good"),
    ("[b.test]", "loopback", "b.test", "bad")])  # fmt: skip
def test_within_the_connection_to_a_proxy(actor, certificates, rule, leaf, name, want):
    """TLS in TLS: the rule of the proxy's host is for the outer one, and the socket says nothing of the inner one."""
    proxy = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    proxy.load_cert_chain(certificates / "loopback-public.pem", certificates / "loopback-public.key")
    with server(certificates, leaf) as port, tunnel(b"\r\n\r\n", b"HTTP/1.1 200 Connection established\r\n\r\n", proxy)(port) as proxy_port:
        assert verdict(actor, certificates, proxy_port, rule, name, "within", host="localhost") == want


@pytest.mark.parametrize("leaf,how,want", [("loopback", "socket", "good"), ("b", "socket", "bad"), ("loopback", "memory", "bad")])
def test_plain_text_before(actor, certificates, leaf, how, want):
    """STARTTLS, a database's greeting: the SSL's own socket leads to the name that the client looked up for it. Should that be a proxy, whoever is
    behind it would still have to show a certificate for the proxy's name. Where the client hands over the bytes, no socket is its own."""
    with server(certificates, leaf) as port, CONNECT(port) as proxy_port:
        assert verdict(actor, certificates, proxy_port, "[localhost]", "", how, "CONNECT", "localhost") == want
    with server(certificates, leaf) as port, CONNECT(port) as proxy_port:
        assert verdict(actor, certificates, proxy_port, "[127.0.0.1]", "", how, "CONNECT", "localhost") == "bad"


@pytest.mark.parametrize("rule,verdict", [("[127.0.0.0/8]", 60), ("[127.0.0.1]", 60), ("[b.test]", 0)])
def test_curl_through_a_proxy(actor, certificates, rule, verdict):
    with server(certificates, "b") as port, CONNECT(port) as proxy:
        done = subprocess.run(["curl", "-sS", "--max-time", "20", "--cacert", certificates / "public.pem", "-x", f"http://127.0.0.1:{proxy}",
                               f"https://b.test:{port}/"], env=actor.environment(RULE % rule), capture_output=True, timeout=60)
    # the server says nothing in HTTP: 52 and the like, but not 60, which is curl's word for a bad certificate
    assert (done.returncode == 60) == (verdict == 60), done.stderr


@pytest.mark.parametrize("rule", ["[127.0.0.1]", "[127.0.0.0/8]"])
def test_curl_to_an_address(actor, certificates, rule):
    with server(certificates, "loopback") as port:
        done = subprocess.run(["curl", "-sS", "--max-time", "20", "--cacert", certificates / "public.pem", f"https://127.0.0.1:{port}/"],
                              env=actor.environment(RULE % rule), capture_output=True, timeout=60)
    assert done.returncode != 60, done.stderr


# TLS over a socketpair (a tunnel, an ssh channel) to elsewhere, while an unrelated TCP connection to a host with a rule is open.
ELSEWHERE = BY_MEMORY + """
import socket, ssl, sys, threading
trust, leaf, said = sys.argv[1:]
listening = socket.create_server(("127.0.0.1", 0))
unrelated = socket.create_connection(("localhost", listening.getsockname()[1]))
if said:
    unrelated.sendall(b"x" * int(said))
server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server.load_cert_chain(leaf + ".pem", leaf + ".key")
near, far = socket.socketpair()

def serve():
    try:
        server.wrap_socket(far, server_side=True).recv(1)
    except OSError:
        pass

thread = threading.Thread(target=serve)
thread.start()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.load_verify_locations(trust)
try:
    tls = by_memory(near, context)
    print("good")
except ssl.SSLCertVerificationError:
    print("bad")
near.close()
thread.join()
"""


@pytest.mark.parametrize("rule", ADDRESS_RULES)
@pytest.mark.parametrize("said", ["", "1", "8"])
def test_an_unrelated_socket(actor, certificates, rule, said):
    done = subprocess.run([sys.executable, "-c", ELSEWHERE, certificates / "public.pem", certificates / "loopback", said], text=True, timeout=60,
                          env=actor.environment(RULE % rule), capture_output=True)
    assert (done.stdout, done.stderr) == ("bad\n", "")


# curl, .NET and asyncio hand their bytes to OpenSSL themselves: who the peer is shows only when the handshake is under way.
ASYNC = """
import asyncio, ssl, sys
trust, port, verify = sys.argv[1:4]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_REQUIRED if verify == "verify" else ssl.CERT_NONE
if verify == "verify":
    context.load_verify_locations(trust)

async def main():
    try:
        await asyncio.wait_for(asyncio.open_connection("127.0.0.1", int(port), ssl=context), 20)
        print("good")
    except (OSError, ssl.SSLError):
        print("bad")

asyncio.run(main())
"""


@pytest.mark.parametrize("rule,leaf,verify,want", [
    ("OnlyCAFile = CERTS/stranger.pem", "loopback-public", "verify", "bad"), ("OnlyCAFile = CERTS/public.pem", "loopback-public", "verify", "good"),
    ("EnforceVerification = yes\nOnlyCAFile = CERTS/stranger.pem", "loopback-public", "off", "bad"),
    ("EnforceVerification = yes\nOnlyCAFile = CERTS/public.pem", "loopback-public", "off", "good"),
])
@pytest.mark.parametrize("pattern", ["127.0.0.1", "127.0.0.0/8"])
def test_what_strengthens_by_address(actor, certificates, pattern, rule, leaf, verify, want):
    with server(certificates, leaf) as port:
        done = subprocess.run([sys.executable, "-c", ASYNC, certificates / "public.pem", str(port), verify], text=True, timeout=60,
                              env=actor.environment(f"[{pattern}]\n{rule}\n"), capture_output=True)
    assert done.stdout.strip() == want, done.stderr


# A session from before the rule, in a process that lives longer: argv trust, leaf, configuration, what it says afterwards
RESUMED = BY_MEMORY + """
import asyncio, socket, ssl, sys, threading, time
trust, leaf, config, rule = sys.argv[1:]
server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server.maximum_version = ssl.TLSVersion.TLSv1_2
server.load_cert_chain(leaf + ".pem", leaf + ".key")
listening = socket.create_server(("127.0.0.1", 0))

def serve():
    while True:
        try:
            with server.wrap_socket(listening.accept()[0], server_side=True) as s:
                s.recv(1)
        except OSError:
            pass

threading.Thread(target=serve, daemon=True).start()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.load_verify_locations(trust)
session = None

def connect():
    global session
    with socket.create_connection(listening.getsockname(), timeout=20) as raw:
        try:
            tls = by_memory(raw, context, session=session)
            tls.write(b"x")
            session = tls.session
            return "resumed" if tls.session_reused else "good"
        except (ssl.SSLError, OSError):
            session = None
            return "bad"

print(connect(), connect())
open(config, "w").write(rule)
time.sleep(2.5)
print(connect(), connect(), connect())
"""


@pytest.mark.long
def test_session_from_before_the_rule(actor, certificates):
    """... is resumed before it is certain whose it is: that connection ends. The next ones, without a session, are verified."""
    def start(text):
        env = actor.environment("# none\n")
        return subprocess.Popen([sys.executable, "-c", RESUMED, certificates / "public.pem", certificates / "loopback-public", actor.config,
                                 text.replace("CERTS", str(certificates))], text=True, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    # each waits for the rules to be read again: all at once
    cases = {
        "# none\n": ["good", "resumed", "resumed", "resumed", "resumed"],
        "[127.0.0.1]\nOnlyCAFile = CERTS/stranger.pem\n": ["good", "resumed", "bad", "bad", "bad"],
        "[127.0.0.1]\nOnlyCAFile = CERTS/public.pem\n": ["good", "resumed", "bad", "good", "good"],
    }
    with contextlib.ExitStack() as stack:
        started = [(stack.enter_context(start(text)), want) for text, want in cases.items()]
        for process, _ in started:
            stack.callback(process.kill)
        for process, want in started:
            out, err = process.communicate(timeout=60)
            assert err == "" and out.split() == want


def test_filter_that_speaks_to_the_proxy_itself(actor, certificates):
    """The socket lies below a filter of the client's, and has carried nothing when the handshake begins."""
    def verdict(port, rule, *host):
        done = subprocess.run([build("filter"), certificates / "public.pem", str(port), *host], text=True, timeout=60, env=actor.environment(RULE % rule),
                              capture_output=True)
        assert done.stderr == ""
        return done.stdout.strip()

    for rule in ADDRESS_RULES:
        with server(certificates, "loopback") as port, CONNECT(port) as proxy:
            assert verdict(proxy, rule, "127.0.0.1") == "bad", rule
    with server(certificates, "loopback") as port:
        assert verdict(port, "[127.0.0.1]") == "good"


# A child of a process that had a handshake under way whose socket it did not tell, as curl's and .NET's: argv trust, port
FORKED = """
import os, socket, ssl, sys
trust, port = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.load_verify_locations(trust)

def begin():
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    return context.wrap_bio(incoming, outgoing), incoming, outgoing

left = begin()
try:
    left[0].do_handshake()
except ssl.SSLWantReadError:
    pass
pid = os.fork()
if pid == 0:
    raw = socket.create_connection(("127.0.0.1", int(port)), timeout=20)
    tls, incoming, outgoing = begin()
    try:
        while True:
            try:
                tls.do_handshake()
                os._exit(0)
            except ssl.SSLWantReadError:
                raw.sendall(outgoing.read())
                incoming.write(raw.recv(65536))
    except ssl.SSLCertVerificationError:
        os._exit(1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


def test_child_of_a_process_in_the_middle_of_a_handshake(actor, certificates):
    """The parent's handshake is not the child's, and claims none of its sockets."""
    for leaf, status in ("loopback", 0), ("b", 1):
        with server(certificates, leaf) as port:
            done = subprocess.run([sys.executable, "-c", FORKED, certificates / "public.pem", str(port)], timeout=60,
                                  env=actor.environment("[127.0.0.1]\nExtraCAFile = CERTS/corp.pem\n"), capture_output=True)
        assert (done.returncode, done.stderr) == (status, b""), leaf
