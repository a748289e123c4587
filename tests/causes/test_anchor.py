# SPDX-License-Identifier: ISC
"""No trusted anchor (causes.md#anchor): each cause with real clients, and what the record says and proposes."""
import os
import subprocess

import pytest
from cryptography import x509

from clients.table import DEBIAN_PYTHON, SYSTEM_BUNDLE
from lib.pki import DAY, PUBLIC_CA, issue, new_key, now

from .conftest import HOST, UNVERIFIED, curl, python, s_client

every_client = pytest.mark.parametrize("client", [curl, python, s_client], ids=lambda c: c.name)
two_clients = pytest.mark.parametrize("client", [curl, python], ids=lambda c: c.name)
TRIED = "tried: this rule makes the chain valid"


@pytest.fixture(scope="module")
def world(pki):
    """CAs of this file's cases."""

    class World:
        rekeyed_root = issue("Rekeyed Root", ca=True)
        # the same name with another key, as after a renewal with a new key
        former_root = issue("Rekeyed Root", ca=True)

    return World


# ---- malformed -----------------------------------------------------------------------------------------------
@pytest.mark.cause("malformed-certificate")
@every_client
@pytest.mark.parametrize("variant,what", [("malformed-extension", "subjectAltName cannot be read"),
                                          ("duplicate-extension", "subjectAltName stands twice")])  # fmt: skip
def test_a_malformed_certificate_proposes_no_ca(tell, sites, pki, client, variant, what):
    port, identity = sites.variant(variant)
    told = tell(client(port, pki.root_pem), "malformed-certificate", identity.leaf)
    assert "ExtraCAFile" not in told.help and "issued again by" in told.help
    assert what in told.text()


@pytest.mark.cause("malformed-certificate")
@two_clients
def test_malformed_intermediate(tell, show, pki, client):
    """The leaf is sound, so a look at the leaf alone would not find it."""
    ca = issue("Broken CA", pki.root, ca=True, names=["ca.test"], second_san=True)
    leaf = issue(HOST, ca, names=[HOST])
    told = tell(client(show(leaf, ca).port, pki.root_pem), "malformed-certificate", leaf)
    assert "Broken CA" in told.text() and "ExtraCAFile" not in told.help
    assert "another CA certificate" not in told.notes


# ---- the client's store ----------------------------------------------------------------------------------------
@pytest.mark.cause("no-trust-store")
@pytest.mark.parametrize("client", ["python", "s_client"])
def test_store_is_nowhere(tell, show, pki, client):
    argv = python if client == "python" else s_client
    port = show(*good(pki)).port
    argv = [a for a in argv(port, "-") if a not in ("--ca", "-CAfile", "-")]
    nowhere = {"SSL_CERT_FILE": "/nonexistent/ca.pem", "SSL_CERT_DIR": "/nonexistent/certs"}
    told = tell(argv, "no-trust-store", env=nowhere)
    text = told.text()
    assert "SSL_CERT_FILE" in text and "/nonexistent/ca.pem" in text and "/nonexistent/certs" in text
    assert told.record["store"].startswith("0 anchors")
    assert "correct SSL_CERT_FILE" in told.help and "correct SSL_CERT_DIR" in told.help


@pytest.mark.cause("no-trust-store")
@pytest.mark.parametrize("sent", ["root", "no root"])
def test_variable_points_nowhere_and_a_directory_is_searched(tell, run, show, pki, sent):
    """OpenSSL says nothing of the file, so that the CA which is in it seems to be unknown."""
    port = show(*good(pki), *([pki.root] if sent == "root" else [])).port
    argv = [a for a in python(port, "-") if a not in ("--ca", "-")]
    directory = run.scratch / "certs"
    directory.mkdir()
    told = tell(argv, "no-trust-store", env={"SSL_CERT_FILE": "/nonexistent/ca.pem", "SSL_CERT_DIR": directory})
    assert told.record["why"].startswith("SSL_CERT_FILE points to /nonexistent/ca.pem, which does not exist")
    assert told.help.startswith("correct SSL_CERT_FILE") and "ExtraCAFile = " in told.help
    there = run(argv, env={"SSL_CERT_FILE": pki.root_pem, "SSL_CERT_DIR": directory})
    assert there.code == 0 and there.log == ""


SETS_IT_ITSELF = """
import os, socket, ssl, sys
os.environ["SSL_CERT_FILE"] = sys.argv[3]
context = ssl.create_default_context()
try:
    context.wrap_socket(socket.create_connection((sys.argv[1], int(sys.argv[2]))), server_hostname=sys.argv[1])
except ssl.SSLError:
    sys.exit(1)
"""


