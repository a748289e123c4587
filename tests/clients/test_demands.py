# SPDX-License-Identifier: ISC
"""EnforceVerification and PinSHA256: a client that verifies nothing, or goes on in spite of what it found, is stopped within the handshake."""
import subprocess

import pytest

from clients.table import connect
from lib import dotnet
from lib import pki as pki_module
from lib.pki import pin
from lib.run import check_records

HOST, OTHER = "legacy.test", "other.test"


# Each of them goes on with whatever certificate there is.
CLIENTS = {
    "curl": lambda port: ["curl", "-k", "-sS", "-m", "20", "https://%s:%d/" % (HOST, port)],
    "python": lambda port: connect(port, "--no-verify"),
    "s_client": lambda port: ["openssl", "s_client", "-brief", "-servername", HOST, "-connect", "%s:%d" % (HOST, port)],
    "perl": lambda port: ["perl", "-MIO::Socket::SSL", "-e", 'my $s = IO::Socket::SSL->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], '
                          'SSL_hostname => $ARGV[0], SSL_verify_mode => 0) or die "refused: $IO::Socket::SSL::SSL_ERROR\n"; '
                          'print $s "GET / HTTP/1.0\r\n\r\n"; print <$s>', HOST, port],
    "perl-waives": lambda port: ["perl", "-MIO::Socket::SSL", "-e", 'my $s = IO::Socket::SSL->new(PeerAddr => $ARGV[0], '
                                 'PeerPort => $ARGV[1], SSL_hostname => $ARGV[0], SSL_verify_mode => 1, SSL_verify_callback => sub { 1 }) '
                                 'or die "refused: $IO::Socket::SSL::SSL_ERROR\n"; print $s "GET / HTTP/1.0\r\n\r\n"; print <$s>', HOST, port],
}  # fmt: skip
every_client = pytest.mark.parametrize("client", CLIENTS.values(), ids=list(CLIENTS))
ENFORCE = {"EnforceVerification": "yes"}


def ruled(run, argv, keys, host=HOST, **how):
    return check_records(run(argv, config=run.config((host, keys)), **how))


def stopped(result, cause, key="EnforceVerification"):
    assert result.code != 0, result
    assert [r["event"] for r in result.records] == ["verify_failed"], result
    (record,) = result.records
    assert record["cause"] == cause and record["enforced"] is True, result
    assert "it ended because of %s at " % key in str(record["notes"]) and "tlsmend.conf:2" in str(record["notes"]), record
    assert "the client itself would have gone on" in str(record["notes"])
    assert record["alert"].startswith("sent:")
    return record


@every_client
def test_client_that_goes_on_is_stopped(run, sites, pki, client):
    port, _ = sites.https(HOST)
    argv = client(port)
    assert run(argv).code == 0, "it goes on by itself"
    stopped(ruled(run, argv, ENFORCE), "issuer-unknown")
    # what the rule is for: the right CA, and nothing is said
    done = ruled(run, argv, {**ENFORCE, "ExtraCAFile": pki.root_pem})
    assert done.code == 0 and {r["event"] for r in done.records} <= {"mended"}, done
    done = ruled(run, argv, {**ENFORCE, "OnlyCAFile": pki.root_pem})
    assert done.code == 0 and {r["event"] for r in done.records} <= {"mended"}, done
    stopped(ruled(run, argv, {**ENFORCE, "OnlyCAFile": pki.stranger_pem}), "issuer-unknown")
    # another host is none of its business
    assert ruled(run, argv, ENFORCE, host=OTHER).code == 0


@pytest.mark.parametrize("variant,cause", [
    ("expired", "expired"), ("wrong-name", "name-mismatch"), ("wrong-purpose", "wrong-purpose"), ("bad-signature", "bad-signature"),
    ("unknown-critical", "unknown-critical-extension"), ("not-a-ca", "not-a-ca"), ("name-constraint", "name-constraint"),
])  # fmt: skip
@pytest.mark.parametrize("client", ["python", "curl"])
def test_enforced_is_all_of_it(run, sites, pki, client, variant, cause):
    port, _ = sites.variant(variant)
    stopped(ruled(run, CLIENTS[client](port), {**ENFORCE, "ExtraCAFile": pki.root_pem}), cause)


def test_enforced_name(run, sites, pki):
    port, _ = sites.variant("wrong-name")
    keys = {**ENFORCE, "ExtraCAFile": pki.root_pem}
    record = stopped(ruled(run, CLIENTS["curl"](port), keys), "name-mismatch")
    assert "    ExpectName = elsewhere.test" in record["help"]
    assert ruled(run, CLIENTS["curl"](port), {**keys, "ExpectName": "elsewhere.test"}).code == 0
    # a client that verifies the chain, but no name
    record = stopped(ruled(run, connect(port, "--no-names", "--ca", pki.root_pem), ENFORCE), "name-mismatch")
    assert record["presented"] == "elsewhere.test"


