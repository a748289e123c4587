# SPDX-License-Identifier: ISC
"""OpenVPN over TCP: TLS in packets of its own, through memory BIOs, so that neither what a socket carried nor its end shows in OpenSSL."""
import contextlib
import shutil

import pytest

from lib.pki import issue
from lib.ports import free_port
from lib.run import check_records
from lib.servers import Process, listening

ADDRESS = "127.0.0.2"
COMMON = "--dev null --ifconfig-noexec --verb 3".split()


@pytest.fixture
def ask(run, pki, tmp_path):
    """ask(its certificate, a file of CAs): the result of a client that tries once, and leaves ten seconds after its start where it is content."""
    if not shutil.which("openvpn"):
        pytest.skip("openvpn is not installed")
    server = pki.good("legacy.test")
    with contextlib.ExitStack() as until:

        def asked(mine, ca):
            port = free_port()
            argv = "openvpn --proto tcp-server --tls-server --dh none --local".split()
            argv += [ADDRESS, "--port", port, "--ca", pki.root_pem, "--cert", server.chain, "--key", server.key, *COMMON]
            daemon = Process(argv, tmp_path / ("log-%d" % port), lambda _: listening(ADDRESS, port))
            until.callback(daemon.stop)
            argv = "openvpn --proto tcp-client --tls-client --nobind --connect-retry-max 1 --inactive 10 --remote legacy.test".split() + [port]
            result = run([*argv, "--ca", ca, "--cert", mine.chain, "--key", mine.key, *COMMON], timeout=60)
            check_records(result)
            return result

        yield asked


def told(result):
    return [(r["event"], r["cause"], r.get("host")) for r in result.records]


@pytest.mark.long
def test_tcp(ask, pki):
    good = pki.identity("openvpn-good", issue("client.test", pki.root, purposes=("client",)))
    stranger = issue("stranger.test", None, purposes=("client",))
    bad = pki.identity("openvpn-bad", stranger)
    content = ask(good, pki.root_pem)
    assert "Peer Connection Initiated" in content.out and told(content) == []
    assert told(ask(bad, pki.root_pem)) == [("handshake_failed", "client-certificate-rejected", "legacy.test")]
    other_ca = pki.write("openvpn-other.pem", stranger.pem)
    assert told(ask(good, other_ca)) == [("verify_failed", "issuer-unknown", "legacy.test")]
