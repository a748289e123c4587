# SPDX-License-Identifier: ISC
"""Keys that act on the verification, in every generation: what fails without them works with them, and what they demand is met or ends it."""
import pytest

from lib import pki as pki_module
from lib.pki import pin
from lib.run import check_records

HOST = "legacy.test"
ENFORCE = {"EnforceVerification": "yes"}
STRICT = 0x20


@pytest.fixture
def ruled(away):
    return lambda argv, **keys: check_records(away(argv, config=away.config((HOST, keys))))


def stopped(result, cause):
    assert result.code != 0, result
    assert [(r["event"], r["cause"]) for r in result.records] == [("verify_failed", cause)], result
    assert "it ended because of" in str(result.records[0]["notes"])


def test_enforce_verification_holds(ruled, client, sites, pki):
    argv = client(HOST, sites.https(HOST)[0], waive=True)
    stopped(ruled(argv, **ENFORCE), "issuer-unknown")
    done = ruled(argv, **ENFORCE, ExtraCAFile=pki.root_pem)
    assert done.code == 0 and {r["event"] for r in done.records} <= {"mended"}, done
    argv = client(HOST, sites.variant("expired")[0], waive=True)
    stopped(ruled(argv, **ENFORCE, ExtraCAFile=pki.root_pem), "expired")
    argv = client(HOST, sites.variant("wrong-name")[0], waive=True)
    stopped(ruled(argv, **ENFORCE, ExtraCAFile=pki.root_pem), "name-mismatch")


def test_only_ca_file_holds(ruled, client, sites, pki):
    argv = client(HOST, sites.https(HOST)[0], ca=pki.root_pem)
    done = ruled(argv, OnlyCAFile=pki.stranger_pem)
    assert done.code != 0 and done.records[0]["event"] == "verify_failed" and "OnlyCAFile" in str(done.records[0]), done
    done = ruled(argv, OnlyCAFile=pki.root_pem)
    assert done.code == 0 and {r["event"] for r in done.records} <= {"mended"}, done


def test_pin_holds(ruled, client, sites, pki):
    port, identity = sites.https(HOST)
    argv = client(HOST, port, waive=True)
    done = ruled(argv, PinSHA256=pin(identity.leaf))
    assert done.code == 0 and done.log == "", done
    stopped(ruled(argv, PinSHA256=pin(pki.stranger)), "pinned-elsewhere")
    assert ruled(argv, PinSHA256=pin(pki.root), ExtraCAFile=pki.root_pem).code == 0
    assert ruled(argv, PinSHA256=pin(pki.root)).code != 0


def test_function_instead_of_the_verification(ruled, client, name, sites, pki):
    if name != "own":
        return
    argv = [*client(HOST, sites.https(HOST)[0]), "--instead"]
    assert ruled(argv).code == 0
    stopped(ruled(argv, **ENFORCE), "issuer-unknown")
    assert ruled(argv, **ENFORCE, ExtraCAFile=pki.root_pem).code == 0


def test_expected_name(ruled, client, name, sites, pki):
    argv = client(HOST, sites.variant("wrong-name")[0], ca=pki.root_pem)
    assert ruled(argv).code != 0
    # curl compares names by itself, old Pythons too
    mended = ruled(argv, ExpectName="elsewhere.test").code == 0
    assert mended is (name != "curl"), mended
    assert ruled(argv, ExpectName="third.test").code != 0
    assert ruled(client(HOST, sites.https(HOST)[0], ca=pki.root_pem), ExpectName="third.test").code != 0


def test_strict_no_lets_form_pass(ruled, client, name, root, servers, pki):
    if name == "own":
        flags = ["--flags", str(STRICT)]
    elif name == "openssl":
        flags = ["-x509_strict"]
    else:
        return
    # a rule of form that every generation checks where it is told to: a CA without keyUsage, from 3.0 on; a certificate without key identifiers
    leaf = pki_module.issue(HOST, pki.intermediate, names=[HOST], key_identifiers=False)
    (port,) = servers.nginx([("127.0.0.2", [HOST], pki.identity("informal-" + root.suite + name, leaf, pki.intermediate), "")])
    argv = [*client(HOST, port, ca=pki.root_pem), *flags]
    # 1.1.1 has no such rule
    assert (ruled(argv).code != 0) is (root.version[0] >= 3)
    assert ruled(argv, Strict="no", Reason="test", Until="2036-01-01").code == 0
