# SPDX-License-Identifier: ISC
"""Qt: the record names a failure as Qt itself does (QSslError and its sentence)."""
import json
import re

import pytest

from clients.table import DEBIAN_PYTHON, HERE
from lib import pki as pki_module
from lib.run import HOSTS, check_records

HOST = "legacy.test"
# what Qt sees of lib/pki.py's certificates; it reads a common name, and compares it whatever else there is
NAMES = ["expired", "expired-intermediate", "not-yet-valid", "wrong-purpose", "bad-signature", "path-length", "name-constraint",
         "not-a-ca", "unknown-critical", "malformed-extension"]  # fmt: skip


@pytest.mark.cause("expired")
@pytest.mark.cause("self-signed")
@pytest.mark.cause("untrusted-root")
@pytest.mark.cause("issuer-unknown")
def test_the_record_says_what_qt_says(run, pki, servers, sites):
    other = pki_module.issue("Stranger Issuing CA", pki.stranger, ca=True)
    past = {"not_before": pki_module.now() - 90 * pki_module.DAY, "not_after": pki_module.now() - pki_module.DAY}
    identities = [
        pki.identity("qt-good", pki_module.issue(HOST, pki.intermediate, names=[HOST]), pki.intermediate),
        pki.identity("qt-self-signed", pki_module.issue(HOST, names=[HOST])),
        pki.identity("qt-untrusted", pki_module.issue(HOST, pki.stranger, names=[HOST]), pki.stranger),
        pki.identity("qt-unknown", pki_module.issue(HOST, other, names=[HOST]), other),
        pki.identity("qt-two", pki_module.issue("elsewhere.test", pki.stranger, names=["elsewhere.test"], **past), pki.stranger),
        pki.identity("qt-name", pki_module.issue("elsewhere.test", pki.intermediate, names=["elsewhere.test"]), pki.intermediate),
    ]
    ports = servers.nginx([(HOSTS[HOST], [HOST], i, "") for i in identities]) + [sites.variant(n)[0] for n in NAMES]
    done = check_records(run([DEBIAN_PYTHON, HERE / "qt_errors.py", HOST, pki.root_pem, *ports]))
    assert done.code == 0
    said = [json.loads(line) for line in done.out.splitlines()]
    assert len(said) == len(ports) and said[0] == [] and all(said[1:])
    assert [r["port"] for r in done.records] == ports[1:]
    for errors, record in zip(said[1:], done.records):
        assert record["event"] == "verify_failed"
        note = next(n for n in record["notes"] if n.startswith("in Qt: "))
        assert {tuple(e) for e in errors} == set(re.findall(r'(\w+) \("([^"]*)"\)', note)), record["port"]
