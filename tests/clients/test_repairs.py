# SPDX-License-Identifier: ISC
"""Keys that change how a chain is looked at: an unmodified client fails without the key, works with it, and no other host gains by it."""
import pytest

from clients.table import DEBIAN_PYTHON, HERE, pyenv_pythons
from lib import pki as pki_module
from lib.run import check_records

HOST, OTHER = "legacy.test", "other.test"
WEAKENING = {"Reason": "a private CA of long ago", "Until": "2036-01-01"}


def python(port, *options, host=HOST, program=DEBIAN_PYTHON):
    return [program, HERE / "connect.py", host, port, *options]


def s_client(port, ca, *options, name=HOST):
    return ["openssl", "s_client", "-brief", "-verify_return_error", "-verify_hostname", name, "-servername", HOST,
            "-connect", "%s:%d" % (HOST, port), "-CAfile", ca, *options]  # fmt: skip


def info(run, argv, *sections, **how):
    return check_records(run(argv, config=run.config(*sections), settings={"TLSMEND_LOG_LEVEL": "info"}, **how))


# ---- ExpectName -------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def renamed(pki, servers):
    """(port at legacy.test, port at other.test) of a server whose certificate carries elsewhere.test only."""
    leaf = pki_module.issue("elsewhere.test", pki.intermediate, names=["elsewhere.test"])
    identity = pki.identity("renamed", leaf, pki.intermediate)
    return servers.nginx([("127.0.0.2", [HOST], identity, ""), ("127.0.0.3", [OTHER], identity, "")])


CLIENTS = {"python": lambda port, ca: python(port, "--ca", ca), "s_client": s_client}
every_client = pytest.mark.parametrize("client", CLIENTS.values(), ids=list(CLIENTS))


@every_client
def test_expected_name(run, pki, renamed, client):
    argv = client(renamed[0], pki.root_pem)
    refused = run(argv)
    assert refused.code != 0 and refused.records[0]["cause"] == "name-mismatch"
    assert "    ExpectName = elsewhere.test" in refused.records[0]["help"], refused
    done = info(run, argv, (HOST, {"ExpectName": "Elsewhere.test."}))
    assert done.code == 0, done
    (record,) = done.records
    assert record["event"] == "mended" and "ExpectName" in record["message"]


@every_client
def test_expected_name_is_for_its_host(run, pki, renamed, client):
    argv = [str(a).replace(HOST, OTHER) for a in client(renamed[1], pki.root_pem)]
    done = info(run, argv, (HOST, {"ExpectName": "elsewhere.test"}))
    assert done.code != 0 and [r["cause"] for r in done.records] == ["name-mismatch"]


@every_client
def test_host_is_not_enough_where_another_name_is_expected(run, pki, sites, client):
    done = info(run, client(sites.https(HOST)[0], pki.root_pem), (HOST, {"ExpectName": "elsewhere.test"}))
    assert done.code != 0
    (record,) = done.records
    assert record["cause"] == "name-mismatch" and record["expected"] == "elsewhere.test"


def test_expected_name_with_trust(run, pki, renamed):
    """Added trust is for the name that is expected."""
    argv = python(renamed[0])
    keys = {"ExtraCAFile": pki.root_pem, "ExpectName": "elsewhere.test"}
    assert info(run, argv, (HOST, keys)).code == 0
    refused = info(run, argv, (HOST, {"ExtraCAFile": pki.root_pem}))
    assert refused.code != 0
    assert "    ExpectName = elsewhere.test" in refused.records[0]["help"], refused
    assert info(run, argv, (HOST, {**keys, "ExpectName": "third.test"})).code != 0


def test_expected_name_of_a_client_that_checks_none(run, pki, renamed):
    """... and a client that checks no name gains no trust for another one."""
    argv = python(renamed[0], "--no-names")
    assert info(run, argv, (HOST, {"ExtraCAFile": pki.root_pem})).code != 0
    assert info(run, argv, (HOST, {"ExtraCAFile": pki.root_pem, "ExpectName": "elsewhere.test"})).code == 0


def test_client_that_compares_names_itself(run, pki, renamed):
    """curl does so after the handshake: the key makes no difference, and nobody says that it would."""
    argv = ["curl", "-sS", "-m", "20", "--cacert", pki.root_pem, "https://%s:%d/" % (HOST, renamed[0])]
    refused = run(argv)
    assert refused.code == 60
    assert "ExpectName = " not in str(refused.records[0]["help"])
    assert "would make no difference" in str(refused.records[0]["notes"])
    done = info(run, argv, (HOST, {"ExpectName": "elsewhere.test"}))
    assert done.code == 60 and not done.of("mended")


def test_underscore_and_wildcard(run, pki, servers):
    """OpenSSL's wildcards stand for no underscore."""
    leaf = pki_module.issue("wild", pki.intermediate, names=["*.corp.test"])
    (port,) = servers.nginx([("127.0.0.2", ["my_host.corp.test"], pki.identity("wild", leaf, pki.intermediate), "")])
    hosts = {"my_host.corp.test": "127.0.0.2"}
    argv = python(port, "--ca", pki.root_pem, host="my_host.corp.test")
    refused = run(argv, hosts=hosts)
    assert refused.code != 0
    assert "    ExpectName = my-host.corp.test" in refused.records[0]["help"], refused
    assert info(run, argv, ("my_host.corp.test", {"ExpectName": "my-host.corp.test"}), hosts=hosts).code == 0


