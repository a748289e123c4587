# SPDX-License-Identifier: ISC
"""Traps of the client's verify callback: it sees no difference, and its answers are told as what they are."""

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from lib import pki
from lib.run import note_causes

GOOD = ("root", "legacy", "legacy.test")
BAD = ("unrelated", "legacy", "legacy.test")
EXPIRED = ("unrelated", "expired", "legacy.test")
ISSUER = "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY (20) at depth 0"
UNVERIFIED = "X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE (21) at depth 0"
OUT_OF_DATE = "X509_V_ERR_CERT_HAS_EXPIRED (10) at depth 0"


def only(result):
    note_causes(result.log.decode())
    assert len(result.records) == 1, result.records
    return result.records[0]


def waived(record):
    return [w.split(": ")[0] for w in record.get("waived", [])]


# ---- what is told ------------------------------------------------------------------------------------------
@pytest.mark.cause("error-waived")
@pytest.mark.parametrize("how", ["yes", "reset"])
def test_waived_and_went_on(trap, how):
    result = trap.equal("waive", how, "on", *EXPIRED)
    assert "request: 5" in result.out
    record = only(result)
    assert (record["event"], record["level"], record["cause"]) == ("verify_ignored", "warning", "error-waived")
    assert (record["code"], record["depth"]) == (20, 0)
    assert waived(record) == [ISSUER, UNVERIFIED, OUT_OF_DATE]
    assert any("grounds of its own" in n for n in record["notes"])
    assert any("took the error back" in n for n in record["notes"]) == (how == "reset")


@pytest.mark.parametrize("how", ["yes", "reset"])
def test_collected_and_stopped(trap, how):
    """As Qt does: the handshake is completed, then the errors are looked at."""
    result = trap.equal("waive", how, "off", *EXPIRED)
    assert "collected 3" in result.out
    record = only(result)
    assert (record["event"], record["level"], record["enforced"]) == ("verify_failed", "error", False)
    assert record["cause"] == "issuer-unknown" and record["code"] == 20
    assert waived(record) == [ISSUER, UNVERIFIED, OUT_OF_DATE]
    assert any("before the program sent anything" in n for n in record["notes"])


def test_one_waived_and_one_refused(trap):
    record = only(trap.equal("waive", "waive-issuer", "on", *EXPIRED))
    assert (record["event"], record["cause"]) == ("verify_failed", "expired")
    assert (record["code"], record["depth"], record["enforced"]) == (10, 0, True)
    assert waived(record) == [ISSUER, UNVERIFIED]


@pytest.mark.cause("client-refused")
def test_refused_without_an_error(trap):
    record = only(trap.equal("waive", "refuse", "on", *GOOD))
    assert (record["event"], record["cause"], record["depth"]) == ("verify_failed", "client-refused", 0)
    assert record["enforced"] and "waived" not in record


@pytest.mark.cause("client-refused")
def test_refused_for_a_reason(trap):
    record = only(trap.equal("waive", "refuse-reason", "on", *GOOD))
    assert (record["cause"], record["name"]) == ("client-refused", "X509_V_ERR_CERT_REVOKED")


def test_refused_a_certificate_of_another_name(trap):
    record = only(trap.equal("waive", "refuse", "on", "root", "other", "legacy.test"))
    assert (record["event"], record["cause"]) == ("verify_failed", "name-mismatch")


def test_objection_without_a_refusal(trap):
    """The callback sets an error and says yes: for itself, to look at later."""
    record = only(trap.equal("waive", "mark", "off", *GOOD))
    assert (record["event"], record["cause"]) == ("verify_failed", "client-refused")
    assert trap.equal("waive", "mark", "on", *GOOD).records == []


@pytest.mark.cause("client-refused")
def test_refused_as_a_whole(trap):
    record = only(trap.equal("waive", "whole-no", "on", *GOOD))
    assert (record["event"], record["cause"]) == ("verify_failed", "client-refused")


