# SPDX-License-Identifier: ISC
"""Files that a client could not load: one record with the cause and the path; what it loaded stands in the store line."""
import os
import re

import pytest

from clients.table import CLIENTS, DEBIAN_PYTHON, HERE, missing
from lib.files import COMMANDS, HOST, NOBODY, curl, make_files, only_load_failure, python
from lib.run import check_records, only_failure


@pytest.fixture
def files(run, pki):
    return make_files(run, pki)


def port_of(sites, client):
    name = {"python": "python-debian"}.get(client, client)
    if missing(name):
        pytest.skip(missing(name))
    return sites.of(CLIENTS[name], HOST)[0]


# client, files by role, cause, role of the file that is named, what the record says
CASES = [
    ("curl", {"ca": "missing"}, "file-missing", "ca", "it is not there"),
    ("curl", {"ca": "way-missing"}, "file-missing", "ca", "no-directory"),
    ("curl", {"ca": "der"}, "file-not-pem", "ca", "openssl x509 -inform DER"),
    ("curl", {"ca": "directory"}, "file-not-pem", "ca", "directory"),
    ("curl", {"ca": "key"}, "file-not-pem", "ca", "holds a key"),
    ("curl", {"ca": "empty"}, "file-not-pem", "ca", "empty"),
    ("curl", {"ca": "text"}, "file-not-pem", "ca", "text without any PEM block"),
    ("curl", {"ca": "cut"}, "file-not-pem", "ca", "cut off"),
    ("curl", {"ca": "damaged"}, "file-not-pem", "ca", "damaged"),
    ("curl", {"ca": "root", "cert": "missing", "key": "key"}, "file-missing", "cert", "it is not there"),
    ("curl", {"ca": "root", "cert": "key", "key": "cert"}, "file-not-pem", "cert", "holds a key"),
    ("curl", {"ca": "root", "cert": "cert", "key": "cert"}, "file-not-pem", "key", "holds a certificate"),
    ("curl", {"ca": "root", "cert": "cert", "key": "other-key"}, "key-mismatch", "key", "SPKI sha256"),
    ("python", {"ca": "missing"}, "file-missing", "ca", "it is not there"),
    ("python", {"ca": "der"}, "file-not-pem", "ca", "DER"),
    ("python", {"ca": "p12"}, "file-not-pem", "ca", "PKCS #12"),
    ("python", {"ca": "root", "cert": "key", "key": "cert"}, "file-not-pem", "cert", "swapped"),
    ("python", {"ca": "root", "cert": "cert", "key": "other-key"}, "key-mismatch", "key", "SPKI sha256"),
    ("python", {"ca": "root", "cert": "cert", "key": "missing"}, "file-missing", "key", "it is not there"),
    ("python", {"ca": "root", "cert": "cert", "key": "cut"}, "file-not-pem", "key", "holds a certificate|cut off"),
    ("psql", {"ca": "key"}, "file-not-pem", "ca", "holds a key"),
    ("psql", {"ca": "root", "cert": "key", "key": "key"}, "file-not-pem", "cert", "holds a key"),
    ("psql", {"ca": "root", "cert": "cert", "key": "other-key"}, "key-mismatch", "key", "SPKI sha256"),
    ("psql", {"ca": "root", "cert": "cert", "key": "p12"}, "file-not-pem", "key", "PKCS #12"),
    ("s_client", {"ca": "missing"}, "file-missing", "ca", "it is not there"),
    ("s_client", {"ca": "key"}, "file-not-pem", "ca", "holds a key"),
]  # fmt: skip


@pytest.mark.parametrize("client,given,cause,role,says", CASES, ids=lambda v: v if isinstance(v, str) else "+".join(v.values()))
def test_bad_file_is_explained(run, sites, files, client, given, cause, role, says):
    argv = COMMANDS[client](port_of(sites, client), **{k: files[v] for k, v in given.items()})
    before, after = run(argv, library=False), run(argv)
    assert (after.code, after.out, after.err) == (before.code, before.out, before.err)
    assert before.code != 0
    record = only_load_failure(after, cause, files[given[role]])
    assert any(s in after.log for s in says.split("|")), record
    assert record["help"], record