def test_final_dot(run, pki, sites):
    argv = s_client(sites.https(HOST)[0], pki.root_pem, name=HOST + ".")
    refused = run(argv)
    assert refused.code != 0
    assert "    ExpectName = " + HOST in refused.records[0]["help"], refused
    assert info(run, argv, (HOST, {"ExpectName": HOST})).code == 0


def test_address_for_a_name(run, pki, sites):
    """A client that goes by address, and a certificate that names the host only."""
    argv = python(sites.https(HOST)[0], "--ca", pki.root_pem, host="127.0.0.2")
    refused = run(argv)
    assert refused.code != 0 and refused.records[0]["cause"] == "address-mismatch"
    assert "    ExpectName = " + HOST in refused.records[0]["help"], refused
    assert info(run, argv, ("127.0.0.2", {"ExpectName": HOST})).code == 0


def test_common_name_only(run, pki, servers):
    """OpenSSL reads a common name where there is no other, unless the client says not to."""
    leaf = pki_module.issue("elsewhere.test", pki.intermediate)
    (port,) = servers.nginx([("127.0.0.2", [HOST], pki.identity("cn-only", leaf, pki.intermediate), "")])
    rule = (HOST, {"ExpectName": "elsewhere.test"})
    assert info(run, s_client(port, pki.root_pem), rule).code == 0
    assert info(run, python(port, "--ca", pki.root_pem, "--san-only"), rule).code != 0


# ---- Strict ------------------------------------------------------------------------------------------------------------
def python_313():
    return next((path for version, path in pyenv_pythons() if version.startswith("3.13")), None)


@pytest.fixture(scope="module")
def informal(pki, servers):
    """A server whose CA forgot the key identifiers."""
    leaf = pki_module.issue(HOST, pki.intermediate, names=[HOST], key_identifiers=False)
    (port,) = servers.nginx([("127.0.0.2", [HOST], pki.identity("informal", leaf, pki.intermediate), "")])
    return port


@pytest.mark.parametrize("client", ["python-3.13", "s_client"])
def test_strict_profile(run, pki, informal, client):
    if client == "s_client":
        argv = s_client(informal, pki.root_pem, "-x509_strict")
    elif not python_313():
        pytest.skip("no Python 3.13 in pyenv")
    else:
        argv = python(informal, "--ca", pki.root_pem, program=python_313())
    refused = run(argv)
    assert refused.code != 0 and refused.records[0]["cause"] == "strict-profile"
    assert "    Strict = no" in refused.records[0]["help"], refused
    done = info(run, argv, (HOST, {"Strict": "no", **WEAKENING}))
    assert done.code == 0, done
    assert {r["event"] for r in done.records} == {"mended", "weakened"}
    assert all("Strict = no" in r["message"] for r in done.records)
    # for another host, or after its end, it does not count
    assert info(run, argv, (OTHER, {"Strict": "no", **WEAKENING})).code != 0
    assert info(run, argv, (HOST, {"Strict": "no", "Until": "2020-01-01"})).code != 0


@pytest.mark.long
def test_not_strict_is_no_more_than_that(run, sites, pki):
    """Everything else is checked as before."""
    for variant in ("expired", "wrong-name", "wrong-purpose", "bad-signature", "not-a-ca", "unknown-critical"):
        port, _ = sites.variant(variant)
        argv = python(port, "--ca", pki.root_pem, "--flags", "32")
        assert info(run, argv, (HOST, {"Strict": "no", "TrustedFirst": "yes", **WEAKENING})).code != 0, variant


def test_client_that_is_not_strict_is_not_weakened(run, sites, pki):
    done = info(run, python(sites.https(HOST)[0], "--ca", pki.root_pem), (HOST, {"Strict": "no", **WEAKENING}))
    assert done.code == 0 and done.log == ""


# ---- values ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("pattern,key,value,said", [
    (HOST, "Strict", "yes", "is nothing that a rule can do"),
    (HOST, "Strict", "off", "write no"),
    ("*", "Strict", "no", "weakens, which is refused for every host"),
    (HOST, "TrustedFirst", "on", "write yes or no"),
    (HOST, "ExpectName", "*.example.com", "is no single name or address"),
    (HOST, "ExpectName", ".example.com", "is no single name or address"),
    (HOST, "ExpectName", "a.example b.example", "is no single name or address"),
    (HOST, "ExpectName", "https://a.example/", "is no single name or address"),
    (HOST, "ExpectName", "a.example:443", "is no single name or address"),
    ("*", "ExpectName", "a.example", "refused for every host"),
])  # fmt: skip
def test_bad_values(run, sites, pki, pattern, key, value, said):
    """One clear line; the section counts for nothing, and the client does what it does without it."""
    done = run(python(sites.https(HOST)[0], "--ca", pki.root_pem), config=run.config((pattern, {key: value})))
    (record,) = done.of("config_error")
    assert said in record["message"] and done.code == 0, done
