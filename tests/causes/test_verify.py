# SPDX-License-Identifier: ISC
"""What a verification finds besides a missing anchor (causes.md#verification): each cause with real clients. No CA is ever proposed here.

Leaves that are wrong in one way, with more clients and under rules: tests/clients/test_variants.py.
"""
import base64
import hashlib
import pathlib
import subprocess
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtensionOID, ObjectIdentifier

from clients import table
from lib.once import compile_once
from lib.pki import DAY, Certificate, issue, new_key, now, revocation_list
from lib.run import BUILD, HOSTS, LIBRARY

from .conftest import HOST, curl, python, s_client

every_client = pytest.mark.parametrize("client", [curl, python, s_client], ids=lambda c: c.name)
two_clients = pytest.mark.parametrize("client", [curl, python], ids=lambda c: c.name)
CRL_CHECK, X509_STRICT = 0x4, 0x20
TRIED = "tried: this rule makes the chain valid"


def leaf_of(issuer, **how):
    return issue(HOST, issuer, **{"names": [HOST], **how})


def date(when):
    return when.strftime("%Y-%m-%d")


# ---- time ----------------------------------------------------------------------------------------------------
@pytest.mark.cause("expired")
@every_client
def test_expired(tell, show, pki, client):
    """Which one, since when, what else has expired, and the clock against which it was checked."""
    gone = now() - 3 * DAY
    ca = issue("Expired CA", pki.root, ca=True, not_before=now() - 900 * DAY, not_after=now() - 2 * DAY)
    leaf = leaf_of(ca, not_before=now() - 90 * DAY, not_after=gone)
    told = tell(client(show(leaf, ca).port, pki.root_pem), "expired", leaf)
    text = told.text()
    # OpenSSL looks from the top down, so the CA comes first
    assert "Expired CA" in told.message and date(now()) in text
    assert "the server's certificate expired on " + date(gone) in told.notes
    assert told.expected and told.presented


@pytest.mark.cause("not-yet-valid")
@every_client
def test_not_yet_valid(tell, show, pki, client):
    begin = now() + 2 * DAY
    leaf = leaf_of(pki.intermediate, not_before=begin)
    told = tell(client(show(leaf, pki.intermediate).port, pki.root_pem), "not-yet-valid", leaf)
    assert date(begin) in told.text() and "clock" in told.help


@pytest.mark.cause("expired")
def test_time_that_the_client_chose(tell, show, pki, small_client):
    leaf = leaf_of(pki.intermediate)
    later = int(time.time()) + 1000 * 86400
    told = tell(small_client(show(leaf, pki.intermediate).port, pki.root_pem, "time=%d" % later), "expired", leaf)
    assert "the time that the client chose" in told.text()


@pytest.mark.cause("clock-wrong")
@two_clients
def test_clock_years_behind(tell, show, pki, client):
    """As on a machine that starts in 1970; here it is the certificates that are years ahead."""
    begin = now() + 3 * 365 * DAY
    root = issue("Root of the Future", ca=True, not_before=begin, not_after=begin + 900 * DAY)
    leaf = leaf_of(root, not_before=begin, not_after=begin + 90 * DAY)
    store = show(leaf, root).identity.chain
    told = tell(client(show(leaf, root).port, store), "clock-wrong", leaf)
    assert "set the clock" in told.help and date(now()) in told.text()


@pytest.mark.cause("clock-wrong")
@pytest.mark.parametrize("shown", [10, 4000000000], ids=["1970", "2096"])
@two_clients
def test_program_that_is_shown_another_time(tell, show, pki, client, shown):
    """Not the machine's clock, by which all is in order, but what stands between that and OpenSSL."""
    source = pathlib.Path(__file__).with_name("another_time.c")
    preloaded = compile_once(BUILD / "causes" / "another_time.so", source, ["-shared", "-fPIC"])
    env = {"LD_PRELOAD": "%s %s" % (LIBRARY, preloaded), "SHOWN_TIME": str(shown)}
    leaf = leaf_of(pki.intermediate)
    told = tell(client(show(leaf, pki.intermediate).port, pki.root_pem), "clock-wrong", leaf, env=env)
    then = time.strftime("%Y-%m-%d", time.gmtime(shown))
    assert "against %s, while the machine's clock says %s" % (then, date(now())) in told.record["why"]
    assert "libfaketime" in told.help and "set the clock" not in told.help
    assert "also wrong" not in told.notes
    with_another_ca = tell(client(show(leaf, pki.intermediate).port, pki.stranger_pem), "issuer-unknown", leaf, env=env)
    assert "by the wrong time that this program is shown" in with_another_ca.help and "renew" not in with_another_ca.help
    assert "also wrong" not in with_another_ca.notes


