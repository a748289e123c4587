# SPDX-License-Identifier: ISC
"""DryRun = yes and TLSMEND_DRY_RUN=1: the client is as it would be without us, and the log says what would have been."""
import pytest

from clients.table import DEBIAN_PYTHON, HERE, connect, curl
from lib.pki import pin
from lib.run import HOSTS, check_records

HOST = "legacy.test"


@pytest.fixture(params=["key", "variable"])
def dry(run, request):
    """dry(argv, {key: value}) -> the result, after a comparison with the client without the library."""

    def call(argv, keys, host=HOST, **how):
        plain = run(argv, library=False, **how)
        whole = request.param == "variable"
        config = run.config((host, {**keys, **({} if whole else {"DryRun": "yes"})}))
        settings = {"TLSMEND_DRY_RUN": "1"} if whole else {}
        done = run(argv, config=config, settings=settings, **how)
        assert (done.code, done.out, done.err) == (plain.code, plain.out, plain.err)
        check_records(done)
        return done

    return call


def failure_says(done, *words):
    assert done.code != 0 and len(done.records) == 1, done
    notes = [n for n in done.records[0]["notes"] if n.startswith("dry run: ")]
    assert len(notes) == 1, done
    for word in words:
        assert word in notes[0], notes[0]
    return notes[0]


def working_says(done, *words):
    assert done.code == 0 and [(r["event"], r["level"], r["host"]) for r in done.records] == [("mended", "warning", HOST)], done
    message = done.records[0]["message"]
    assert message.startswith("dry run: connection to %s:" % HOST), message
    for word in words:
        assert word in message, message
    return done.records[0]


# ---- trust -------------------------------------------------------------------------------------------------
def test_would_have_mended(dry, sites, pki):
    port, _ = sites.https(HOST)
    done = dry(curl(port), {"ExtraCAFile": pki.root_pem})
    note = failure_says(done, "ExtraCAFile = %s of " % pki.root_pem, ":2 [legacy.test] would have made this chain valid")
    assert "rule" not in done.records[0], note


@pytest.mark.parametrize("client", [curl, connect], ids=["curl", "python"])
def test_would_not_have_helped(dry, sites, pki, client):
    port, _ = sites.https(HOST)
    done = dry(client(port), {"ExtraCAFile": pki.stranger_pem})
    failure_says(done, "would not have helped: the chain is still not valid, X509_V_ERR_")


@pytest.mark.parametrize("variant, says", [
    ("wrong-name", "its CA fits, but the certificate is not valid for legacy.test"),
    ("expired", "with it the chain fails for another reason, X509_V_ERR_CERT_HAS_EXPIRED"),
])  # fmt: skip
def test_bad_certificate(dry, sites, pki, variant, says):
    port, _ = sites.variant(variant)
    failure_says(dry(curl(port), {"ExtraCAFile": pki.root_pem}), "would not have helped: " + says)


def test_missing_file(dry, run, sites):
    port, _ = sites.https(HOST)
    done = dry(curl(port), {"ExtraCAFile": "/nonexistent/ca.pem"})
    assert sorted(done.events) == ["config_error", "verify_failed"]
    assert "would not have helped: its file cannot be used: " in str(done.of("verify_failed")[0]["notes"])


def test_only_would_have_stopped(dry, sites, pki):
    port, _ = sites.https(HOST)
    keys = {"OnlyCAFile": pki.stranger_pem}
    record = working_says(dry(curl(port, "--cacert", pki.root_pem), keys), "OnlyCAFile = %s would have stopped" % pki.stranger_pem)
    assert record["rule"].endswith(":2 [legacy.test] OnlyCAFile")


def test_nothing_would_have_changed(dry, sites, pki):
    port, _ = sites.https(HOST)
    for keys in ({"OnlyCAFile": pki.root_pem}, {"ExtraCAFile": pki.stranger_pem}, {"MinProtocol": "TLSv1.2"}):
        done = dry(curl(port, "--cacert", pki.root_pem), keys)
        assert done.code == 0 and done.log == ""


def test_would_have_stopped_another_key(dry, sites, pki):
    port, identity = sites.https(HOST)
    argv = curl(port, "--cacert", pki.root_pem)
    working_says(dry(argv, {"PinSHA256": pin(pki.stranger)}), "would have stopped this connection: no key that counts is pinned")
    for good in (identity.leaf, pki.root):
        assert dry(argv, {"PinSHA256": pin(good)}).log == ""


def test_enforced(dry, sites, pki):
    """A client that verifies nothing: it would be stopped at a bad chain, and nothing is said where it is good."""
    port, _ = sites.https(HOST)
    done = dry(connect(port, "--no-verify"), {"EnforceVerification": "yes"})
    assert done.code == 0
    assert "EnforceVerification = yes" in str(done.records) and "would have stopped this connection: X509_V_ERR_" in str(done.records)
    done = dry(connect(port, "--no-verify"), {"EnforceVerification": "yes", "ExtraCAFile": pki.root_pem})
    assert "would have stopped" not in str(done.records)


