# SPDX-License-Identifier: ISC
"""Certificates that OpenSSL does not decode, and keys that it does not know: the record says where, and whose it is to mend."""
import pathlib
import sys

import pytest

from lib import servers as servers_module
from lib.pki import issue
from lib.run import HOSTS, check_record

from .conftest import HOST, curl, python, s_client

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "corpora"))
import certs  # noqa: E402

every_client = pytest.mark.parametrize("client", [curl, python, s_client], ids=lambda c: c.name)


def leaf_der(damage=None, **fields):
    """A leaf of "Forged CA" out of tests/corpora/certs.py, which writes what no library does."""
    signer = certs.key("ca")
    c = certs.Cert(HOST, "Forged CA", certs.key("leaf"), signer, False)
    c.set(certs.SAN, certs.dns(HOST))
    for name, value in fields.items():
        setattr(c, name, value)
    der = c.der()
    return damage(der) if damage else der


def swap(old, new, times=1):
    def damage(der):
        assert old in der
        return der.replace(old, new, times)

    return damage


BROKEN = [  # (what is done to it, what the record names)
    ("cut", lambda der: der[:-7], "the certificate is longer than what contains it"),
    ("empty", lambda der: b"", "it is empty"),
    ("text", lambda der: b"hello", "the certificate is of another type than it has to be"),
    ("trailing", lambda der: der + b"\0\0\0", "3 bytes follow its end"),
    ("one trailing", lambda der: der + b"\n", "1 byte follows its end"),
    ("serial padded", None, "the serial number is a number with a superfluous octet before it"),
    ("date", swap(b"\x17\x0d260101", b"\x04\x0d260101"), "the validity has a date of another type"),
    ("name", swap(b"\x0c\x09Forged CA", b"\x0c\x09Forg\xffd CA"), "the issuer's name has a text that is not the UTF-8"),
    ("name's length", swap(b"\x0c\x09Forged CA", b"\x0c\x29Forged CA"), "the issuer's name is longer than what contains it"),
    ("boolean", swap(b"\x01\x01\xff\x04", b"\x01\x02\xff\x04"), "the extension 2.5.29.19 (basicConstraints)"),
    ("octets", swap(b"\x06\x03\x55\x1d\x11\x04", b"\x06\x03\x55\x1d\x11\x03"), "the extension 2.5.29.17 (subjectAltName) is of another type"),
    ("signature", None, "the signature is a bit string with more than seven unused bits"),
]  # fmt: skip


def broken_der(how, damage):
    if how == "serial padded":
        serial = certs.Cert(HOST, "Forged CA", certs.key("leaf"), certs.key("ca"), False).serial.to_bytes(2, "big")
        return leaf_der(swap(b"\x02\x02" + serial, b"\x02\x02\0" + serial[1:]))
    if how == "signature":
        der = bytearray(leaf_der())
        # the only bit string that holds a SEQUENCE of two numbers
        at = der.rindex(b"\0\x30", 0, -60) if b"\0\x30" in der[-80:] else der.rindex(b"\0\x30")
        der[at] = 9
        return bytes(der)
    return leaf_der(damage)


def tell_broken(run, client, port, ca):
    result = run(client(port, ca))
    assert result.code != 0 and len(result.records) == 1, result
    record = check_record(result.records[0])
    assert (record["event"], record["cause"]) == ("handshake_failed", "malformed-certificate"), record
    assert "another network" not in str(record["help"])
    return record


@pytest.mark.cause("malformed-certificate")
@pytest.mark.parametrize("client", [python, curl], ids=lambda c: c.name)
@pytest.mark.parametrize("how, damage, place", BROKEN, ids=[b[0] for b in BROKEN])
def test_leaf_that_cannot_be_decoded(run, pki, servers, how, damage, place, client):
    port = servers.odd(HOSTS[HOST], servers_module.sends_certificates(broken_der(how, damage)))
    record = tell_broken(run, client, port, pki.root_pem)
    assert place in record["presented"] and place in record["why"], record
    assert "the server's certificate" in record["why"]
    assert "openssl x509" in str(record["help"])


@pytest.mark.cause("malformed-certificate")
@pytest.mark.parametrize("text", [b"\x0c\x29Forged CA", b"\x0c\x89Forged CA", b"\x2c\x09Forged CA"],
                         ids=["cut", "odd length", "constructed"])