# ---- names ---------------------------------------------------------------------------------------------------
@pytest.mark.cause("name-mismatch")
@every_client
def test_another_name(tell, show, pki, client):
    leaf = issue("www.elsewhere.test", pki.intermediate, names=["www.elsewhere.test", "legacy.tests", "elsewhere.test"])
    told = tell(client(show(leaf, pki.intermediate).port, pki.root_pem), "name-mismatch", leaf)
    assert told.expected == HOST
    assert told.presented == "www.elsewhere.test, legacy.tests, elsewhere.test"
    assert "closest: legacy.tests" in told.text()


@pytest.mark.cause("no-san")
def test_no_san(tell, show, pki):
    leaf = issue(HOST, pki.intermediate)
    told = tell(python(show(leaf, pki.intermediate).port, pki.root_pem, "--san-only"), "no-san", leaf)
    assert "subjectAltName = DNS:" + HOST in told.help and told.presented == "CN=" + HOST


@pytest.mark.cause("address-mismatch")
@pytest.mark.parametrize("client", ["python", "s_client", "curl"])
def test_certificate_of_another_address(tell, show, pki, client):
    leaf = issue(HOST, pki.intermediate, names=[HOST, "127.0.0.9"])
    port, address = show(leaf, pki.intermediate).port, HOSTS[HOST]
    argv = {
        "python": [table.DEBIAN_PYTHON, table.HERE / "connect.py", address, port, "--ca", pki.root_pem],
        "s_client": ["openssl", "s_client", "-brief", "-verify_return_error", "-verify_ip", address, "-connect",
                     "%s:%d" % (address, port), "-CAfile", pki.root_pem],
        "curl": ["curl", "-sS", "--cacert", pki.root_pem, "https://%s:%d/" % (address, port)],
    }[client]  # fmt: skip
    told = tell(argv, "address-mismatch", leaf)
    assert told.expected == address and "127.0.0.9" in told.presented
    assert HOST in told.text(), "a name by which to connect instead"


@pytest.mark.cause("address-mismatch")
def test_address_of_ipv6_in_its_short_form(tell, show, pki):
    leaf = leaf_of(pki.intermediate)
    argv = ["openssl", "s_client", "-brief", "-verify_return_error", "-verify_ip", "fe80::1", "-CAfile", pki.root_pem, "-connect",
            "%s:%d" % (HOST, show(leaf, pki.intermediate).port)]  # fmt: skip
    assert tell(argv, "address-mismatch", leaf).expected == "fe80::1"


READS_NAMES = """
import ssl, socket, sys
context = ssl.create_default_context(cafile=sys.argv[3])
context.check_hostname = False
for end in sys.argv[4:]:
    tls = context.wrap_socket(socket.create_connection((sys.argv[1], int(sys.argv[2]))))
    if "read" in end:
        tls.getpeercert()
    if "write" in end:
        tls.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
    tls.close()
"""


@pytest.mark.parametrize("ends", [("look",), ("look", "look"), ("write",), ("read and write",)])
def test_connections_to_an_address_that_are_no_failure(run, show, pki, ends):
    """Closed by one that does not care for names, or used by one that found them right: it may know the name."""
    port = show(issue(HOST, pki.intermediate, names=[HOST]), pki.intermediate).port
    done = run([table.DEBIAN_PYTHON, "-c", READS_NAMES, HOSTS[HOST], port, pki.root_pem, *ends])
    assert done.code == 0 and done.log == ""


@pytest.mark.cause("sni-not-sent")
def test_sni_not_sent(tell, servers, pki):
    """Two hosts at one address: without SNI the default one answers."""
    sites = [(HOSTS[HOST], ["default.test"], pki.good("default.test"), "")]
    port = servers.nginx(sites)[0]
    argv = ["openssl", "s_client", "-brief", "-verify_return_error", "-verify_hostname", HOST, "-noservername", "-connect",
            "%s:%d" % (HOST, port), "-CAfile", pki.root_pem]  # fmt: skip
    told = tell(argv, "sni-not-sent", sites[0][2].leaf)
    assert told.expected == HOST and told.presented == "default.test"
    assert "ServerName = " + HOST in told.help and "this rule makes" not in told.notes, "the trial was of another rule"


@pytest.mark.cause("name-constraint")
@every_client
def test_name_constraint(tell, show, pki, client):
    ca = issue("CA for allowed.test only", pki.root, ca=True, permitted=["allowed.test", "other.allowed.test"])
    leaf = leaf_of(ca)
    told = tell(client(show(leaf, ca).port, pki.root_pem), "name-constraint", leaf)
    text = told.text()
    assert "CA for allowed.test only" in text and HOST in told.presented
    assert told.expected == "only DNS:allowed.test, DNS:other.allowed.test", "the subtrees"


