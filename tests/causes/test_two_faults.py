# SPDX-License-Identifier: ISC
"""Two faults at once: the cause is the one that this client met, and the other is told beside it. (.NET, which collects them: test_dotnet.py.)"""
import shutil

import pytest

from clients import table
from lib import pki as pki_module
from lib.run import check_records

from .conftest import HOST

PERL = "use IO::Socket::SSL; IO::Socket::SSL->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], SSL_ca_file => $ARGV[2]) or die $SSL_ERROR;"
PHP = """
$context = stream_context_create(['ssl' => ['cafile' => $argv[3], 'peer_name' => $argv[1]]]);
exit(@stream_socket_client("ssl://$argv[1]:$argv[2]", $number, $text, 20, STREAM_CLIENT_CONNECT, $context) ? 0 : 1);
"""
RUBY = """
require 'net/http'
http = Net::HTTP.new(ARGV[0], ARGV[1].to_i)
http.use_ssl = true
http.ca_file = ARGV[2]
http.start { }
"""
# OpenSSL compares the name before it looks at dates; who compares it by himself does so when the chain is good.
CLIENTS = {
    "python": ("name-mismatch", lambda port, ca: [table.DEBIAN_PYTHON, table.HERE / "connect.py", HOST, port, "--ca", ca]),
    "ruby": ("expired", lambda port, ca: ["ruby", "-e", RUBY, HOST, port, ca]),
    "curl": ("expired", lambda port, ca: ["curl", "-sS", "-m", "20", "--cacert", ca, "https://%s:%d/" % (HOST, port)]),
    "php": ("expired", lambda port, ca: ["php", "-r", PHP, "--", HOST, port, ca]),
    "perl": ("expired", lambda port, ca: ["perl", "-e", PERL, HOST, port, ca]),
}  # fmt: skip
BESIDE = {"name": "does not name " + HOST, "expired": "expired on", "untrusted": "in no store", "purpose": "not issued for servers"}


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("faults", ["name expired", "name untrusted", "name purpose", "expired untrusted", "expired purpose", "purpose untrusted"])
def test_two_faults(run, show, pki, client, faults):
    first, argv = CLIENTS[client]
    if not shutil.which(str(argv(1, "")[0])):
        pytest.skip(client + " is not installed")
    issuer = pki.stranger if "untrusted" in faults else pki.intermediate
    how = {"not_before": pki_module.now() - 90 * pki_module.DAY, "not_after": pki_module.now() - pki_module.DAY} if "expired" in faults else {}
    leaf = pki_module.issue("leaf", issuer, names=["elsewhere.test" if "name" in faults else HOST],
                            purposes=("client",) if "purpose" in faults else ("server",), **how)  # fmt: skip
    done = check_records(run(argv(show(leaf, issuer).port, pki.root_pem)))
    assert done.code != 0
    expected = "untrusted-root" if "untrusted" in faults else "wrong-purpose" if "purpose" in faults else first
    assert [(r["event"], r["cause"]) for r in done.records] == [("verify_failed", expected)], done
    told = {"untrusted-root": "untrusted", "wrong-purpose": "purpose", "name-mismatch": "name", "expired": "expired"}[expected]
    (other,) = [f for f in faults.split() if f != told]
    text = "\n".join(done.records[0]["notes"] + done.records[0]["help"])
    assert BESIDE[other] in text or {"name": "such a certificate", "expired": "has expired"}.get(other, "?") in text, text