@pytest.mark.cause("issuer-unknown")
@pytest.mark.parametrize("before", [None, "/nonexistent/before.pem"])
def test_variable_that_the_program_sets(tell, show, pki, before):
    """As Python's certifi does: what counts is what it was when OpenSSL read it."""
    leaf = issue(HOST, pki.stranger, names=[HOST])
    told = tell([DEBIAN_PYTHON, "-c", SETS_IT_ITSELF, HOST, show(leaf).port, pki.root_pem], "issuer-unknown", leaf,
                env={"SSL_CERT_FILE": before} if before else {})  # fmt: skip
    assert told.record["store"].startswith("1 anchor from " + str(pki.root_pem))


@pytest.mark.cause("verification-off")
def test_no_store_is_no_fault_of_a_client_that_does_not_verify(run, show, pki):
    """It has loaded no store by design, and the system's would not be enough for a private CA."""
    port = show(*good(pki)).port
    done = run([DEBIAN_PYTHON, "-c", UNVERIFIED, HOST, port])
    [record] = done.records
    assert record["cause"] == "verification-off"
    assert "issuer-unknown" in record["why"] and "ca-certificates" not in str(record["help"]), record


LOADS_NONE = """
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
try:
    context.wrap_socket(socket.create_connection((sys.argv[1], int(sys.argv[2]))), server_hostname=sys.argv[1])
except ssl.SSLError:
    sys.exit(1)
"""


@pytest.mark.cause("no-trust-store")
@pytest.mark.parametrize("client", ["python", "small"])
@pytest.mark.parametrize("sent", ["root", "no root"])
def test_program_that_asks_for_no_store(tell, run, show, pki, small_client, client, sent):
    """What is set for all programs does not reach it, so that it is no help; a rule is."""
    chain = [*good(pki), pki.root] if sent == "root" else good(pki)
    port = show(*chain).port
    argv = small_client(port, "-") if client == "small" else [DEBIAN_PYTHON, "-c", LOADS_NONE, HOST, port]
    told = tell(argv, "no-trust-store", env={"SSL_CERT_FILE": "/nonexistent/ca.pem"})
    assert "was not seen to ask" in told.record["why"] and "/nonexistent" not in told.text()
    assert "SSL_CERT_FILE=" not in told.help and "ca-certificates" not in told.help
    assert "ExtraCAFile = /etc/tlsmend/tlsmend-test-root.pem" in told.help
    assert run(argv, env={"SSL_CERT_FILE": str(pki.root_pem)}).code == 1, "it would have helped"
    assert run(argv, extra_ca={HOST: pki.root_pem}).code == 0


@pytest.mark.cause("no-trust-store")
def test_store_is_a_directory_without_hashes(tell, run, show, pki):
    """The files are there, but not under their hash names; openssl's own defaults do not count with -CApath."""
    port = show(*good(pki)).port
    directory = run.scratch / "certs"
    directory.mkdir()
    (directory / "root.pem").write_bytes(pki.root.pem)
    argv = [a for a in s_client(port, "-") if a not in ("-CAfile", "-")]
    argv += ["-no-CAfile", "-no-CAstore", "-CApath", str(directory)]
    told = tell(argv, "no-trust-store")
    assert "openssl rehash %s" % directory in told.help
    subprocess.run(["openssl", "rehash", str(directory)], check=True, timeout=30)
    assert run(argv).code == 0


@pytest.mark.cause("no-trust-store")
def test_directory_above_the_default_one(tell, run, show, pki):
    """It is one that was given, though its path is the beginning of the default one's."""
    directory = run.scratch / "ssl"
    (directory / "certs").mkdir(parents=True)
    argv = [a for a in s_client(show(*good(pki)).port, "-") if a not in ("-CAfile", "-")]
    argv += ["-no-CAfile", "-no-CAstore", "-CApath", str(directory)]
    told = tell(argv, "no-trust-store", env={"SSL_CERT_DIR": str(directory / "certs")})
    assert "SSL_CERT" not in told.record["why"] and "correct the directory" in told.help