# ---- what a certificate may be used for ------------------------------------------------------------------------
@pytest.mark.cause("wrong-purpose")
@every_client
def test_client_certificate_on_a_server(tell, show, pki, client):
    leaf = leaf_of(pki.intermediate, purposes=("client",))
    told = tell(client(show(leaf, pki.intermediate).port, pki.root_pem), "wrong-purpose", leaf)
    assert "serverAuth" in told.expected and "clientAuth" in told.presented and "serverAuth" in told.help


@pytest.mark.cause("wrong-purpose")
@two_clients
def test_ca_for_clients_only(tell, show, pki, client):
    eku = (ExtensionOID.EXTENDED_KEY_USAGE, b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02", False)
    ca = issue("CA for clients", pki.root, ca=True, extra=[eku])
    leaf = leaf_of(ca)
    told = tell(client(show(leaf, ca).port, pki.root_pem), "wrong-purpose", leaf)
    assert "CA for clients" in told.text() and told.presented == "extendedKeyUsage clientAuth"


@pytest.mark.cause("not-a-ca")
@every_client
def test_not_a_ca(tell, show, pki, client):
    ca = issue("Not a CA", pki.root, ca=False, cert_sign=True)
    leaf = leaf_of(ca)
    told = tell(client(show(leaf, ca).port, pki.root_pem), "not-a-ca", leaf)
    assert "Not a CA" in told.text() and "CA:TRUE" in told.expected and "CA:FALSE" in told.presented


@pytest.mark.cause("not-a-ca")
@two_clients
def test_ca_that_may_not_sign(tell, run, show, client):
    root = issue("Root without keyCertSign", ca=True, cert_sign=False)
    leaf = leaf_of(root)
    told = tell(client(show(leaf).port, run.write("ca.pem", root.pem)), "not-a-ca", leaf)
    assert "keyCertSign" in told.help and "keyCertSign" in told.text()


@pytest.mark.cause("not-a-ca")
@every_client
def test_intermediate_that_may_not_sign(tell, show, pki, client):
    """It is marked as a CA, and its keyUsage is all that is wrong."""
    ca = issue("CA without keyCertSign", pki.root, ca=True, cert_sign=False, purposes=())
    leaf = leaf_of(ca)
    told = tell(client(show(leaf, ca).port, pki.root_pem), "not-a-ca", leaf)
    assert told.presented == "CA:TRUE, keyUsage without keyCertSign" and "issue its certificate again" in told.help


@pytest.mark.cause("not-a-ca")
@every_client
def test_issued_with_the_certificate_of_a_server(tell, show, pki, client):
    """Nobody is told to make a CA of it."""
    server = issue("www.corp.test", pki.root, names=["www.corp.test"])
    leaf = leaf_of(server)
    told = tell(client(show(leaf, server).port, pki.root_pem), "not-a-ca", leaf)
    assert "needs a certificate that was issued by a CA" in told.help and "again" not in told.help


@pytest.mark.cause("not-a-ca")
@every_client
def test_certificate_of_a_server_in_the_clients_file(tell, show, pki, client):
    """Whoever put it there meant it as a CA, and it is mended there."""
    server = issue("www.corp.test", names=["www.corp.test"])
    leaf = leaf_of(server)
    told = tell(client(show(leaf).port, pki.write("trusted-server.pem", server.pem)), "not-a-ca", leaf)
    assert "whoever runs that CA has to issue its certificate again as a CA" in told.help and "the server's operator" not in told.help


@pytest.mark.cause("self-signed")
@every_client
def test_certificate_of_a_ca_in_place_of_the_servers(tell, show, pki, client):
    root = issue("Only Root", ca=True)
    told = tell(client(show(root).port, pki.root_pem), "self-signed", root)
    assert 'the certificate of the CA "Only Root" itself' in told.text()
    assert "certificate of its own, issued by that CA" in told.help and "further CA" not in told.help


@pytest.mark.cause("path-length")
@every_client
def test_path_length(tell, show, pki, client):
    below = issue("CA too deep", pki.intermediate, ca=True)
    leaf = leaf_of(below)
    told = tell(client(show(leaf, below, pki.intermediate).port, pki.root_pem), "path-length", leaf)
    text = told.text()
    # the CA whose limit it is, the limit, and what stands below it
    assert "tlsmend Test Issuing CA" in text and "allows 0" in text and "CA too deep" in text


@pytest.mark.cause("unknown-critical-extension")
@every_client
def test_unknown_critical_extension(tell, show, pki, client):
    leaf = leaf_of(pki.intermediate, extra=[(ObjectIdentifier("1.3.6.1.4.1.55555.1.2"), b"\x05\x00", True)])
    told = tell(client(show(leaf, pki.intermediate).port, pki.root_pem), "unknown-critical-extension", leaf)
    assert "1.3.6.1.4.1.55555.1.2" in told.text()


# ---- signatures and keys ----------------------------------------------------------------------------------------
@pytest.mark.cause("bad-signature")
@every_client
def test_ca_of_the_same_name_has_another_key(tell, run, show, client):
    """Without key identifiers, the name is all that OpenSSL has to go by."""
    real, other = (issue("Twin CA", ca=True, key_identifiers=False) for _ in range(2))
    leaf = leaf_of(real, key_identifiers=False)
    told = tell(client(show(leaf).port, run.write("other.pem", other.pem)), "bad-signature", leaf)
    assert "Twin CA" in told.text() and other.sha256 in told.notes.replace(":", "").lower()


@pytest.mark.cause("bad-signature")
@two_clients
def test_signature_that_was_forged(tell, show, pki, client):
    leaf = leaf_of(pki.intermediate, break_signature=True)
    tell(client(show(leaf, pki.intermediate).port, pki.root_pem), "bad-signature", leaf)


@pytest.mark.cause("weak-key")
@every_client
def test_weak_key(tell, run, show, pki, client):
    leaf = leaf_of(pki.intermediate, key="rsa1024")
    port = show(leaf, pki.intermediate).port
    told = tell(client(port, pki.root_pem), "weak-key", leaf)
    assert "RSA 1024" in told.presented and "level 2" in told.expected
    assert TRIED in told.notes
    lines = [h.strip() for h in told.record["help"] if h.startswith("    ")]
    assert run(client(port, pki.root_pem), config=run.write("proposed.conf", "\n".join(lines))).code == 0


@pytest.mark.cause("weak-digest")
@every_client
def test_weak_digest(tell, run, show, pki, client):
    leaf = leaf_of(pki.intermediate, digest=hashes.SHA1())
    port = show(leaf, pki.intermediate).port
    told = tell(client(port, pki.root_pem), "weak-digest", leaf)
    assert "SHA1" in told.presented and "SHA-256" in told.help and TRIED in told.notes
    lines = [h.strip() for h in told.record["help"] if h.startswith("    ")]
    assert run(client(port, pki.root_pem), config=run.write("proposed.conf", "\n".join(lines))).code == 0


@pytest.fixture(scope="module")
def explicit_curve(pki, world_directory):
    """A CA whose key spells its curve out, which only the command can still make."""
    key, request, made = (world_directory / ("explicit." + s) for s in ("key", "csr", "pem"))
    extensions = world_directory / "explicit.ext"
    extensions.write_text("basicConstraints = critical, CA:TRUE\nkeyUsage = critical, keyCertSign\n"
                          "subjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n")  # fmt: skip
    root_key = pki.write("root.key", pki.root.key_pem)
    for argv in (
        ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-param_enc", "explicit", "-out", key],
        ["req", "-new", "-key", key, "-subj", "/CN=CA with a curve of its own", "-out", request],
        ["x509", "-req", "-in", request, "-CA", pki.root_pem, "-CAkey", root_key, "-days", "30", "-extfile", extensions, "-out", made],
    ):  # fmt: skip
        subprocess.run(["openssl", *map(str, argv)], check=True, capture_output=True, timeout=30)
    # the certificate below is signed by another way of writing the same key
    subprocess.run(["openssl", "ec", "-in", str(key), "-param_enc", "named_curve", "-out", str(key) + ".named"],
                   check=True, capture_output=True, timeout=30)  # fmt: skip
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    der = subprocess.run(["openssl", "x509", "-in", str(made), "-outform", "DER"], check=True, capture_output=True, timeout=30)
    named = load_pem_private_key(open(str(key) + ".named", "rb").read(), None)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "CA with a curve of its own")])
    return Certificate(der.stdout, named, subject)


