# SPDX-License-Identifier: ISC
"""Certificates that are wrong in one way. Added trust never makes them good, and the true cause is told."""
import re

import pytest

from clients.table import connect
from lib import pki as pki_module
from lib.pki import VARIANTS
from lib.run import check_records, only_failure

HOST = "legacy.test"


def connect_for(variant, port, *options):
    # by default Python takes the common name where there is no subjectAltName, as OpenSSL and curl do
    return connect(port, *options, *(["--san-only"] if variant == "no-san" else []))


@pytest.fixture(params=list(VARIANTS))
def variant(request):
    return request.param


@pytest.mark.baseline
def test_variant_is_what_it_says(plain, sites, pki, variant):
    """A client that has the root refuses it, with the code that the table says."""
    port, _ = sites.variant(variant)
    done = plain(connect_for(variant, port, "--ca", pki.root_pem), library=False)
    assert done.code == 1
    assert "code=%d:" % VARIANTS[variant].code in done.out


@pytest.mark.parametrize("variant", [pytest.param(v, marks=pytest.mark.cause(VARIANTS[v].causes[0])) for v in VARIANTS])
def test_with_own_ca(run, sites, pki, variant):
    port, identity = sites.variant(variant)
    before = run(connect_for(variant, port, "--ca", pki.root_pem), library=False)
    after = run(connect_for(variant, port, "--ca", pki.root_pem))
    assert (after.code, after.out, after.err) == (before.code, before.out, before.err)
    record = only_failure(after, VARIANTS[variant].causes, HOST, port, identity.sha256)
    assert record["code"] == VARIANTS[variant].code
    assert record["depth"] == VARIANTS[variant].depth
    assert "ExtraCAFile" not in str(record.get("help")), "no CA helps here"


def test_rule_that_trusts_the_root(run, sites, pki, variant):
    port, identity = sites.variant(variant)
    before = run(connect_for(variant, port), library=False)
    after = run(connect_for(variant, port), extra_ca={HOST: pki.root_pem})
    assert after.code == 1
    assert (after.code, after.err) == (before.code, before.err)
    record = only_failure(after, VARIANTS[variant].causes, HOST, port, identity.sha256)
    assert "ExtraCAFile = " not in str(record.get("help")), "the rule is there already"


def test_curl_stays_refused(run, sites, pki, variant):
    if variant == "no-san":
        pytest.skip("curl accepts a certificate that has only a common name")
    port, identity = sites.variant(variant)
    argv = ["curl", "-sS", "-m", "20", "https://%s:%d/" % (HOST, port)]
    before = run(argv, library=False)
    done = run(argv, extra_ca={HOST: pki.root_pem})
    # 35 where the certificate does not even parse
    assert done.code == before.code and done.code in (35, 60)
    only_failure(done, VARIANTS[variant].causes, HOST, port, identity.sha256)


# ---- what a CA can mend ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "make,code,causes",
    [
        (pki_module.self_signed, 18, ("self-signed",)),
        (pki_module.root_presented, 19, ("untrusted-root",)),
        (pki_module.intermediate_missing, 20, ("intermediate-not-sent",)),
    ],
    ids=["self-signed", "root-presented", "intermediate-missing"],
)
def test_anchor_family(run, servers, pki, make, code, causes):
    identity = make(pki, HOST)
    port = servers.nginx([("127.0.0.2", [HOST], identity, "")])[0]
    done = run(connect(port))
    assert done.code == 1 and "code=%d:" % code in done.out
    only_failure(done, causes, HOST, port, identity.sha256)

    if make is pki_module.self_signed:
        bundle = identity.chain
    else:
        bundle = run.write("bundle.pem", pki.root.pem + pki.intermediate.pem)
    mended = run(connect(port), extra_ca={HOST: bundle})
    assert mended.code == 0 and mended.events == ["mended"]