@pytest.mark.cause("issuer-unknown")
@pytest.mark.parametrize("called", ["issuing.pem", "old hash"])
def test_intermediate_has_a_wrong_name_in_the_directory(tell, run, show, pki, called):
    """The root is found there, and the CA below it is under a name that OpenSSL never asks for: its own, or that of a c_rehash before 1.0.0."""
    leaf = good(pki)[0]
    directory = run.scratch / "cas"
    directory.mkdir()
    (directory / "root.pem").write_bytes(pki.root.pem)
    subprocess.run(["openssl", "rehash", str(directory)], check=True, timeout=30)
    if called == "old hash":
        asked = ["openssl", "x509", "-noout", "-subject_hash_old"]
        called = subprocess.run(asked, input=pki.intermediate.pem, capture_output=True, check=True, timeout=30).stdout.decode().strip() + ".0"
    (directory / called).write_bytes(pki.intermediate.pem)
    argv = [DEBIAN_PYTHON, "-c", DIRECTORY, HOST, str(show(leaf).port), str(directory)]
    told = tell(argv, "issuer-unknown", leaf)
    assert "in the client's directory, where its file has another name" in told.record["why"]
    assert "has a CA of the wanted name in %s" % called in told.help and "    openssl rehash %s" % directory in told.record["help"]
    assert told.help.index("openssl rehash") < told.help.index("if that one is not the right one")
    (directory / called).rename(directory / "issuing.pem")
    subprocess.run(["openssl", "rehash", str(directory)], check=True, timeout=30)
    assert run(argv).code == 0


DIRECTORY = """import socket, ssl, sys
host, port, directory = sys.argv[1:]
ssl.create_default_context(capath=directory).wrap_socket(socket.create_connection((host, int(port)), 20), server_hostname=host)
"""


def good(pki):
    return issue(HOST, pki.intermediate, names=[HOST]), pki.intermediate


# ---- issuer refused --------------------------------------------------------------------------------------------
@pytest.mark.cause("issuer-refused")
@every_client
def test_ca_has_a_new_key(tell, run, show, pki, world, client):
    leaf = issue(HOST, world.rekeyed_root, names=[HOST])
    former = run.write("former.pem", world.former_root.pem)
    told = tell(client(show(leaf).port, former), "issuer-refused", leaf)
    assert told.expected and told.presented and told.expected != told.presented
    assert str(former) in told.text() and "its key did not sign" in told.text() and world.former_root.sha256 in told.notes.replace(":", "").lower()
    # the right one mends it, as the help says
    assert "ExtraCAFile" in told.help
    present = run.write("present.pem", world.rekeyed_root.pem)
    assert run(client(show(leaf).port, former), extra_ca={HOST: present}).code == 0


@pytest.mark.cause("issuer-refused")
@two_clients
def test_issuer_and_serial_of_another(tell, run, show, client):
    root = issue("Root with a serial number", ca=True)
    wrong = x509.AuthorityKeyIdentifier(None, [x509.DirectoryName(root.subject)], 4711)
    leaf = issue(HOST, root, names=[HOST], authority=wrong)
    told = tell(client(show(leaf).port, run.write("ca.pem", root.pem)), "issuer-refused", leaf)
    text = told.text()
    # both values: the wanted serial number (0x1267) and the candidate's
    assert "1267" in text
    assert "%X" % root.serial in text.replace(":", "")


# ---- what the server sends -----------------------------------------------------------------------------------------
@pytest.mark.cause("intermediate-not-sent")
@every_client
def test_only_the_leaf_is_sent(tell, run, show, pki, client):
    leaf = issue(HOST, pki.intermediate, names=[HOST], ca_issuers="http://ca.test/issuing.crt", extra=[PUBLIC_CA])
    port = show(leaf).port
    told = tell(client(port, pki.root_pem), "intermediate-not-sent", leaf)
    assert "full chain" in told.help and "http://ca.test/issuing.crt" in told.help
    both = run.write("both.pem", pki.intermediate.pem + pki.root.pem)
    assert run(client(port, pki.stranger_pem), extra_ca={HOST: both}).code == 0


@pytest.mark.cause("issuer-unknown")
@every_client
def test_address_of_the_issuer_proves_no_intermediate(tell, run, show, pki, client):
    """AD CS and Vault write it into what a root issued."""
    root = issue("Root of a single tier", ca=True)
    leaf = issue(HOST, root, names=[HOST], ca_issuers="http://pki.test/CertEnroll/root.crt")
    told = tell(client(show(leaf).port, pki.stranger_pem), "issuer-unknown", leaf)
    assert "full chain" not in told.help and "its issuer, a root or an intermediate CA, can be fetched: http://pki.test" in told.help
    assert run(client(show(leaf).port, pki.stranger_pem), extra_ca={HOST: run.write("root.pem", root.pem)}).code == 0