@pytest.mark.cause("explicit-curve")
@every_client
def test_explicit_curve(tell, show, pki, explicit_curve, client):
    leaf = leaf_of(explicit_curve, authority=x509.AuthorityKeyIdentifier(None, None, None), key_identifiers=False)
    told = tell(client(show(leaf, explicit_curve).port, pki.root_pem), "explicit-curve", leaf)
    assert "CA with a curve of its own" in told.text() and "P-256" in told.help


# ---- stricter than usual ---------------------------------------------------------------------------------------------
def python_313():
    return next((path for version, path in table.pyenv_pythons() if version.startswith("3.13")), None)


@pytest.mark.cause("strict-profile")
@pytest.mark.parametrize("client", ["s_client", "python"])
def test_form_that_a_strict_client_refuses(tell, show, pki, client):
    leaf = leaf_of(pki.intermediate, key_identifiers=False)
    port = show(leaf, pki.intermediate).port
    argv = s_client(port, pki.root_pem, "-x509_strict") if client == "s_client" else python(
        port, pki.root_pem, "--flags", X509_STRICT)  # fmt: skip
    told = tell(argv, "strict-profile", leaf)
    assert "it has no authorityKeyIdentifier" in told.text() and "strict" in told.text()


@pytest.mark.skipif(not python_313(), reason="no Python 3.13 in pyenv")
def test_strict_by_default(tell, show, pki):
    """Python 3.13 sets the flag by itself."""
    leaf = leaf_of(pki.intermediate, key_identifiers=False)
    argv = python(show(leaf, pki.intermediate).port, pki.root_pem)
    told = tell([python_313(), *argv[1:]], "strict-profile", leaf)
    assert "Python" in told.text()


