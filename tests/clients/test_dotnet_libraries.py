# SPDX-License-Identifier: ISC
"""Libraries that .NET programs speak TLS with: each failure is explained once, and mended for one host; what has an OpenSSL of its own is named."""
import re
import subprocess

import pytest

from lib import dotnet, starttls
from lib import servers as odd
from lib.run import COMMAND

HOST, OTHER = "legacy.test", "other.test"
pytestmark = [
    pytest.mark.slow, pytest.mark.timeout(600),
    pytest.mark.skipif(dotnet.missing() is not None, reason=str(dotnet.missing())),
]  # fmt: skip
# How the server begins; "": with TLS.
KINDS = {"smtp": "smtp", "imap": "", "npgsql": "postgres", "sql": "", "redis": ""}


@pytest.fixture(scope="module")
def program():
    try:
        return dotnet.libraries()
    except (dotnet.NotPublished, subprocess.SubprocessError) as e:
        pytest.skip(str(e))


@pytest.fixture
def ask(run, program, servers, pki):
    def call(kind, **how):
        begin = {**KINDS, "mysql": "mysql"}.get(kind)
        port = servers.odd("127.0.0.2", starttls.server(begin) if begin else odd.presents_certificate, pki.good(HOST))
        return run(["dotnet", program, kind, HOST, port], timeout=60, **how)

    return call


@pytest.mark.parametrize("kind", KINDS)
def test_library(ask, pki, kind):
    """What the fake server makes of the rest does not matter: as where SSL_CERT_FILE has the CA."""
    without, refused = ask(kind, library=False), ask(kind)
    assert (refused.code, refused.out) == (without.code, without.out) and refused.out.startswith("REFUSED ")
    # some try again
    assert {(r["event"], r["cause"], r["host"]) for r in refused.records} == {("verify_failed", "issuer-unknown", HOST)}
    trusted = ask(kind, library=False, env={"SSL_CERT_FILE": str(pki.root_pem)})
    mended = ask(kind, extra_ca={HOST: pki.root_pem})
    assert (mended.code, mended.out) == (trusted.code, trusted.out) and trusted.out != without.out
    assert {r["event"] for r in mended.records} == {"mended"}
    other = ask(kind, extra_ca={OTHER: pki.root_pem})
    assert other.out == without.out and {r["cause"] for r in other.records} == {"issuer-unknown"}


def test_one_that_decides_after_its_login(ask, pki):
    """MySqlConnector accepts at first, and sends its login: that is what happened, and that it may refuse yet is said."""
    done = ask("mysql")
    assert [(r["event"], r["cause"], r["host"]) for r in done.records] == [("verify_ignored", "error-waived", HOST)], done
    assert any("MySqlConnector" in n and "may refuse all the same later" in n for n in done.records[0]["notes"])
    mended = ask("mysql", extra_ca={HOST: pki.root_pem})
    assert {r["event"] for r in mended.records} == {"mended"}


def test_openssl_of_its_own(ask, program):
    """It is out of reach: said by the process at level info, and by check of the library."""
    without, done = ask("kafka", library=False), ask("kafka", settings={"TLSMEND_LOG_LEVEL": "info"})
    assert [re.sub(r"\d+(/bootstrap|ms)", "", d.out) for d in (done, without)] == 2 * [re.sub(r"\d+(/bootstrap|ms)", "", without.out)]
    (record,) = done.records
    assert record["event"] == "unseen"
    library = re.search(r"connections of (/\S+librdkafka\.so) are", record["message"]).group(1)
    said = subprocess.run([COMMAND, "check", library], capture_output=True, text=True, timeout=60).stdout
    assert "librdkafka.so: out of reach: OpenSSL " in said and "ssl.ca.location=FILE" in said
