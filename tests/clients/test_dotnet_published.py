# SPDX-License-Identifier: ISC
""".NET programs that bring their runtime along: whole, in one file, trimmed, or compiled to native code. Each finds OpenSSL by dlsym, from
libraries of its own."""
import os
import ssl
import subprocess

import pytest

from lib import dotnet
from lib import servers as odd
from lib.run import COMMAND

HOST, OTHER = "legacy.test", "other.test"
pytestmark = [
    pytest.mark.slow, pytest.mark.timeout(900),
    pytest.mark.skipif(dotnet.missing() is not None, reason=str(dotnet.missing())),
    pytest.mark.skipif(os.uname().machine != "x86_64", reason="published for x86-64"),
]  # fmt: skip
KINDS = ("stream", "stream-no", "http", "http-yes", "stream-yes")


@pytest.fixture(scope="module", params=dotnet.PUBLISHED)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def program(name):
    try:
        return dotnet.publish(name)
    except (dotnet.NotPublished, subprocess.SubprocessError) as e:
        pytest.skip(str(e))


@pytest.fixture
def ask(run, program, sites, name):
    """HttpClient, SslStream, and what .NET makes of the certificate with callbacks that say yes and no, one run after the other: what they
    printed but for the port, and all records. The names of the last are lost where unused code is."""

    def call(host=HOST, **how):
        port = sites.https(host)[0]
        commands = [["get", "https://%s:%d/" % (host, port)], ["sslstream", host, port]]
        if name not in ("trimmed", "aot"):
            commands.append(["each", *("%s=%s:%d" % (k, host, port) for k in KINDS)])
        done = [run([program, *c], timeout=60, **how) for c in commands]
        return [(d.code, d.out, d.err.splitlines()[:1]) for d in done], [r for d in done for r in d.records]

    return call


def trusting(pki):
    return {"SSL_CERT_FILE": str(pki.root_pem)}


def test_good(ask, pki):
    """As without the library, and nothing is said."""
    without = ask(library=False, env=trusting(pki))[0]
    answers, records = ask(env=trusting(pki))
    assert answers == without and [code for code, _, _ in answers] == [0] * len(answers) and records == []


def test_refused_and_waived(ask, name):
    """What .NET says is what it says alone; each failure has its record."""
    without = ask(library=False)[0]
    answers, records = ask()
    assert answers == without and [code for code, _, _ in answers[:2]] == [1, 1]
    waived = {("verify_ignored", "error-waived", HOST)} if len(answers) > 2 else set()
    assert {(r["event"], r["cause"], r["host"]) for r in records} == {("verify_failed", "issuer-unknown", HOST)} | waived


def test_mended(ask, pki):
    """... for one host, as the variable of OpenSSL mends it for all."""
    wanted = ask(library=False, env=trusting(pki))[0]
    answers, records = ask(extra_ca={HOST: pki.root_pem})
    assert answers == wanted and {r["event"] for r in records} == {"mended"}
    answers, records = ask(host=OTHER, extra_ca={HOST: pki.root_pem})
    assert answers[0][0] == 1 and records[0]["event"] == "verify_failed"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_certificate_of_the_client(run, program, pki, servers, version):
    """In TLS 1.3, the refusal comes when the client reads for the first time."""
    port = servers.odd("127.0.0.2", odd.asks_for_client_certificate(pki.root_pem, version), pki.good(HOST))
    argv = [program, "sslstream", HOST, port]
    without = run(argv, library=False, timeout=60, env=trusting(pki))
    done = run(argv, timeout=60, env=trusting(pki))
    assert (done.code, done.out) == (without.code, without.out) and done.out.startswith("REFUSED ")
    assert [(r["event"], r["cause"], r["host"], r["port"]) for r in done.records] == [("handshake_failed", "client-certificate-missing", HOST, port)]


def test_check_says_so(program):
    done = subprocess.run([COMMAND, "check", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "client: reachable: client" in done.stdout and "dlsym" in done.stdout, done.stdout