@pytest.mark.cause("distrusted")
@every_client
def test_ca_on_a_reject_list(tell, run, show, pki, client):
    trusted = subprocess.run(["openssl", "x509", "-in", pki.root_pem, "-addreject", "serverAuth", "-trustout"],
                             check=True, capture_output=True, timeout=30)  # fmt: skip
    leaf = leaf_of(pki.intermediate)
    store = run.write("rejected.pem", trusted.stdout)
    told = tell(client(show(leaf, pki.intermediate).port, store), "distrusted", leaf)
    assert "tlsmend Test Root" in told.text() and "ExtraCAFile" not in told.help


@pytest.mark.cause("distrusted")
@two_clients
def test_trusted_for_other_uses(tell, run, show, pki, client):
    """Nobody rejected it: the mark says what it is for, and TLS servers are not among that."""
    openssl = lambda *args: subprocess.run(["openssl", "x509", *args], check=True, capture_output=True, timeout=30).stdout  # noqa: E731
    store = run.write("mail.pem", openssl("-in", pki.root_pem, "-addtrust", "emailProtection", "-trustout"))
    leaf = leaf_of(pki.intermediate)
    argv = client(show(leaf, pki.intermediate).port, store)
    told = tell(argv, "distrusted", leaf)
    assert "trusted for other uses" in told.record["why"] and "on purpose" not in told.text() and str(store) in told.text()
    assert "openssl x509 -clrtrust -in CA.pem" in told.help
    store.write_bytes(openssl("-clrtrust", "-in", store))
    assert run(argv).code == 0


# ---- revocation --------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def revocable(pki):
    class Revocable:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier("http://crl.test/issuing.crl")], None, None, None)
        leaf = leaf_of(pki.intermediate, extra=[(
            ExtensionOID.CRL_DISTRIBUTION_POINTS, x509.CRLDistributionPoints([point]).public_bytes(), False)])  # fmt: skip

    return Revocable


def check_crl(client, run, port, pki, crl):
    """curl, Python and s_client, each in its own way of loading a CRL."""
    if client == "curl":
        return curl(port, pki.root_pem, "--crlfile", run.write("list.crl", crl))
    if client == "python":
        return python(port, run.write("ca-and-list.pem", pki.root_pem.read_bytes() + crl), "--flags", CRL_CHECK)
    return s_client(port, pki.root_pem, "-crl_check", "-CRL", run.write("list.crl", crl))


crl_clients = pytest.mark.parametrize("client", ["python", "s_client"])


@pytest.mark.cause("revoked")
@crl_clients
def test_certificate_on_the_revocation_list(tell, run, show, pki, revocable, client):
    crl = revocation_list(pki.intermediate, revocable.leaf)
    told = tell(check_crl(client, run, show(revocable.leaf, pki.intermediate).port, pki, crl), "revoked", revocable.leaf)
    text = told.text()
    assert "%X" % revocable.leaf.serial in text, "the serial number"
    assert "the key was compromised" in text and date(now() - DAY) in text
    assert "new key" in told.help


@pytest.mark.cause("revoked")
def test_revoked_in_curl(tell, run, show, pki, revocable):
    """curl wants a list of every CA of the chain."""
    crl = revocation_list(pki.intermediate, revocable.leaf) + revocation_list(pki.root)
    tell(check_crl("curl", run, show(revocable.leaf, pki.intermediate).port, pki, crl), "revoked", revocable.leaf)