@pytest.mark.cause("intermediate-not-sent")
@pytest.mark.parametrize("client", ["curl", "s_client"])
def test_issuer_is_known_as_an_intermediate(tell, run, show, pki, client):
    """The system's bundle has it, this client has not."""
    client = {"curl": lambda *a: curl(*a, "--capath", pki.empty_dir),
              "s_client": lambda *a: s_client(*a, "-no-CApath", "-no-CAstore")}[client]  # fmt: skip
    leaf = issue(HOST, pki.intermediate, names=[HOST])
    with open(SYSTEM_BUNDLE, "rb") as f:
        bundle = run.write("bundle.pem", f.read() + pki.intermediate.pem)
    overlays = {os.path.dirname(SYSTEM_BUNDLE): {os.path.basename(SYSTEM_BUNDLE): bundle}}
    told = tell(client(show(leaf).port, pki.stranger_pem), "intermediate-not-sent", leaf, overlays=overlays)
    assert 'has its certificate, issued by "tlsmend Test Root"' in told.text() and "full chain" in told.help


@pytest.mark.cause("issuer-unknown")
@two_clients
def test_second_certificate_of_a_ca_is_no_gap(tell, run, show, pki, client):
    """Two roots certified one CA, and both certificates are sent."""
    roots = issue("Root A", ca=True), issue("Root B", ca=True)
    one = issue("Twice certified CA", roots[0], ca=True)
    other = issue("Twice certified CA", roots[1], ca=True, key=one.key)
    leaf = issue(HOST, one, names=[HOST])
    told = tell(client(show(leaf, one, other).port, pki.stranger_pem), "issuer-unknown", leaf)
    assert "<- missing" not in told.text() and "issued by \"Root B\", and OpenSSL took this one" in told.notes
    assert run(client(show(leaf, one, other).port, pki.stranger_pem), extra_ca={HOST: run.write("root.pem", roots[0].pem)}).code == 0


@pytest.mark.cause("wrong-path")
@two_clients
def test_path_is_found_behind_cas_that_certified_each_other(tell, show, pki, client):
    """Many ways lead through the same CAs; those that visit one twice cost no trial."""
    unknown = issue("Unknown Root", ca=True)
    a, b, c = (issue("Crossed CA %s" % n, pki.root, ca=True) for n in "ABC")
    crossed = [issue("Crossed CA " + n, by, ca=True, key=of.key) for n, of, by in
               (("A", a, b), ("A", a, c), ("B", b, a), ("B", b, c), ("C", c, a), ("C", c, b))]  # fmt: skip
    astray = issue("Crossed CA A", unknown, ca=True, key=a.key)
    leaf = issue(HOST, a, names=[HOST])
    told = tell(client(show(leaf, astray, *crossed, c).port, pki.root_pem), "wrong-path", leaf)
    assert "contain a valid chain" in told.text()


@pytest.mark.cause("incomplete-chain")
@every_client
def test_wrong_intermediates_are_sent(tell, show, pki, client):
    former = issue("Former Issuing CA", pki.root, ca=True)
    leaf = issue(HOST, pki.intermediate, names=[HOST])
    told = tell(client(show(leaf, former).port, pki.root_pem), "incomplete-chain", leaf)
    assert "chain that belongs to this certificate" in told.help
    assert "<- missing" in told.text()


@pytest.mark.cause("incomplete-chain")
@two_clients
def test_a_gap_below_the_root(tell, show, pki, client):
    policy = issue("Policy CA", pki.root, ca=True)
    issuing = issue("Issuing CA below it", policy, ca=True)
    leaf = issue(HOST, issuing, names=[HOST])
    told = tell(client(show(leaf, issuing, pki.root).port, pki.root_pem), "incomplete-chain", leaf)
    assert "Policy CA" in told.text()


@pytest.mark.cause("anchor-not-root")
@pytest.mark.parametrize("client", [python, s_client], ids=lambda c: c.name)  # curl takes any anchor
def test_only_an_intermediate_in_the_store(tell, run, show, pki, client):
    leaf, intermediate = good(pki)
    store = run.write("intermediate.pem", intermediate.pem)
    told = tell(client(show(leaf).port, store), "anchor-not-root", leaf)
    assert told.code == 2 and "Test Root" in told.help


@pytest.mark.cause("anchor-not-root")
@pytest.mark.parametrize("client", [python, s_client], ids=lambda c: c.name)
def test_an_intermediate_in_the_store_below_one_that_expired(tell, run, show, pki, client):
    """OpenSSL does not look at what was sent above it, which the root that is missing would need."""
    high = issue("High CA", pki.root, ca=True, not_before=now() - 90 * DAY, not_after=now() - DAY)
    low = issue("Low CA", high, ca=True)
    leaf = issue(HOST, low, names=[HOST])
    told = tell(client(show(leaf, low, high).port, run.write("low.pem", low.pem)), "anchor-not-root", leaf)
    assert "does not help here" in told.help and "tried: with its place taken, the chain is valid" not in told.notes