@pytest.mark.cause("error-waived")
def test_waived_as_a_whole(trap):
    record = only(trap.equal("waive", "whole-yes", "on", *EXPIRED))
    assert (record["event"], record["cause"]) == ("verify_ignored", "error-waived")
    assert waived(record) == [ISSUER]


@pytest.mark.cause("verification-off")
def test_verification_off(trap):
    record = only(trap.equal("waive", "none", "on", *EXPIRED))
    assert (record["event"], record["cause"]) == ("verify_ignored", "verification-off")


@pytest.mark.parametrize("after", ["on", "off"])
@pytest.mark.parametrize("how", ["yes", "reset", "pass", "waive-issuer", "none", "whole-yes"])
def test_nothing_to_tell(trap, how, after):
    assert trap.equal("waive", how, after, *GOOD).records == []


@pytest.mark.parametrize("how", ["yes", "reset", "pass", "refuse", "refuse-reason", "mark"])
def test_callback_under_a_rule(trap, how):
    """One clean verification, as with the CA in the client's own store; no trial shows in the callback."""
    wanted = trap.plain("waive", how, "on", *GOOD)
    result = trap.preloaded("waive", how, "on", *BAD, rules=trap.trust_root)
    assert result.seen == wanted.seen


def test_rule_that_does_not_suffice(trap):
    """What fails with the rule's CA is the cause, though the callback waives the missing one."""
    result = trap.equal("waive", "waive-issuer", "on", *EXPIRED, rules=trap.trust_root)
    record = only(result)
    assert (record["event"], record["cause"]) == ("verify_failed", "expired")


# ---- what the client sees ----------------------------------------------------------------------------------
CASES = ["plain", "refuse", "swap", "reenter", "same", "jump", "exit", "free-store", "store", "threads"]


@pytest.mark.parametrize("anchors,leaf", [("root", "legacy"), ("unrelated", "expired")], ids=["good", "bad"])
@pytest.mark.parametrize("case", CASES)
def test_callback_sees_no_difference(trap, case, anchors, leaf):
    result = trap.equal("verify_callback", case, anchors, leaf)
    assert result.code == 0 and "foreign" not in result.out
    # a second call on the same context leaves an error there, which is the callback's own doing
    if anchors == "root" and case != "same":
        assert result.records == []


@pytest.fixture(scope="module")
def crl(certificates):
    """A leaf whose CA has the name of another one, which signed the revocation list and has expired."""
    day = datetime.timedelta(days=1)
    root = pki.issue("CRL Root", ca=True)
    ca = pki.issue("Issuing CA", root, ca=True)
    signer = pki.issue("Issuing CA", root, ca=True, not_before=pki.now() - 9 * day, not_after=pki.now() - day)
    leaf = pki.issue("legacy.test", ca, names=["legacy.test"])
    (certificates / "crl-root.pem").write_bytes(root.pem)
    (certificates / "crl-leaf.crt").write_bytes(leaf.pem + ca.pem + signer.pem)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key())
    made = (
        x509.CertificateRevocationListBuilder().issuer_name(signer.subject).last_update(pki.now() - day)
        .next_update(pki.now() + day).add_extension(identifier, critical=False)
        .add_extension(x509.CRLNumber(1), critical=False).sign(signer.key, hashes.SHA256())
    )  # fmt: skip
    path = certificates / "list.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return {"TRAP_CRL": path}


@pytest.mark.parametrize("case", ["plain", "refuse", "swap", "swap-nested", "reenter", "jump-nested", "store"])
def test_callback_of_a_revocation_lists_signer(trap, crl, case):
    """OpenSSL verifies the signer of a CRL in a context of its own, with the callback of the first one."""
    result = trap.equal("verify_callback", case, "crl-root", "crl-leaf", env=crl)
    assert result.code == 0 and "nested" in result.out and "foreign" not in result.out