@pytest.mark.cause("crl-unavailable")
@pytest.mark.parametrize("client", ["curl", "python", "s_client"])
def test_crl_of_another_ca(tell, run, show, pki, revocable, client):
    crl = revocation_list(pki.stranger)
    told = tell(check_crl(client, run, show(revocable.leaf, pki.intermediate).port, pki, crl), "crl-unavailable",
                revocable.leaf)  # fmt: skip
    text = told.text()
    assert "tlsmend Test Issuing CA" in text and "http://crl.test/issuing.crl" in text


@pytest.mark.cause("crl-invalid")
@crl_clients
@pytest.mark.parametrize("how,what", [
    ({"last": now() - 30 * DAY, "until": now() - DAY}, "has expired on " + date(now() - DAY)),
    ({"last": now() + DAY}, "is not valid before " + date(now() + DAY)),
    ({"key": new_key()}, "does not fit the CA's key"),
], ids=["expired", "not-yet", "forged"])  # fmt: skip
def test_crl_invalid(tell, run, show, pki, revocable, client, how, what):
    crl = revocation_list(pki.intermediate, **how)
    told = tell(check_crl(client, run, show(revocable.leaf, pki.intermediate).port, pki, crl), "crl-invalid", revocable.leaf)
    assert 'list (CRL) of "CN=tlsmend Test Issuing CA"' in told.text() and what in told.text()
    assert "http://crl.test/issuing.crl" in told.help


@pytest.mark.cause("ocsp")
@pytest.mark.parametrize("code", [73, 74, 75])
def test_ocsp(tell, show, pki, small_client, code):
    """OpenSSL 3.0 leaves it to the client's callback, which has these codes to say it."""
    leaf = leaf_of(pki.intermediate)
    told = tell(small_client(show(leaf, pki.intermediate).port, pki.root_pem, "says=%d" % code), "ocsp", leaf)
    assert told.code == code


# ---- further wishes of the client ----------------------------------------------------------------------------------------
@pytest.mark.cause("policy")
def test_policy_that_is_demanded(tell, show, pki):
    leaf = leaf_of(pki.intermediate)
    argv = s_client(show(leaf, pki.intermediate).port, pki.root_pem, "-policy_check", "-explicit_policy", "-policy", "1.3.6.1.4.1.55555.7")
    told = tell(argv, "policy", leaf)
    assert told.code == 43 and told.presented == "no policy"


@pytest.mark.cause("pinned-elsewhere")
def test_key_that_a_tlsa_record_does_not_name(tell, show, pki):
    leaf = leaf_of(pki.intermediate)
    argv = s_client(show(leaf, pki.intermediate).port, pki.root_pem, "-dane_tlsa_domain", HOST, "-dane_tlsa_rrdata",
                    "3 1 1 " + "ab" * 32)  # fmt: skip
    told = tell(argv, "pinned-elsewhere", leaf)
    assert told.code == 65


@pytest.mark.cause("pinned-elsewhere")
@pytest.mark.parametrize("usage", [1, 2, 3])
@pytest.mark.parametrize("root", ["trusted", "unknown", "none loaded"])
def test_dane_without_a_callback(tell, show, pki, small_client, usage, root):
    """As mail servers do it. The DNS stands in the place of a CA, so that the missing one is neither the cause nor another fault."""
    leaf = leaf_of(pki.intermediate)
    ca = {"trusted": pki.root_pem, "unknown": pki.stranger_pem, "none loaded": "-"}[root]
    told = tell(small_client(show(leaf, pki.intermediate, pki.root).port, ca, "dane=%d" % usage), "pinned-elsewhere", leaf)
    assert told.code == 65 and "TLSA" in told.help
    assert "also wrong" not in told.notes and "ExtraCAFile" not in told.help


@pytest.mark.cause("untrusted-root")
def test_dane_beside_a_ca(tell, show, pki):
    """A record of usage 0 takes no CA's place. A trial in memory has no such records, so that it would prove nothing."""
    leaf = leaf_of(pki.intermediate)
    argv = s_client(show(leaf, pki.intermediate, pki.root).port, pki.stranger_pem, "-dane_tlsa_domain", HOST, "-dane_tlsa_rrdata",
                    "0 0 1 " + "ab" * 32)  # fmt: skip
    told = tell(argv, "untrusted-root", leaf)
    assert "tried: " not in told.notes.replace("not tried: ", "") and "(DANE, TLSA)" in told.notes
    assert "(not tried, it may not be enough):" in told.help


NOBODY = """
import socket, ssl, sys
radius = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
radius.connect(("127.0.0.9", 1812))
chain, key, ca = sys.argv[1:]
(a, b), (c, d) = ((ssl.MemoryBIO(), ssl.MemoryBIO()) for _ in "12")
server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server.load_cert_chain(chain, key)
client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
client.check_hostname = False
client.load_verify_locations(ca)
ends = [client.wrap_bio(a, b), server.wrap_bio(b, a, server_side=True)]
for end in ends * 3:
    try:
        end.do_handshake()
    except ssl.SSLWantReadError:
        pass
"""


