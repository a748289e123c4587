# SPDX-License-Identifier: ISC
"""Verification in every generation: the same causes, though the codes move; mended for one host; unseen where all is well."""

import pytest

from lib import pki as pki_module
from lib.run import check_records, only_failure

HOST = "legacy.test"
# What OpenSSL before 3.0 says instead of the code in lib/pki.py.
OLD_CODES = {"not-a-ca": 24}
VARIANTS = ("expired", "expired-intermediate", "not-yet-valid", "wrong-name", "wrong-purpose", "bad-signature", "weak-key", "weak-digest",
            "path-length", "name-constraint", "not-a-ca", "unknown-critical", "malformed-extension")  # fmt: skip


def test_works_without_a_record(compare, client, sites, pki):
    port, _ = sites.https(HOST)
    done = compare(client(HOST, port, ca=pki.root_pem))
    assert done.code == 0 and done.log == ""


def test_generation_is_named(away, client, sites, root):
    record = only_failure(away(client(HOST, sites.https(HOST)[0])), ("issuer-unknown",), HOST)
    assert record["library"].startswith("OpenSSL " + root.generation)


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_wrong_certificate_is_explained(compare, client, name, root, sites, pki, variant):
    port, identity = sites.variant(variant)
    done = compare(client(HOST, port, ca=pki.root_pem))
    assert done.code != 0
    record = only_failure(done, pki_module.VARIANTS[variant].causes, HOST, port, identity.sha256)
    # curl compares names by itself
    if (name, variant) != ("curl", "wrong-name"):
        code = pki_module.VARIANTS[variant].code
        assert record["code"] == (OLD_CODES.get(variant, code) if root.version[0] < 3 else code)
    assert "ExtraCAFile" not in str(record.get("help")), "no CA helps here"


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_rule_makes_it_good(away, client, name, sites, pki, variant):
    if name not in ("own", "curl"):
        return  # what OpenSSL says is the same for all that act on it in the handshake
    port, identity = sites.variant(variant)
    done = away(client(HOST, port), extra_ca={HOST: pki.root_pem})
    assert done.code != 0
    only_failure(done, pki_module.VARIANTS[variant].causes, HOST, port, identity.sha256)


ANCHORS = {
    "issuer-unknown": lambda pki: pki.good(HOST),
    "self-signed": lambda pki: pki_module.self_signed(pki, HOST),
    "untrusted-root": lambda pki: pki_module.root_presented(pki, HOST),
    "intermediate-not-sent": lambda pki: pki_module.intermediate_missing(pki, HOST),
}


@pytest.fixture(scope="session")
def anchor_sites(pki, servers):
    identities = {cause: make(pki) for cause, make in ANCHORS.items()}
    ports = servers.nginx([("127.0.0.2", [HOST], i, "") for i in identities.values()])
    return {cause: (port, i) for (cause, i), port in zip(identities.items(), ports)}


@pytest.mark.parametrize("cause", list(ANCHORS))
def test_anchor_is_missing(compare, away, client, anchor_sites, sites, pki, cause):
    port, identity = anchor_sites[cause]
    done = compare(client(HOST, port))
    assert done.code != 0
    record = only_failure(done, (cause,), HOST, port, identity.sha256)
    assert "ExtraCAFile" in str(record["help"])
    bundle = identity.chain if cause == "self-signed" else away.write("bundle.pem", pki.root.pem + pki.intermediate.pem)
    mended = away(client(HOST, port), extra_ca={HOST: bundle})
    assert mended.code == 0 and mended.events == ["mended"], mended
    other = away(client("other.test", sites.https("other.test")[0]), extra_ca={HOST: bundle})
    assert other.code != 0
    only_failure(other, ("issuer-unknown",), "other.test")


def test_what_is_waived_is_told(compare, client, name, sites):
    """A client that goes on in spite of it."""
    done = compare(client(HOST, sites.https(HOST)[0], waive=True))
    assert done.code == 0
    check_records(done)
    # whether s_client really went on shows only in what it sends, which is nothing
    causes = {"openssl": {"issuer-unknown", "error-waived"}, "own": {"error-waived"}}.get(name, {"verification-off"})
    assert len(done.records) == 1 and done.records[0]["cause"] in causes, done


def test_clients_own_callbacks_see_what_they_saw(compare, client, name, sites, pki):
    if name != "own":
        return
    done = compare([*client(HOST, sites.https(HOST)[0], ca=pki.root_pem), "--callbacks"])
    assert done.code == 0 and done.log == "" and "infos" in done.out


def test_untrusted_and_for_another_name(compare, client, sites):
    """Clients that look at the name first (curl from 8.2x on) never ask for the result of the verification then."""
    port, identity = sites.variant("wrong-name")
    done = compare(client(HOST, port))
    assert done.code != 0
    # one that goes by the names alone (curl 8.23) says so itself
    record = only_failure(done, ("issuer-unknown", "name-mismatch"), HOST, port, identity.sha256)
    assert "elsewhere.test" in str(record["notes"]) + str(record["why"]), "the name would be the next thing to fail"


def test_who_only_fetches_the_certificate_fails_at_nothing(away, client, name, sites):
    """A monitor that verifies nothing and sends nothing, as `openssl s_client` in scripts."""
    if name != "openssl":
        return
    argv = [a for a in client(HOST, sites.variant("wrong-name")[0], waive=True) if a != "-brief"]
    at = argv.index("-verify_hostname")
    done = away(argv[:at] + argv[at + 2 :])
    assert done.code == 0 and "BEGIN CERTIFICATE" in done.out
    assert not [r for r in done.records if r["cause"] not in ("issuer-unknown", "error-waived")], done


def test_expired_cross_sign(compare, away, client, pki, servers):
    """A root that was once signed by one that has expired since, which is all that an old bundle has (AddTrust in 2020, DST Root X3 in 2021)."""
    old = pki_module.issue("Old Root", ca=True, not_before=pki_module.now() - 4000 * pki_module.DAY,
                           not_after=pki_module.now() - 30 * pki_module.DAY)  # fmt: skip
    root = pki_module.issue("New Root", ca=True)
    cross = pki_module.issue("New Root", old, ca=True, key=root.key, not_before=pki_module.now() - 900 * pki_module.DAY)
    leaf = pki_module.issue(HOST, root, names=[HOST])
    (port,) = servers.nginx([("127.0.0.2", [HOST], pki.identity("cross-signed", leaf, cross), "")])
    bundle, new = away.write("old.pem", old.pem), away.write("new.pem", root.pem)
    done = compare(client(HOST, port, ca=bundle))
    assert done.code != 0
    (record,) = done.records
    assert record["cause"] in ("root-expired", "expired", "wrong-path"), record
    rules = away.config((HOST, {"OnlyCAFile": new}))
    assert away(client(HOST, port, ca=bundle), config=rules).code == 0
    assert away(client(HOST, port, ca=bundle), config=away.config(("other.test", {"OnlyCAFile": new}))).code != 0
    # where the new root is in the bundle, OpenSSL 1.1.0 and later find it first
    both = away.write("both.pem", old.pem + root.pem)
    assert compare(client(HOST, port, ca=both)).code == 0