def test_root_alone_does_not_replace_an_intermediate(run, servers, pki):
    identity = pki_module.intermediate_missing(pki, HOST)
    port = servers.nginx([("127.0.0.2", [HOST], identity, "")])[0]
    done = run(connect(port), extra_ca={HOST: pki.root_pem})
    assert done.code == 1
    only_failure(done, ("intermediate-not-sent",), HOST, port, identity.sha256)


def test_intermediate_alone_is_no_anchor(run, sites, pki):
    """No PARTIAL_CHAIN: what is not self-issued is an intermediate only."""
    port, identity = sites.https(HOST)
    bundle = run.write("intermediate.pem", pki.intermediate.pem)
    done = run(connect(port), extra_ca={HOST: bundle})
    assert done.code == 1
    only_failure(done, ("issuer-unknown",), HOST, port, identity.sha256)


def test_leaf_alone_is_no_anchor(run, sites, pki):
    port, identity = sites.https(HOST)
    bundle = run.write("leaf.pem", identity.leaf.pem)
    done = run(connect(port), extra_ca={HOST: bundle})
    assert done.code == 1
    only_failure(done, ("issuer-unknown",), HOST, port, identity.sha256)


# ---- trust counts for the name only ------------------------------------------------------------------------
NAME_BLIND = {
    "python": lambda port: connect(port, "--no-names"),
    "python-no-sni": lambda port: connect(port, "--no-sni"),
    "s_client": lambda port: [
        "openssl", "s_client", "-brief", "-verify_return_error", "-connect", "%s:%d" % (HOST, port), "-servername", HOST,
    ],
}  # fmt: skip


@pytest.fixture(params=list(NAME_BLIND))
def name_blind(request):
    return NAME_BLIND[request.param]


@pytest.mark.baseline
def test_name_blind_clients_accept_any_name(plain, sites, pki, name_blind):
    port, _ = sites.variant("wrong-name")
    argv = name_blind(port)
    argv += ["-CAfile" if argv[0] == "openssl" else "--ca", pki.root_pem]
    assert plain(argv, library=False).code == 0


def test_rule_does_not_count_for_another_name(run, sites, pki, name_blind):
    port, identity = sites.variant("wrong-name")
    done = run(name_blind(port), extra_ca={HOST: pki.root_pem})
    assert done.code == 1
    # without SNI the server could not know better: that is the cause then
    causes = ("issuer-unknown", "name-mismatch", "sni-not-sent")
    record = only_failure(done, causes, HOST, port, identity.sha256)
    assert "elsewhere.test" in str(record)


def test_rule_counts_where_the_name_fits(run, sites, pki, name_blind):
    port, _ = sites.https(HOST)
    done = run(name_blind(port), extra_ca={HOST: pki.root_pem})
    assert done.code == 0 and done.events == ["mended"]


# ---- hostile names -----------------------------------------------------------------------------------------
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@pytest.fixture(params=list(pki_module.HOSTILE_NAMES))
def hostile_port(request, servers, pki):
    identity = pki_module.hostile(pki, request.param, HOST)
    return servers.nginx([("127.0.0.2", [HOST], identity, "")])[0]


def test_hostile_name_in_json(run, hostile_port):
    done = run(connect(hostile_port))
    check_records(done)
    assert done.log.count("\n") == 1 and not CONTROL.search(done.log)
    assert [r["event"] for r in done.records] == ["verify_failed"]
    assert len(done.log) < 64 * 1024


def test_hostile_name_in_text(run, hostile_port):
    before = run(connect(hostile_port), library=False)
    done = run(connect(hostile_port), settings={"TLSMEND_LOG": "stderr", "TLSMEND_LOG_FORMAT": None})
    assert (done.code, done.out) == (before.code, before.out)
    assert not CONTROL.search(done.err)
    heads = [line for line in done.err.splitlines() if not line.startswith(" ")]
    assert len(heads) == 1 and heads[0].startswith("tlsmend: error["), heads
    assert max(map(len, done.err.splitlines())) < 2000