def test_wrong_passphrase(run, sites, files):
    argv = [*curl(port_of(sites, "curl"), files["root"], files["cert"], files["encrypted"]), "--pass", "wrong"]
    assert run(argv, library=False).code == 58
    only_load_failure(run(argv), "bad-passphrase", files["encrypted"])
    good = run([*argv[:-1], "secret"])
    assert good.code == 0 and good.log == ""


@pytest.mark.parametrize("name,denier", [("unreadable", "unreadable.pem"), ("locked", "locked"), ("link", "locked")])
@pytest.mark.parametrize("client", ["curl", "python"])
def test_unreadable(run, sites, files, client, name, denier):
    """The record names what denies: the file, or the first directory on the way, through links too."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to run a client as another user")
    if run(["test", "-r", os.environ.get("BUILD", HERE)], library=False, names=False, user=NOBODY).code != 0:
        pytest.skip("an unprivileged user cannot read the build directory")
    argv = COMMANDS[client](port_of(sites, client), files[name])
    record = only_load_failure(run(argv, user=NOBODY), "file-unreadable", files[name])
    text = str(record["help"])
    assert re.search(r"setfacl -m u:%d:\w \S*/%s'" % (NOBODY, re.escape(denier)), text), text


@pytest.mark.parametrize("client", COMMANDS)
def test_no_record_when_it_works(run, sites, files, client):
    port = port_of(sites, client)
    for key in ("key", "key-der") if client == "psql" else ("key",):
        done = run(COMMANDS[client](port, files["root"], files["cert"], files[key]))
        assert done.code == 0 and done.log == "", done


@pytest.mark.parametrize("client", COMMANDS)
def test_store_line_names_the_file(run, sites, files, client):
    done = run(COMMANDS[client](port_of(sites, client), files["stranger"]))
    record = only_failure(done, ("issuer-unknown", "incomplete-chain", "root-missing-here"), HOST)
    # connect.py adds it to the defaults
    start = r"\d+ anchors from \S+, " if client == "python" else "1 anchor from "
    assert re.match(start + re.escape(str(files["stranger"])), record["store"]), record["store"]


def test_store_line_names_the_directory(run, sites, files):
    argv = ["curl", "-sS", "--cacert", files["stranger"], "--capath", files["directory"]]
    done = run([*argv, "https://%s:%d/" % (HOST, port_of(sites, "curl"))])
    assert "; directory %s (which is empty) is searched" % files["directory"] in done.of("verify_failed")[0]["store"]


def test_store_line_of_default_paths(run, sites, files):
    env = {"SSL_CERT_FILE": str(files["stranger"]), "SSL_CERT_DIR": str(files["directory"])}
    record = only_failure(run(python(port_of(sites, "python")), env=env), ("issuer-unknown",), HOST)
    assert record["store"] == "1 anchor from %s; directory %s (which is empty) is searched" % (files["stranger"], files["directory"])


def test_default_paths_that_are_not_there_are_no_failure(run, sites, files):
    env = {"SSL_CERT_FILE": str(files["missing"]), "SSL_CERT_DIR": str(files["missing"])}
    record = only_failure(run(python(port_of(sites, "python")), env=env), ("no-trust-store",), HOST)
    assert record["store"].startswith("0 anchors loaded"), record["store"]


PROBE = """
import ssl, sys
c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
for path in sys.argv[1:]:
    try:
        c.load_verify_locations(path)
        break
    except OSError:
        pass
"""


def test_probing_for_a_bundle(run, files):
    """One path after the other until one is there: no failure. None is there: each was one."""
    good = run([DEBIAN_PYTHON, "-c", PROBE, files["missing"], files["text"], files["root"]], names=False)
    assert good.code == 0 and good.log == ""
    bad = run([DEBIAN_PYTHON, "-c", PROBE, files["missing"], files["text"]], names=False)
    assert [r["cause"] for r in check_records(bad).records] == ["file-missing", "file-not-pem"]