@pytest.mark.cause("issuer-unknown")
@pytest.mark.parametrize("rule", [False, True])
def test_no_rule_for_nobody(run, pki, rule):
    """As in a login by EAP: neither a name nor a socket, but one to RADIUS. What is not proposed would not help."""
    good = pki.good(HOST)
    config = run.config((HOST, {"ExtraCAFile": pki.root_pem})) if rule else None
    [record] = run(["python3", "-c", NOBODY, good.chain, good.key, pki.stranger_pem], config=config, names=False).records
    assert record["cause"] == "issuer-unknown" and "host" not in record and "address" not in record, record
    assert not [line for line in record["help"] if line.startswith("    ")] and "the program's own settings" in record["help"][0]
    assert "no section can be for this server" in " ".join(record["notes"])


def pinned(port, pki, pin, *more):
    return ["curl", "-sS", "-m", "20", "--cacert", pki.root_pem, "--pinnedpubkey", "sha256//" + pin, *more, "https://%s:%d/" % (HOST, port)]


def pin_of(certificate):
    spki = x509.load_der_x509_certificate(certificate.der).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(spki).digest()).decode()


@pytest.mark.cause("pinned-elsewhere")
@pytest.mark.parametrize("more", [(), ("--tls-max", "1.2"), ("-k",)], ids=["as it is", "1.2", "chain let pass"])
def test_pin_of_the_clients_own(run, show, pki, more):
    """curl compares the key by itself, when all else is done, and leaves without a word. With -k the chain, which is bad here, is not why it does."""
    leaf = leaf_of(pki.stranger if more == ("-k",) else pki.intermediate)
    port = show(leaf, pki.intermediate).port
    done = run(pinned(port, pki, pin_of(pki.root), *more))
    assert done.code == 90
    [record] = done.records
    assert record["cause"] == "pinned-elsewhere" and "sha256//" + pin_of(leaf) in record["why"], record
    right = run(pinned(port, pki, pin_of(leaf), *more))
    assert right.code == 0 and [r["cause"] for r in right.records] == (["verification-off"] if more == ("-k",) else [])


@pytest.mark.parametrize("argv", [
    ["perl", "-MIO::Socket::SSL", "-e", 'IO::Socket::SSL->new(PeerAddr => "$ARGV[0]:$ARGV[1]", SSL_ca_file => $ARGV[2], SSL_hostname => $ARGV[0]) or die'],
    ["sh", "-c", 'exec openssl s_client -status -connect "$0:$1" -CAfile "$2"']], ids=["perl", "s_client"])  # fmt: skip
def test_answer_about_revocation_that_nobody_misses(run, show, pki, argv):
    """They ask for one, get none, put up with that, and leave without a word: nothing has failed."""
    done = run([*argv, HOST, show(leaf_of(pki.intermediate), pki.intermediate).port, pki.root_pem])
    assert done.code == 0 and done.log == "", done


@pytest.mark.cause("scts-missing")
def test_no_scts(tell, show, pki, small_client):
    """s_client only looks at them; OpenSSL can also be told to demand them."""
    leaf = leaf_of(pki.intermediate)
    told = tell(small_client(show(leaf, pki.intermediate).port, pki.root_pem, "ct"), "scts-missing", event="handshake_failed")
    assert "Certificate Transparency" in told.text()


@pytest.mark.cause("client-refused")
@pytest.mark.parametrize("option,event", [("says=0", "verify_failed"), ("says=27", "verify_failed"), ("says=50", "verify_failed"), ("own", "handshake_failed")])
def test_client_refused(tell, show, pki, small_client, option, event):
    leaf = leaf_of(pki.intermediate)
    told = tell(small_client(show(leaf, pki.intermediate).port, pki.root_pem, option), "client-refused", event=event)
    assert "program" in told.message and "ExtraCAFile" not in told.help


COUNTS = """
use IO::Socket::SSL;
my ($host, $port, $ca, $most) = @ARGV;
exit(IO::Socket::SSL->new(PeerAddr => "$host:$port", SSL_ca_file => $ca, SSL_verify_mode => SSL_VERIFY_PEER, SSL_verifycn_scheme => "none",
    SSL_hostname => $host, SSL_verify_callback => sub { $_[0] && $_[5] <= $most }) ? 0 : 1);
"""