@pytest.mark.cause("self-signed")
@every_client
def test_self_signed(tell, run, show, pki, client):
    leaf = issue(HOST, names=[HOST])
    told = tell(client(show(leaf).port, pki.root_pem), "self-signed", leaf)
    assert TRIED in told.notes and "fingerprint" in told.help
    assert leaf.sha256 in told.text().replace(":", "").lower()
    assert run(client(show(leaf).port, pki.root_pem), extra_ca={HOST: show(leaf).identity.chain}).code == 0


@pytest.mark.cause("self-signed")
@every_client
@pytest.mark.parametrize("same_key", [True, False])
def test_self_signed_and_renewed(tell, run, show, client, same_key):
    """The client has the former one: that is said, and where it is; not that the certificate stands in its own way."""
    former = issue(HOST, names=[HOST])
    leaf = issue(HOST, names=[HOST], key=former.key if same_key else "ec")
    store = run.write("printer.pem", former.pem)
    told = tell(client(show(leaf).port, store), "self-signed", leaf)
    assert told.record["help"][0].startswith("perhaps it was renewed") and str(store) in told.record["help"][0]
    assert "there is another CA certificate" not in told.notes, told.notes
    run.write("printer.pem", leaf.pem)
    assert run(client(show(leaf).port, store)).code == 0


@pytest.mark.cause("issuer-unknown")
@pytest.mark.parametrize("client", [python, s_client], ids=lambda c: c.name)  # curl sets X509_V_FLAG_PARTIAL_CHAIN
def test_leaf_in_the_store(tell, run, show, pki, client):
    leaf, intermediate = good(pki)
    store = run.write("leaf.pem", leaf.pem)
    told = tell(client(show(leaf, intermediate).port, store), "issuer-unknown", leaf)
    assert "the server's own certificate is in the client's own CA file %s, which is not enough" % store in told.notes


@pytest.mark.cause("self-signed")
@two_clients
def test_self_signed_for_another_name(tell, pki, show, client):
    leaf = issue(HOST, names=["www.elsewhere.test"])
    told = tell(client(show(leaf).port, pki.root_pem), "self-signed", leaf)
    assert "renewed" not in told.help and "otherwise" not in told.help and "there is another CA certificate" not in told.notes


@pytest.mark.cause("weak-key")
@two_clients
def test_self_signed_with_a_short_key(tell, run, pki, show, client):
    """OpenSSL does not come to the other fault, so that a lower level alone does not do, and it is said why."""
    leaf = issue(HOST, names=[HOST], key="rsa1024")
    told = tell(client(show(leaf).port, pki.root_pem), "weak-key", leaf)
    assert "also wrong: the server's certificate is signed by itself" in told.notes and "does not help here" in told.help
    told = tell(client(show(leaf).port, run.write("own.pem", leaf.pem)), "weak-key", leaf)
    assert "signed by itself" not in told.notes


@pytest.mark.cause("no-trust-store")
def test_store_file_is_empty(tell, run, show, pki):
    """The rule that is proposed is one that works: the root is in the system's bundle."""
    leaf, intermediate = good(pki)
    with open(SYSTEM_BUNDLE, "rb") as f:
        bundle = run.write("bundle.pem", f.read() + pki.root.pem)
    overlays = {os.path.dirname(SYSTEM_BUNDLE): {os.path.basename(SYSTEM_BUNDLE): bundle}}
    empty = run.write("empty.pem", "")
    env = {"SSL_CERT_FILE": str(empty), "SSL_CERT_DIR": "/nonexistent/certs"}
    argv = [a for a in python(show(leaf, intermediate).port, "-") if a not in ("--ca", "-")]
    told = tell(argv, "no-trust-store", env=env, overlays=overlays)
    assert TRIED in told.notes and str(empty) in told.text()
    proposed = told.help.split("ExtraCAFile = ")[1]
    assert run(argv, env=env, overlays=overlays, extra_ca={HOST: proposed}).code == 0


@pytest.mark.cause("self-signed")
@two_clients
def test_self_signed_for_another_name(tell, show, pki, client):
    leaf = issue("localhost", names=["localhost"])
    told = tell(client(show(leaf).port, pki.root_pem), "self-signed", leaf)
    assert TRIED not in told.notes, "trust counts for the name only"
    assert "does not name legacy.test" in told.notes


@pytest.mark.cause("untrusted-root")
@every_client
def test_untrusted_root(tell, run, show, pki, client):
    leaf, intermediate = good(pki)
    port = show(leaf, intermediate, pki.root).port
    told = tell(client(port, pki.stranger_pem), "untrusted-root", leaf)
    assert TRIED in told.notes and pki.root.sha256 in told.text().replace(":", "").lower()
    assert run(client(port, pki.stranger_pem), extra_ca={HOST: pki.root_pem}).code == 0


