# SPDX-License-Identifier: ISC
""".NET verifies after the handshake, without an SSL. Which connection is it? Any number of hosts may share one certificate, and a .NET program may be
a server, too."""
import contextlib
import socket
import ssl
import subprocess
import threading

import pytest

from lib import dotnet

ROUNDS = 3


@pytest.fixture(scope="session")
def program():
    if why := dotnet.missing():
        pytest.skip(why)
    return ["dotnet", str(dotnet.build())]


@contextlib.contextmanager
def web(certificates, name):
    """An HTTPS server on loopback that keeps its connections until the client ends them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / (name + ".pem"), certificates / (name + ".key"))
    threads = []

    def answer(raw):
        with contextlib.suppress(OSError):
            raw.settimeout(60)
            with context.wrap_socket(raw, server_side=True) as tls:
                while data := tls.recv(4096):
                    if data.endswith(b"\r\n\r\n"):
                        tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi\n")

    def serve():
        with contextlib.suppress(OSError):
            while True:
                threads.append(threading.Thread(target=answer, args=(listening.accept()[0],)))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0), backlog=200) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(30)
    for t in threads:
        t.join(30)


def behind(actor, program, certificates, hosts, rules, **more):
    with web(certificates, "wild") as port:
        done = subprocess.run([*program, "behind", str(port), str(ROUNDS), *hosts], text=True, capture_output=True, timeout=120,
                              env=actor.environment(rules, **more))
    assert done.stderr == "" and done.returncode == 0
    return [int(line.split()[1]) for line in done.stdout.splitlines()]


HOSTS = [f"x{i}.a.test" for i in range(20)]
FILE = "[%s]\n%s = CERTS/%s.pem\n"


def test_every_host_has_its_rule(actor, program, certificates):
    assert behind(actor, program, certificates, HOSTS, FILE % ("*.a.test", "ExtraCAFile", "corp")) == [ROUNDS] * 20
    assert [r for r in actor.records() if r["level"] == "error"] == []


def test_no_host_escapes(actor, program, certificates):
    only = FILE % ("*.a.test", "OnlyCAFile", "stranger")
    assert behind(actor, program, certificates, HOSTS, only, SSL_CERT_FILE=str(certificates / "corp.pem")) == [0] * 20


@pytest.mark.parametrize("key,ca,store,mine,others", [("ExtraCAFile", "corp", "public", ROUNDS, 0), ("OnlyCAFile", "stranger", "corp", 0, ROUNDS)])
def test_one_hosts_rule_is_not_anothers(actor, program, certificates, key, ca, store, mine, others):
    rules = "".join(FILE % (HOSTS[i], key, ca) for i in (1, 3, 17))
    got = behind(actor, program, certificates, HOSTS, rules, SSL_CERT_FILE=str(certificates / (store + ".pem")))
    assert got == [mine if i in (1, 3, 17) else others for i in range(20)]


@pytest.mark.parametrize("leaf", ["a", "a-middle", "client-only"])
@pytest.mark.parametrize("rules", ["[a.test]\nExtraCAFile = CERTS/corp.pem\n", "[*]\nExtraCAFile = CERTS/both.pem\n"])
def test_server_that_wants_a_certificate(actor, program, certificates, leaf, rules):
    """Mutual TLS: the CA that a rule adds for a host lets no client in."""
    argv = [*program, "server", certificates / "c-public.pem", certificates / "c-public.key"]
    server = subprocess.Popen(argv, text=True, stdout=subprocess.PIPE, env=actor.environment(rules))
    try:
        port = int(server.stdout.readline())
        subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-cert", certificates / (leaf + ".pem"), "-key",
                        certificates / (leaf + ".key")], input=b"", capture_output=True, timeout=30)
        assert server.communicate(timeout=30)[0].startswith("REFUSED ")
    finally:
        server.kill()
        server.wait(10)
    assert actor.records() == []