def test_client_that_verifies_has_one_record(run, sites, pki):
    """Its own refusal is its own; what it accepts rightly passes."""
    refused = ruled(run, connect(sites.https(HOST)[0]), ENFORCE)
    assert refused.code != 0 and [r["cause"] for r in refused.records] == ["issuer-unknown"]
    assert "it ended because of" not in str(refused.records[0]["notes"])
    done = ruled(run, connect(sites.https(HOST)[0], "--ca", pki.root_pem), ENFORCE)
    assert done.code == 0 and done.log == ""


def test_machines_own_store(run, sites, pki):
    """A client that loaded nothing is judged by what OpenSSL has by default, whatever its variables say."""
    port, _ = sites.https(HOST)
    etc = {"ssl/certs/ca-certificates.crt": pki.root_pem.read_text(), "ssl/openssl.cnf": ""}
    done = ruled(run, connect(port, "--no-verify"), ENFORCE, etc=etc)
    assert done.code == 0 and done.log == "", done


def test_a_directory_of_its_own(run, sites, pki, tmp_path):
    """... is what the client means, though nothing of it is in memory: the machine's own store does not take its place."""
    port, _ = sites.https(HOST)
    etc = {"ssl/certs/ca-certificates.crt": pki.root_pem.read_text(), "ssl/openssl.cnf": ""}
    for name, pem in {"right": pki.root_pem, "wrong": pki.stranger_pem}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "ca.pem").write_bytes(pem.read_bytes())
        subprocess.run(["openssl", "rehash", tmp_path / name], check=True, timeout=60)
    (tmp_path / "empty").mkdir()
    for name, good in {"right": True, "wrong": False, "empty": False, "none": False}.items():
        done = ruled(run, connect(port, "--no-verify", "--capath", tmp_path / name), ENFORCE, etc=etc)
        assert (done.code == 0) == good, (name, done)


def test_no_store_at_all(run, sites, pki):
    etc = {"ssl/openssl.cnf": "", "pki/x": ""}
    result = ruled(run, connect(sites.https(HOST)[0], "--no-verify"), ENFORCE, etc=etc)
    assert result.code != 0, result


def test_psql_that_goes_on_is_stopped(run, sites, pki):
    port, _ = sites.postgres(HOST)
    argv = ["psql", "-X", "-A", "-t", "-c", "select 'hello'", "host=%s port=%d user=postgres dbname=postgres sslmode=require" % (HOST, port)]
    assert run(argv).code == 0
    stopped(ruled(run, argv, ENFORCE), "issuer-unknown")
    assert ruled(run, argv, {**ENFORCE, "ExtraCAFile": pki.root_pem}).code == 0


# ---- pins ---------------------------------------------------------------------------------------------------------------
@every_client
def test_only_a_pinned_key_passes(run, sites, pki, client):
    port, identity = sites.https(HOST)
    argv = client(port)
    good, other = pin(identity.leaf), pin(pki.stranger)
    done = ruled(run, argv, {"PinSHA256": "%s, %s" % (other, good)})
    assert done.code == 0 and done.log == "", done
    record = stopped(ruled(run, argv, {"PinSHA256": other}), "pinned-elsewhere", "PinSHA256")
    assert record["expected"] == other and good in record["presented"] and pin(pki.intermediate) in record["presented"]


def test_pin_of_an_issuer(run, sites, pki):
    """... counts in a chain that is verified for this host, never because the certificate was sent along."""
    port, _ = sites.https(HOST)
    for issuer in (pki.root, pki.intermediate):
        keys = {"PinSHA256": pin(issuer)}
        record = stopped(ruled(run, CLIENTS["curl"](port), keys), "issuer-unknown" if issuer is pki.intermediate else "pinned-elsewhere",
                         "PinSHA256")  # fmt: skip
        assert record["cause"]
        assert ruled(run, CLIENTS["curl"](port), {**keys, "ExtraCAFile": pki.root_pem}).code == 0
        assert ruled(run, connect(port, "--ca", pki.root_pem), keys).code == 0


def test_pin_of_a_certificate_that_is_no_issuer(run, servers, pki):
    """The pinned root is sent along, but did not issue anything here."""
    leaf = pki_module.issue(HOST, pki.intermediate, names=[HOST])
    (port,) = servers.nginx([("127.0.0.2", [HOST], pki.identity("along", leaf, pki.intermediate, pki.stranger), "")])
    keys = {"PinSHA256": pin(pki.stranger), "ExtraCAFile": pki.root_pem}
    stopped(ruled(run, CLIENTS["curl"](port), keys), "pinned-elsewhere", "PinSHA256")
    argv = connect(port, "--ca", pki.root_pem)
    record = stopped(ruled(run, argv, {"PinSHA256": pin(pki.stranger)}), "pinned-elsewhere", "PinSHA256")
    assert "in its verified chain" in str(record) or record["presented"]