@pytest.mark.cause("untrusted-root")
@two_clients
def test_root_of_an_inspecting_proxy(tell, show, pki, client):
    proxy = issue("Zscaler Root CA", ca=True)
    leaf = issue(HOST, proxy, names=[HOST])
    told = tell(client(show(leaf, proxy).port, pki.root_pem), "untrusted-root", leaf)
    assert "Zscaler" in told.notes and "inspect" in told.notes


@pytest.mark.cause("untrusted-root")
@two_clients
def test_root_with_the_name_of_a_trusted_one(tell, run, show, world, client):
    leaf = issue(HOST, world.rekeyed_root, names=[HOST])
    store = run.write("former.pem", world.former_root.pem)
    told = tell(client(show(leaf, world.rekeyed_root).port, store), "untrusted-root", leaf)
    assert world.former_root.sha256 in told.notes.replace(":", "").lower(), "the trusted one of that name"


@pytest.mark.cause("root-missing-here")
@pytest.mark.parametrize("client", ["curl", "s_client"])
def test_root_is_in_the_systems_bundle_only(tell, run, show, pki, client):
    # by default both look into the system's directory, too
    client = {"curl": lambda *a: curl(*a, "--capath", pki.empty_dir),
              "s_client": lambda *a: s_client(*a, "-no-CApath", "-no-CAstore")}[client]  # fmt: skip
    leaf, intermediate = good(pki)
    with open(SYSTEM_BUNDLE, "rb") as f:
        bundle = run.write("bundle.pem", f.read() + pki.root.pem)
    overlays = {os.path.dirname(SYSTEM_BUNDLE): {os.path.basename(SYSTEM_BUNDLE): bundle}}
    told = tell(client(show(leaf, intermediate).port, pki.stranger_pem), "root-missing-here", leaf, overlays=overlays)
    assert TRIED in told.notes
    proposed = told.help.split("ExtraCAFile = ")[1]
    assert os.path.realpath(proposed) == os.path.realpath(SYSTEM_BUNDLE)
    assert run(client(show(leaf, intermediate).port, pki.stranger_pem), overlays=overlays,
               extra_ca={HOST: proposed}).code == 0  # fmt: skip


@pytest.mark.cause("root-missing-here")
def test_root_is_in_the_variables_file_only(tell, show, pki):
    """Which is no bundle of the system's: it was set for this program, and something else outdoes it."""
    argv, env = curl(show(*good(pki)).port, pki.stranger_pem), {"SSL_CERT_FILE": pki.root_pem}
    told = tell(argv, "root-missing-here", env=env)
    assert "%s, the file that SSL_CERT_FILE names, but this client goes by others" % pki.root_pem in told.record["why"]
    assert "system" not in told.record["why"]


@pytest.mark.cause("issuer-unknown")
@every_client
def test_issuer_unknown(tell, run, show, pki, client):
    leaf, intermediate = good(pki)
    told = tell(client(show(leaf, intermediate).port, pki.stranger_pem), "issuer-unknown", leaf)
    assert "wanted: the CA whose subject key identifier is" in told.notes
    assert "tlsmend Test Root" in told.help
    assert run(client(show(leaf, intermediate).port, pki.stranger_pem), extra_ca={HOST: pki.root_pem}).code == 0


# ---- a rule under which the client's own store does not count ------------------------------------------------------------
@pytest.mark.cause("issuer-unknown")
@pytest.mark.parametrize("client", [curl, python])
def test_only_ca_file_admits_others(tell, run, show, pki, client):
    leaf, intermediate = good(pki)
    rules = run.write("rules.conf", "[%s]\nOnlyCAFile = %s\n" % (HOST, pki.stranger_pem))
    told = tell(client(show(leaf, intermediate).port, pki.root_pem), "issuer-unknown", leaf, config=rules)
    text = told.text()
    assert "the rule at %s:2 admits only the CAs of %s" % (rules, pki.stranger_pem) in text and "leads to \"tlsmend Test Root\"" in text
    assert "ExtraCAFile" not in text and "this client loaded" not in text and "add its certificate" in told.help
    assert told.record["store"] == "1 anchor from %s" % pki.stranger_pem


COMPARES_NO_NAME = """
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[3])
context.check_hostname = False
try:
    tls = context.wrap_socket(socket.create_connection((sys.argv[1], int(sys.argv[2]))), server_hostname=sys.argv[1])
except ssl.SSLError:
    sys.exit(1)
"""