@pytest.mark.parametrize("others", [0, 1])
def test_the_error_queue_stays_whole(run, pki, servers, text, others):
    """Deep within a name OpenSSL leaves nine entries, and its queue holds 16: to decode the certificate once more would cost the oldest."""
    good = [issue(HOST, pki.intermediate, names=[HOST]).der][:others]
    bad = leaf_der(swap(b"\x0c\x09Forged CA", text))
    port = servers.odd(HOSTS[HOST], servers_module.sends_certificates(*good, bad))
    argv = s_client(port, pki.root_pem)
    plain, ours = run(argv, library=False), run(argv)
    assert plain.err.count(":error:") >= 8
    assert (ours.code, ours.err) == (plain.code, plain.err)
    assert [r["cause"] for r in ours.records] == ["malformed-certificate"]
    assert ("the server's certificate", "certificate 2 of those")[others] in ours.records[0]["why"]


@pytest.mark.cause("malformed-certificate")
@every_client
def test_intermediate_that_cannot_be_decoded(run, pki, servers, client):
    good, bad = issue(HOST, pki.intermediate, names=[HOST]), leaf_der(swap(b"\x17\x0d260101", b"\x04\x0d260101"))
    port = servers.odd(HOSTS[HOST], servers_module.sends_certificates(good.der, pki.intermediate.der, bad))
    record = tell_broken(run, client, port, pki.root_pem)
    assert "certificate 3 of those that the server sent" in record["why"]
    assert record["chain"][0]["subject"] == "CN=" + HOST and len(record["chain"]) == 2


@pytest.mark.cause("malformed-certificate")
@every_client
def test_no_note_blames_the_right_issuer(tell, pki, servers, client):
    leaf = issue(HOST, pki.intermediate, raw_san=b"\x30\x03\x82\x09x")
    port = servers.odd(HOSTS[HOST], servers_module.sends_certificates(leaf.der, pki.intermediate.der))
    told = tell(client(port, pki.root_pem), "malformed-certificate", leaf)
    assert "subjectAltName cannot be read" in told.text()
    assert "does not fit" not in told.notes and "with code" not in told.text()


# ---- keys -----------------------------------------------------------------------------------------------------------------
def key_of(algorithm, parameters=b""):
    return certs.tlv(0x30, certs.tlv(0x30, certs.oid(algorithm), parameters), certs.tlv(3, b"\0" + bytes(range(64))))


CURVE = certs.tlv(0x30, certs.integer(1), certs.tlv(0x30, certs.oid("1.2.840.10045.1.1"), certs.integer(7)))
KEYS = [
    (key_of("2.16.840.1.101.3.4.3.18"), "2.16.840.1.101.3.4.3.18 (ML-DSA-65)"),
    (key_of("1.2.643.7.1.1.1.1"), "GOST R 34.10-2012"),
    (key_of("1.3.6.1.4.1.55555.9"), "1.3.6.1.4.1.55555.9"),
    (key_of("1.2.840.10045.2.1", certs.oid("1.3.6.1.4.1.55555.7")), "1.3.6.1.4.1.55555.7"),
    (key_of("1.2.840.10045.2.1", CURVE), "on a curve that is written out"),
]  # fmt: skip


@pytest.mark.cause("weak-key")
@pytest.mark.parametrize("client", [python, curl, s_client], ids=lambda c: c.name)
@pytest.mark.parametrize("spki, shown", KEYS, ids=[k[1] for k in KEYS])
def test_key_that_this_openssl_does_not_know(run, pki, servers, client, spki, shown):
    port = servers.odd(HOSTS[HOST], servers_module.sends_certificates(leaf_der(spki=spki)))
    result = run(client(port, pki.root_pem))
    assert result.code != 0 and len(result.records) == 1, result
    record = check_record(result.records[0])
    assert record["cause"] == "weak-key", record
    assert shown in record["presented"] + record["why"]
    assert "weaker than" not in str(record) and "SECLEVEL" not in str(record["help"]), record
    assert ("does not know" in record["why"]) is ("curve that" not in shown)


# ---- a group that was not offered -------------------------------------------------------------------------------------------
@pytest.mark.cause("protocol-error")
@pytest.mark.parametrize("client", [python, curl, s_client], ids=lambda c: c.name)
@pytest.mark.parametrize("group, name", [(26, "brainpoolP256r1"), (22, "secp256k1")])
def test_group_that_was_not_offered(run, pki, servers, client, group, name):
    leaf = issue(HOST, pki.intermediate, names=[HOST])
    body = b"\x03" + group.to_bytes(2, "big") + b"\x41\x04" + bytes(64) + b"\x04\x03" + b"\0\x08" + bytes(8)
    then = b"\x0c" + len(body).to_bytes(3, "big") + body
    port = servers.odd(HOSTS[HOST], servers_module.sends_certificates(leaf.der, pki.intermediate.der, then=then))
    result = run(client(port, pki.root_pem))
    assert result.code != 0 and len(result.records) == 1, result
    record = check_record(result.records[0])
    assert record["presented"].startswith(name), record
    assert "    Groups = %s:X25519:P-256:P-384" % name in record["help"], record
    assert "another network" not in str(record["help"])