def test_certificate(dry, pki, servers):
    """A server that asks for one, and a client that has none."""
    port = servers.nginx([(HOSTS[HOST], [HOST], pki.good(HOST), "ssl_verify_client on; ssl_client_certificate %s;" % pki.root_pem)])[0]
    identity = pki.good("client.test")
    done = dry(curl(port, "--cacert", pki.root_pem), {"Certificate": identity.chain, "PrivateKey": identity.key})
    said = [x for r in done.records for x in [r["message"], *r.get("notes", [])] if x.startswith("dry run: ")]
    assert len(said) == 1 and "would have been shown to this server, which asks for a certificate" in said[0], done


# ---- what is set before a handshake ------------------------------------------------------------------------
def test_would_have_reached_an_old_server(dry, pki, old_server):
    keys = {"MinProtocol": "TLSv1", "CipherString": "DEFAULT:@SECLEVEL=0", "Reason": "x", "Until": "2999-12-31"}
    done = dry(curl(old_server, "--cacert", pki.root_pem, host="old.test"), keys, host="old.test")
    assert done.code != 0 and len(done.records) == 1
    notes = [n for n in done.records[0]["notes"] if n.startswith("dry run: ")]
    assert len(notes) == 2 and all("; it weakens" in n for n in notes)
    assert "MinProtocol = TLSv1" in notes[0] and "CipherString" in notes[1] and "would have been set" in notes[1]


def test_a_pinned_client_stays_pinned(dry, sites, pki):
    """The method of one version is not exchanged for the flexible one either."""
    port, _ = sites.https(HOST)
    done = dry(connect(port, "--ca", pki.root_pem, "--tls1"), {"MinProtocol": "TLSv1.2"})
    failure_says(done, "MinProtocol = TLSv1.2", "would have lifted this client above TLSv1;")


def test_bounds_of_a_working_connection(dry, sites, pki):
    port, _ = sites.https(HOST)
    working_says(dry(curl(port, "--cacert", pki.root_pem), {"MaxProtocol": "TLSv1.2"}),
                 "MaxProtocol = TLSv1.2 would have kept this connection, which uses TLSv1.3, to an older version")  # fmt: skip
    working_says(dry(curl(port, "--cacert", pki.root_pem, "--tls-max", "1.2"), {"MinProtocol": "TLSv1.3"}),
                 "MinProtocol = TLSv1.3 would have lifted this client above TLSv1.2")  # fmt: skip


def test_lists_of_a_working_connection(dry, sites, pki):
    port, _ = sites.https(HOST)
    record = working_says(dry(curl(port, "--cacert", pki.root_pem), {"Groups": "P-384", "Ciphersuites": "TLS_AES_128_GCM_SHA256"}),
                          "Ciphersuites = TLS_AES_128_GCM_SHA256 would have been set")  # fmt: skip
    assert any(n.startswith("dry run: Groups = P-384 of ") for n in record["notes"])


# ---- beside rules in force ---------------------------------------------------------------------------------
def test_one_section_only(run, sites, pki):
    """A dry section above one that is in force takes nothing from it."""
    port, _ = sites.https(HOST)
    config = run.config(("*.test", {"ExtraCAFile": pki.root_pem}), (HOST, {"ExtraCAFile": pki.stranger_pem, "DryRun": "yes"}))
    done = run(curl(port), config=config)
    assert done.code == 0 and {r["message"].startswith("dry run: ") for r in done.of("mended")} == {False}


def test_an_error_in_a_dry_section_closes_nothing(run, sites, pki):
    port, _ = sites.https(HOST)
    config = run.config((HOST, {"OnlyCAFile": pki.stranger_pem, "NoSuchKey": "1", "DryRun": "yes"}))
    done = run(curl(port, "--cacert", pki.root_pem), config=config)
    assert done.code == 0 and done.events == ["config_error"]


@pytest.mark.parametrize("level", ["warning", "info"])
def test_once_a_day(run, sites, pki, level):
    port, _ = sites.https(HOST)
    config = run.config((HOST, {"OnlyCAFile": pki.stranger_pem, "DryRun": "yes"}))
    done = run([DEBIAN_PYTHON, HERE / "loop.py", pki.root_pem], stdin="%s %d\n" % (HOST, port) * 3, config=config,
               settings={"TLSMEND_LOG_LEVEL": level})  # fmt: skip
    assert done.out.count("OK") == 3
    assert [r["level"] for r in done.records] == (["warning", "info", "info"] if level == "info" else ["warning"])