@pytest.mark.cause("client-refused")
@pytest.mark.parametrize("most", [1, 0])
def test_function_that_counts(tell, show, pki, most):
    """As Apache does, whose SSLProxyVerifyDepth is 1; it has no code for that. At depth 1 there are other reasons as well."""
    chain = [leaf_of(pki.intermediate), pki.intermediate] if most else [leaf_of(pki.root)]
    told = tell(["perl", "-e", COUNTS, HOST, show(*chain).port, pki.root_pem, most], "client-refused")
    assert ("this certificate stands at depth 2" in told.help) == (most == 1)


@pytest.mark.parametrize("how, cause", [
    pytest.param("reads", "address-mismatch", marks=pytest.mark.cause("address-mismatch")),
    pytest.param("looks-at-none", "client-refused", marks=pytest.mark.cause("client-refused"))])  # fmt: skip
def test_function_that_objects_at_an_address(tell, show, pki, how, cause):
    """A leaf for a name is refused for the address only by who looked at the names; OpenVPN looks at other things."""
    leaf = leaf_of(pki.intermediate)
    argv = ["perl", pathlib.Path(__file__).with_name("objects.pl"), HOSTS[HOST], show(leaf, pki.intermediate).port, pki.root_pem, how]
    assert "check of the program's own" in tell(argv, cause, leaf).record["why"]


@pytest.mark.cause("internal")
def test_store_that_cannot_be_asked(tell, show, pki, small_client):
    leaf = leaf_of(pki.intermediate)
    told = tell(small_client(show(leaf, pki.intermediate).port, pki.root_pem, "lookup-fails"), "internal", leaf)
    assert told.code == 70


def test_a_verification_without_a_connection(run, pki, small_client):
    """None of our business: no record."""
    identity = pki.good(HOST)
    bad = run(["openssl", "verify", "-CAfile", pki.root_pem, "-untrusted", identity.chain, "-verify_ip", "fe80::1", identity.chain])
    assert bad.code != 0 and bad.records == []
    nothing = run([small_client(0, "-")[0], "nothing"])
    assert nothing.code != 0 and nothing.records == []


# ---- two faults at once ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault, second", [("name", "ExpectName = www.elsewhere.test"), ("strict", "Strict = no")])
@pytest.mark.parametrize("client", [python, s_client], ids=lambda c: c.name)
def test_unknown_ca_and_one_fault_more(tell, run, show, client, fault, second):
    """Each has a key; one section has both, and it works."""
    root = issue("Two Faults Root", ca=True)
    leaf = {"name": lambda: issue("x", root, names=["www.elsewhere.test"]),
            "strict": lambda: leaf_of(root, key_identifiers=False)}[fault]()  # fmt: skip
    given = run.write("other.pem", issue("Other Root", ca=True).pem)
    options = {"strict": {"python": ("--flags", "32"), "s_client": ("-x509_strict",)}}.get(fault, {}).get(client.name, ())
    argv = client(show(leaf, root).port, given, *options)
    told = tell(argv, "untrusted-root", leaf)
    section = [line.strip() for line in told.help.splitlines() if line.startswith("    ")]
    assert second in section and any(line.startswith("ExtraCAFile = ") for line in section), told.help
    assert "tlsmend trust" not in told.notes, "that would write the CA alone"
    rules = {line.split(" = ")[0]: line.split(" = ")[1] for line in section[1:]}
    rules["ExtraCAFile"] = run.write("root.pem", root.pem)
    assert run(argv, config=run.config((HOST, rules))).code == 0


# ---- a demand that nobody may have made ---------------------------------------------------------------------------
@pytest.mark.cause("crl-unavailable")
@pytest.mark.parametrize("flag, name", [(4, "LEAF"), (12, "CHAIN")])
@pytest.mark.parametrize("client", ["python", "s_client", "small"])
def test_list_that_nobody_loaded(tell, show, pki, small_client, client, flag, name):
    """Who demands it, that it may be by accident, and what takes that one check out."""
    leaf = leaf_of(pki.intermediate)
    port = show(leaf, pki.intermediate).port
    argv = {"python": lambda: python(port, pki.root_pem, "--flags", flag), "small": lambda: small_client(port, pki.root_pem, "set=%d" % flag),
            "s_client": lambda: s_client(port, pki.root_pem, "-crl_check_all" if flag == 12 else "-crl_check")}[client]()  # fmt: skip
    told = tell(argv, "crl-unavailable", leaf)
    assert "X509_V_FLAG_CRL_CHECK" + ("_ALL" if flag == 12 else ")") in told.text()
    assert "openssl.cnf cannot make it" in told.text() and "no rule of tlsmend does that" in told.help
    assert "    context.verify_flags &= ~ssl.VERIFY_CRL_CHECK_" + name in told.help.splitlines()
    assert "[%s]" % HOST not in told.help
