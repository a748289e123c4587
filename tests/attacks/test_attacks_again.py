# SPDX-License-Identifier: ISC
"""An SSL that is used again for another host keeps nothing of what a rule laid onto it."""
import pytest

from againkit import Again

KEYS = {
    "MinProtocol": "TLSv1", "MaxProtocol": "TLSv1.2", "CipherString": "AES256:@SECLEVEL=0", "Ciphersuites": "TLS_AES_256_GCM_SHA384",
    "SignatureAlgorithms": "ECDSA+SHA256:RSA-PSS+SHA256", "Groups": "P-384:P-256", "Options": "Bugs, -ExtendedMasterSecret",
    "IgnoreUnexpectedEOF": "yes", "MaxCertList": "1000000",
}  # fmt: skip
VERSIONS = ["1.2", "1.3"]


@pytest.fixture
def again(actor):
    return Again(actor)


def rules(*keys):
    return "[a.test]\nReason = x\nUntil = 2999-12-31\n" + "".join(f"{k} = {KEYS[k]}\n" for k in keys)


@pytest.mark.long
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("keys", [*[(k,) for k in KEYS], tuple(k for k in KEYS if k != "MaxProtocol")], ids=lambda k: k[0] if len(k) == 1 else "all")
def test_nothing_is_kept(again, keys, version):
    plain = again("--max", version, "a.test", "b.test", "b.test,fresh")
    ruled = again("--max", version, "a.test", "b.test", "b.test,fresh", rules=rules(*keys))
    assert ruled[0] != plain[0] or (keys, version) == (("MaxProtocol",), "1.2")
    assert ruled[1] == plain[1]
    assert ruled[2] == plain[2]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("how", ["dup", "copy"])
@pytest.mark.parametrize("keys", [("CipherString",), ("SignatureAlgorithms",), ("CipherString", "SignatureAlgorithms"), ("MinProtocol",)])
def test_nothing_goes_along(again, keys, version, how):
    """... with a copy of the SSL, or with its session."""
    plain = again("--max", version, "a.test", f"b.test,{how}", "b.test")
    ruled = again("--max", version, "a.test", f"b.test,{how}", "b.test", rules=rules(*keys))
    assert ruled[1:] == plain[1:]


@pytest.mark.parametrize("version", VERSIONS)
def test_and_comes_back(again, version):
    """... and the rule holds again when the SSL goes back to its host."""
    ruled = again("--max", version, "a.test", "b.test", "a.test", rules=rules(*KEYS))
    assert ruled[0] == ruled[2]


def test_what_the_client_changed_stays(again):
    """Certificates that the client sets for its next connection are not taken away with the rule's security level."""
    arguments = ["--ask", "a.test", "b.test,own=CERTS/me-both.pem"]
    plain, ruled = again(*arguments), again(*arguments, rules=rules("CipherString"))
    assert plain[1]["peer"].startswith("client+") and ruled[1] == plain[1]


def test_sessions_are_left_alone(again):
    arguments = ["--resume", "--max", "1.2", "b.test", "b.test", "a.test", "b.test"]
    plain, ruled = again(*arguments), again(*arguments, rules=rules("SignatureAlgorithms", "MaxCertList"))
    assert [p["resumed"] for p in plain] == ["0", "1", "1", "1"] == [r["resumed"] for r in ruled]


# ---- ServerName ------------------------------------------------------------------------------------------------------------
NAMES = "[a.test]\nServerName = x.test\n[b.test]\nServerName = none\n[c.test]\nServerName = c.test\n"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("resume", [[], ["--resume"]], ids=["full", "resumed"])
def test_the_client_sees_its_own_name(again, version, resume):
    hosts = ["a.test", "a.test", "d.test", "b.test", "c.test,nosni", "d.test", "d.test,nosni", "a.test,fresh"]
    arguments = ["--max", version, *resume, *hosts]
    plain, ruled = again(*arguments), again(*arguments, rules=NAMES)
    assert [p["name"] for p in plain] == [r["name"] for r in ruled]
    if not resume:
        assert [r["sni"] for r in ruled] == ["x.test", "x.test", "d.test", "-", "c.test", "d.test", "-", "x.test"]


def test_second_client_hello(again):
    """A HelloRetryRequest has the same name sent once more."""
    rules = NAMES + "[*]\nGroups = X25519:P-256\n"
    ruled = again("--groups", "P-256", "a.test", "d.test", rules=rules)
    assert [(r["sni"], r["name"]) for r in ruled] == [("x.test", "a.test"), ("d.test", "d.test")]


def test_renegotiation_sends_it_again(again):
    ruled = again("--max", "1.2", "--again", "a.test", "d.test", rules=NAMES)
    assert [(r["sni"], r["name"], r["renegotiated"]) for r in ruled] == [("x.test", "a.test", "x.test"), ("d.test", "d.test", "d.test")]