@pytest.mark.parametrize("how", [{}, {"not_before": now() - 9 * DAY, "not_after": now() - DAY}], ids=["", "and expired"])
@pytest.mark.parametrize("admitted, cause", [
    pytest.param("root_pem", "name-mismatch", marks=pytest.mark.cause("name-mismatch")),
    pytest.param("stranger_pem", "issuer-unknown", marks=pytest.mark.cause("issuer-unknown"))])  # fmt: skip
def test_only_ca_file_and_another_name(run, show, pki, admitted, cause, how):
    """The client compares no name, and knows the CA: it is the rule that refuses, and the record says so. Where the CA is another one as well, that comes first."""
    leaf = issue("elsewhere", pki.intermediate, names=["elsewhere.test"], **how)
    rules = run.write("rules.conf", "[%s]\nOnlyCAFile = %s\n" % (HOST, getattr(pki, admitted)))
    argv = [DEBIAN_PYTHON, "-c", COMPARES_NO_NAME, HOST, show(leaf, pki.intermediate).port, pki.root_pem]
    assert run(argv).code == (1 if how else 0)
    done = run(argv, config=rules)
    [record] = done.records
    assert done.code == 1 and record["cause"] == cause, record
    assert not how or "expired" in str(record["notes"]), record
    said = str(record["notes"]) + record["why"]
    assert str(rules) + ":2" in said and "without the rule" not in said, record
    assert cause == "name-mismatch" or "does not name " + HOST in said, record


@pytest.mark.cause("issuer-unknown")
def test_only_ca_file_is_not_there(tell, run, show, pki):
    leaf, intermediate = good(pki)
    rules = run.write("rules.conf", "[%s]\nOnlyCAFile = /nonexistent/ca.pem\n" % HOST)
    done = run(curl(show(leaf, intermediate).port, pki.root_pem), config=rules)
    record = [r for r in done.records if r["event"] == "verify_failed"]
    assert done.code != 0 and [r["cause"] for r in record] == ["issuer-unknown"]
    assert "mend that file" in record[0]["help"][0] and not any("ExtraCAFile" in line for line in record[0]["help"] + record[0].get("notes", []))


def test_section_with_an_error_that_strengthens(run, show, pki):
    leaf, intermediate = good(pki)
    rules = run.write("rules.conf", "[%s]\nOnlyCAFile = %s\nGroops = X25519\n" % (HOST, pki.root_pem))
    done = run(curl(show(leaf, intermediate).port, pki.root_pem), config=rules)
    record = [r for r in done.records if r["event"] == "verify_failed"]
    assert done.code != 0 and len(record) == 1
    assert not any("ExtraCAFile" in line for line in record[0]["help"] + record[0].get("notes", []))
    assert str(rules) in run.log_text()


# ---- the way that OpenSSL goes ---------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def cross_signed():
    """A CA that is a root of its own and was once signed by one that has expired since."""

    class CrossSigned:
        old = issue("Old Root", ca=True, not_before=now() - 4000 * DAY, not_after=now() - 30 * DAY)
        root = issue("New Root", ca=True)
        cross = issue("New Root", old, ca=True, key=root.key, not_before=now() - 900 * DAY)
        issuing = issue("Issuing CA of New Root", root, ca=True)
        leaf = issue(HOST, issuing, names=[HOST])

    return CrossSigned


TRUSTED_FIRST, NO_ALT_CHAINS, PARTIAL_CHAIN = 0x8000, 0x100000, 0x80000


@pytest.mark.cause("wrong-path")
def test_expired_cross_sign(tell, run, show, small_client, cross_signed):
    """As OpenSSL 1.0.2 goes by default."""
    c = cross_signed
    store = run.write("both.pem", c.old.pem + c.root.pem)
    port = show(c.leaf, c.issuing, c.cross).port
    assert run(small_client(port, store)).code == 0
    told = tell(small_client(port, store, "clear=%d" % TRUSTED_FIRST), "wrong-path", c.leaf)
    assert told.code == 10 and "stop sending" in told.help and c.cross.sha256 in told.help.replace(":", "").lower()
    assert "a certificate has expired" in told.text() and "<- leads astray" in told.text()
    assert "tried: with only the certificates of that chain the verification passes" in told.notes
    assert run(small_client(show(c.leaf, c.issuing).port, store, "clear=%d" % TRUSTED_FIRST)).code == 0
    assert "    TrustedFirst = yes" in told.record["help"] and "tried: this rule makes the chain valid" in told.notes
    rule = run.config((HOST, {"TrustedFirst": "yes"}))
    mended = run(small_client(port, store, "clear=%d" % TRUSTED_FIRST), config=rule, settings={"TLSMEND_LOG_LEVEL": "info"})
    assert mended.code == 0 and [r["event"] for r in mended.records] == ["mended"], mended
    other = run(small_client(port, store, "clear=%d" % TRUSTED_FIRST), config=run.config(("other.test", {"TrustedFirst": "yes"})))
    assert other.code != 0
    assert run(small_client(port, run.write("old.pem", c.old.pem), "clear=%d" % TRUSTED_FIRST), config=rule).code != 0