def test_pin_and_enforcement(run, sites, pki):
    """Both are met, or the connection ends."""
    port, identity = sites.variant("expired")
    keys = {"PinSHA256": pin(identity.leaf), "ExtraCAFile": pki.root_pem}
    assert ruled(run, CLIENTS["curl"](port), keys).code == 0
    stopped(ruled(run, CLIENTS["curl"](port), {"EnforceVerification": "yes", **keys}), "expired")


@pytest.mark.parametrize("key,value,said", [
    ("PinSHA256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", "44 characters"),
    ("PinSHA256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "44 characters"),
    ("PinSHA256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=, AAAA", "has 'AAAA'"),
    ("EnforceVerification", "no", "never turns a check off"),
    ("EnforceVerification", "on", "write yes or no"),
])  # fmt: skip
@pytest.mark.cause("demand-unmet")
def test_bad_value_closes(run, sites, key, value, said):
    done = ruled(run, CLIENTS["curl"](sites.https(HOST)[0]), {key: value})
    assert done.code != 0
    (error,) = done.of("config_error")
    assert said in error["message"]
    (record,) = done.of("verify_failed")
    assert record["cause"] == "demand-unmet" and key in str(record["notes"])


@pytest.mark.parametrize("key", ["ExtraCAFile", "OnlyCAFile"])
def test_the_rules_file_is_named_where_it_cannot_be_used(run, sites, key):
    port, _ = sites.https(HOST)
    missing = run.scratch / "none.pem"
    done = ruled(run, CLIENTS["curl"](port), {**ENFORCE, key: missing})
    assert done.code != 0
    (record,) = done.of("verify_failed")
    told = str([record["why"], record.get("notes"), record["help"]])
    print(told)
    assert "its CA file %s is not there" % missing in told
    if key == "ExtraCAFile":
        (record,) = ruled(run, connect(port), {key: missing}).of("verify_failed")
        assert "the rule for this host does not count: its CA file is not there" in str(record["notes"])


# ---- .NET ----------------------------------------------------------------------------------------------------------------
needs_dotnet = pytest.mark.skipif(dotnet.missing() is not None, reason=str(dotnet.missing()))


@pytest.mark.long
@needs_dotnet
def test_dotnet_callback_that_says_yes(run, sites, pki):
    port, identity = sites.https(HOST)
    argv = ["dotnet", dotnet.build(), "each", "stream-yes=%s:%d" % (HOST, port), "http-yes=%s:%d" % (HOST, port)]
    assert '"answer":"Tls' in run(argv).out
    done = ruled(run, argv, ENFORCE)
    assert '"answer":"' not in done.out, done
    assert [r["cause"] for r in done.of("verify_failed")][0] == "issuer-unknown"
    done = ruled(run, argv, {**ENFORCE, "ExtraCAFile": pki.root_pem})
    assert done.out.count('"answer":"') == 2 and not done.of("verify_failed"), done
    done = ruled(run, argv, {"PinSHA256": pin(identity.leaf)})
    assert done.out.count('"answer":"') == 2, done
    done = ruled(run, argv, {"PinSHA256": pin(pki.stranger)})
    assert '"answer":"' not in done.out and done.of("verify_failed")[0]["cause"] == "pinned-elsewhere", done


@needs_dotnet
def test_dotnet_with_a_store_by_variable(run, sites, pki):
    """What SSL_CERT_FILE names is what such a program trusts, and what it is verified with."""
    port, _ = sites.https(HOST)
    argv = ["dotnet", dotnet.build(), "each", "stream=%s:%d" % (HOST, port), "stream-yes=%s:%d" % (HOST, port)]
    done = ruled(run, argv, ENFORCE, env={"SSL_CERT_FILE": str(pki.root_pem)})
    assert done.out.count('"answer":"') == 2 and done.log == "", done
    assert '"answer":"' not in ruled(run, argv, ENFORCE, env={"SSL_CERT_FILE": str(pki.stranger_pem)}).out


@needs_dotnet
def test_dotnet_is_told_of_the_key(run, sites):
    done = run(["dotnet", dotnet.build(), "each", "stream-yes=%s:%d" % (HOST, sites.https(HOST)[0])])
    (record,) = done.of("verify_ignored")
    assert "    EnforceVerification = yes" in record["help"], record