@pytest.mark.cause("wrong-path")
def test_cross_sign_of_an_unknown_root(tell, run, show, small_client, cross_signed):
    c = cross_signed
    store = run.write("new.pem", c.root.pem)
    flags = ["clear=%d" % TRUSTED_FIRST, "set=%d" % NO_ALT_CHAINS]
    told = tell(small_client(show(c.leaf, c.issuing, c.cross).port, store, *flags), "wrong-path", c.leaf)
    assert "Old Root" in told.text() and "ExtraCAFile" not in told.help
    rule = run.config((HOST, {"TrustedFirst": "yes"}))
    assert run(small_client(show(c.leaf, c.issuing, c.cross).port, store, *flags), config=rule).code == 0


def test_expired_cross_sign_and_no_new_root(run, show, small_client, cross_signed):
    """A client whose bundle is older than the new root: TrustedFirst alone finds nothing there; the root is needed, and where the expired one
    stands in the client's store, in place of that."""
    c = cross_signed
    port = show(c.leaf, c.issuing, c.cross).port
    new, old = run.write("new.pem", c.root.pem), run.write("old.pem", c.old.pem)
    for store, key, flags, good in (
        (old, "TrustedFirst", [], False), (old, "OnlyCAFile", [], True), (new, "TrustedFirst", [], True),
        (run.write("none.pem", issue("Another Root", ca=True).pem), "ExtraCAFile", [], True),
    ):  # fmt: skip
        rule = run.config((HOST, {key: "yes" if key == "TrustedFirst" else new}))
        assert (run(small_client(port, store, *flags), config=rule).code == 0) is good, (store, key)


@pytest.mark.cause("wrong-path")
@every_client
def test_two_issuers_of_one_key(tell, run, show, pki, client):
    """OpenSSL of any version takes the first of them that fits."""
    unknown = issue("Unknown Root", ca=True)
    astray = issue("tlsmend Test Issuing CA", unknown, ca=True, key=pki.intermediate.key)
    leaf = issue(HOST, pki.intermediate, names=[HOST])
    told = tell(client(show(leaf, astray, pki.intermediate).port, pki.root_pem), "wrong-path", leaf)
    assert astray.sha256 in told.help.replace(":", "").lower() and "ExtraCAFile" not in told.help
    assert run(client(show(leaf, pki.intermediate).port, pki.root_pem)).code == 0


# ---- too long ------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def deep(pki):
    chain = [pki.root]
    for i in range(4):
        chain.insert(0, issue("Level %d" % i, chain[0], ca=True))
    return [issue(HOST, chain[0], names=[HOST]), *chain[:-1]]


@pytest.mark.cause("chain-too-long")
def test_deeper_than_the_client_allows(tell, show, pki, small_client, deep):
    told = tell(small_client(show(*deep).port, pki.root_pem, "depth=2"), "chain-too-long", deep[0])
    assert told.code == 22 and "depth" in told.help and "at most 2 between" in told.text() and "ExtraCAFile" not in told.help


@pytest.mark.cause("chain-too-long")
def test_deeper_than_openssl_is_told(tell, show, pki, deep):
    tell(s_client(show(*deep).port, pki.root_pem, "-verify_depth", "2"), "chain-too-long", deep[0])


@pytest.mark.cause("issuer-unknown")
@two_clients
def test_circle(tell, run, show, pki, client):
    """CAs that certified each other: the root certificate of one of them ends that. So it is no fault of the chain's length."""
    keys = new_key(), new_key()
    root = issue("Circle One", ca=True, key=keys[0])
    two = issue("Circle Two", ca=True, key=keys[1])
    one, two = issue("Circle One", two, ca=True, key=keys[0]), issue("Circle Two", root, ca=True, key=keys[1])
    leaf = issue(HOST, one, names=[HOST])
    told = tell(client(show(leaf, one, two).port, pki.root_pem), "issuer-unknown", leaf)
    assert '"Circle One", "Circle Two" certified each other' in told.text() and "tried: with its place taken, the chain is valid" in told.notes
    assert "ExtraCAFile" in told.help
    assert run(client(show(leaf, one, two).port, pki.root_pem), extra_ca={HOST: run.write("root.pem", root.pem)}).code == 0
