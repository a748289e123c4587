# SPDX-License-Identifier: ISC
"""Forms as they occur: dates, serial numbers, versions, identifiers, purposes, policies, keys and signatures at each level of a chain."""
import re

from certs import (AIA, AKI, ALGORITHMS, ANY, ANY_POLICY, BASIC, CLIENT, CODE, EKU, FRESHEST, IAN, MAPPINGS, NETSCAPE_TYPE, OCTETS,
                   POLICIES, POLICY_LIMITS, SAN, SCTS, SEQUENCE, SKI, TLS_FEATURE, TRUE, USAGE, Cert, another, basic, dns, integer, key, key_id, name,
                   oid, purposes, tlv, usage)  # fmt: skip
from faults import ALL, CAS, FAULTS, LOWER_CAS, SIGNED, tells

ISSUER = {"leaf": "lower", "lower": "upper", "upper": "root"}


def kind(label, places, causes, change, says=(), never=()):
    FAULTS[label] = (change, places, set(causes))
    tells(label, lambda place: (list(says), list(never)))


def of_cert(label, places, causes, change, says=(), never=()):
    kind(label, places, causes, lambda chain, place: change(chain.certs()[place]), says, never)


# ---- dates --------------------------------------------------------------------------------------------------------------
def utc(text):
    return tlv(23, text)


def generalized(text):
    return tlv(24, text)


BAD_DATE = ["malformed-certificate"]
for _label, _value in {
    "no-seconds": utc(b"2601010000Z"), "offset": utc(b"260101000000+0100"), "month-13": utc(b"261301000000Z"), "text": utc(b"yesterday"),
    "fraction": generalized(b"20260101000000.5Z"), "local": generalized(b"20260101000000"), "empty": utc(b""), "day-30-of-february": utc(b"260230000000Z"),
}.items():  # fmt: skip
    of_cert("before-" + _label, ALL, BAD_DATE, lambda c, v=_value: setattr(c, "before", v), ["notBefore|validity|first day"])
    of_cert("after-" + _label, ALL, BAD_DATE, lambda c, v=_value: setattr(c, "after", v), ["notAfter|validity|last day"])
of_cert("expired-generalized", ALL, ["expired"], lambda c: setattr(c, "after", generalized(b"20260601000000Z")), ["valid until 2026-06-01"])
of_cert("expired-in-1950", ALL, ["expired"], lambda c: (setattr(c, "before", utc(b"500101000000Z")), setattr(c, "after", utc(b"510101000000Z"))), ["valid until 1951-01-01"])
of_cert("year-9999", ALL, ["not-yet-valid"], lambda c: (setattr(c, "before", generalized(b"99980101000000Z")), setattr(c, "after", generalized(b"99991231235959Z"))), ["valid from 9998-01-01"])
of_cert("dates-swapped", ALL, ["not-yet-valid", "expired"], lambda c: (setattr(c, "before", "2027-06-01"), setattr(c, "after", "2026-06-01")))
of_cert("expired-this-second", ALL, ["expired"], lambda c: setattr(c, "after", utc(b"261120235959Z")), ["valid until 2026-11-20"])
kind("expired-everywhere", ("leaf",), ["expired"], lambda chain, place: [setattr(c, "after", "2026-06-01") for c in chain.certs().values()])
kind("expired-leaf-and-ca", LOWER_CAS, ["expired"], lambda chain, place: [setattr(c, "after", "2026-06-01") for c in (chain.leaf, chain.certs()[place])])

# ---- critical extensions --------------------------------------------------------------------------------------------------
POISON, QC, SUBJECT_INFO, DIRECTORY_ATTRIBUTES, NETSCAPE_COMMENT = "1.3.6.1.4.1.11129.2.4.3", "1.3.6.1.5.5.7.1.3", "1.3.6.1.5.5.7.1.11", "2.5.29.9", "2.16.840.1.113730.1.13"
CRITICAL = {
    "poison": (POISON, b"\5\0"), "qc": (QC, tlv(SEQUENCE)), "comment": (NETSCAPE_COMMENT, tlv(22, b"hi")), "attributes": (DIRECTORY_ATTRIBUTES, tlv(SEQUENCE)),
    "scts": (SCTS, tlv(OCTETS, b"\0\0")), "feature": (TLS_FEATURE, tlv(SEQUENCE, integer(5))), "ian": (IAN, dns("host.test")),
    "aia": (AIA, tlv(SEQUENCE, tlv(SEQUENCE, oid("1.3.6.1.5.5.7.48.2"), tlv(0x86, b"http://ca.test/")))),
    "freshest": (FRESHEST, tlv(SEQUENCE, tlv(SEQUENCE, tlv(0xA0, tlv(0xA0, tlv(0x86, b"http://ca.test/crl")))))),
    "long-oid": ("2.25.340282366920938463463374607431768211455", b"\5\0"),
}  # fmt: skip
for _label, (_oid, _der) in CRITICAL.items():
    of_cert("critical-" + _label, ALL, ["unknown-critical-extension"], lambda c, o=_oid, d=_der: c.set(o, d, True), [re.escape(_oid)])
of_cert("critical-ski", ALL, ["unknown-critical-extension"], lambda c: c.set(SKI, c.ext[SKI][1], True), [re.escape(SKI)])
of_cert("critical-aki", ALL, ["unknown-critical-extension"], lambda c: c.set(AKI, c.ext[AKI][1], True), [re.escape(AKI)])
of_cert("critical-two", ALL, ["unknown-critical-extension"], lambda c: (c.set("1.3.6.1.4.1.55555.9.1", b"\5\0", True), c.set("1.3.6.1.4.1.55555.9.2", b"\5\0", True)), ["55555"])

# ---- versions and roles ------------------------------------------------------------------------------------------------------
of_cert("version-2", LOWER_CAS, ["not-a-ca", "strict-profile"], lambda c: setattr(c, "version", 2))
of_cert("version-4", LOWER_CAS, ["not-a-ca", "strict-profile", "malformed-certificate"], lambda c: setattr(c, "version", 5))
of_cert("no-extensions", LOWER_CAS, ["not-a-ca"], lambda c: c.ext.clear())
of_cert("ca-usage-signature-only", CAS, ["not-a-ca", "issuer-refused"], lambda c: c.set(USAGE, usage(0)), ["keyCertSign"])
of_cert("ca-usage-empty", CAS, ["malformed-certificate", "not-a-ca", "issuer-refused"], lambda c: c.set(USAGE, tlv(3, b"\0")))
of_cert("leaf-usage-empty", ("leaf",), ["malformed-certificate", "wrong-purpose"], lambda c: c.set(USAGE, tlv(3, b"\0")))
of_cert("leaf-usage-zero", ("leaf",), ["malformed-certificate", "wrong-purpose"], lambda c: c.set(USAGE, tlv(3, b"\7\0")))
of_cert("basic-ca-twice-false", ("lower",), ["not-a-ca"], lambda c: c.set(BASIC, tlv(SEQUENCE, b"\1\1\0")))
of_cert("pathlen-1-of-2", ("root",), ["path-length"], lambda c: c.set(BASIC, basic(True, 0)), ["at most 0 CAs below"])
of_cert("pathlen-huge", ("root",), ["malformed-certificate", "path-length"], lambda c: c.set(BASIC, tlv(SEQUENCE, TRUE, tlv(2, b"\x7f" + bytes(20)))))
of_cert("eku-of-ca-code", CAS, ["wrong-purpose"], lambda c: c.set(EKU, purposes(CODE)), ["extendedKeyUsage codeSigning", "serverAuth"])
of_cert("eku-of-ca-any", CAS, ["wrong-purpose"], lambda c: c.set(EKU, purposes(ANY)), ["anyExtendedKeyUsage"])
of_cert("eku-of-ca-client", CAS, ["wrong-purpose"], lambda c: c.set(EKU, purposes(CLIENT)), ["extendedKeyUsage clientAuth"])
of_cert("eku-any", ("leaf",), ["wrong-purpose"], lambda c: c.set(EKU, purposes(ANY)), ["anyExtendedKeyUsage"])
of_cert("eku-unknown", ("leaf",), ["wrong-purpose"], lambda c: c.set(EKU, purposes("1.3.6.1.4.1.55555.7")), ["1\\.3\\.6\\.1\\.4\\.1\\.55555\\.7"])
of_cert("eku-ocsp", ("leaf",), ["wrong-purpose"], lambda c: c.set(EKU, purposes("1.3.6.1.5.5.7.3.9")))
of_cert("eku-empty", ("leaf",), ["malformed-certificate", "wrong-purpose"], lambda c: c.set(EKU, purposes()))
of_cert("eku-client-and-usage", ("leaf",), ["wrong-purpose"], lambda c: (c.set(EKU, purposes(CLIENT)), c.set(USAGE, usage(3))))
for _label, _bits in (("encipherment-only", (7,)), ("agreement-and-decipher", (8,))):
    if max(_bits) < 8:
        of_cert("usage-" + _label, ("leaf",), ["wrong-purpose"], lambda c, b=_bits: c.set(USAGE, usage(*b)))
of_cert("netscape-ca-none", LOWER_CAS, ["wrong-purpose", "not-a-ca"], lambda c: (c.ext.pop(BASIC), c.set(NETSCAPE_TYPE, tlv(3, b"\6\x40"))))
of_cert("proxy", ("leaf",), ["not-a-ca", "malformed-certificate"], lambda c: (c.ext.pop(SAN), setattr(c, "cn", tlv(SEQUENCE, *[tlv(0x31, tlv(SEQUENCE, oid("2.5.4.3"), tlv(12, n))) for n in (b"host.test", b"proxy")])),
        c.set("1.3.6.1.5.5.7.1.14", tlv(SEQUENCE, tlv(SEQUENCE, oid("1.3.6.1.5.5.7.21.1"))), True)), [])  # fmt: skip

# ---- policies ----------------------------------------------------------------------------------------------------------------
GOLD, SILVER, ANYP = "1.3.6.1.4.1.55555.3.1", "1.3.6.1.4.1.55555.3.2", "2.5.29.32.0"


def policies(*those):
    return tlv(SEQUENCE, *(tlv(SEQUENCE, oid(p)) for p in those))


def _explicit(chain, place):
    chain.certs()[place].set(POLICY_LIMITS, tlv(SEQUENCE, tlv(0x80, b"\0")), True)


kind("policy-explicit", CAS, ["policy"], _explicit)


def _explicit_differs(chain, place):
    _explicit(chain, place)
    for p, c in chain.certs().items():
        c.set(POLICIES, policies(GOLD if p != "leaf" else SILVER))


kind("policy-differs", CAS, ["policy"], _explicit_differs, [re.escape(SILVER)])


def _inhibit_any(chain, place):
    _explicit(chain, place)
    chain.certs()[place].set(ANY_POLICY, integer(0), True)
    for c in chain.certs().values():
        c.set(POLICIES, policies(ANYP))


kind("policy-any-inhibited", CAS, ["policy"], _inhibit_any)
of_cert("policy-twice", SIGNED, ["policy", "malformed-certificate"], lambda c: c.set(POLICIES, policies(GOLD, GOLD)))
of_cert("policy-empty", SIGNED, ["policy", "malformed-certificate"], lambda c: c.set(POLICIES, tlv(SEQUENCE)))
of_cert("policy-limits-empty", LOWER_CAS, ["policy", "malformed-certificate"], lambda c: c.set(POLICY_LIMITS, tlv(SEQUENCE), True))
of_cert("policy-mapping-any", LOWER_CAS, ["policy", "malformed-certificate"], lambda c: (c.set(POLICIES, policies(GOLD)), c.set(MAPPINGS, tlv(SEQUENCE, tlv(SEQUENCE, oid(ANYP), oid(GOLD))), True)))

# ---- identifiers -----------------------------------------------------------------------------------------------------------------
REFUSED = ["issuer-refused"]
of_cert("aki-of-root-stale", ("root",), ["issuer-refused", "issuer-unknown", "untrusted-root"], lambda c: c.set(AKI, tlv(SEQUENCE, tlv(0x80, b"\x22" * 20))), ["authorityKeyIdentifier|key identifier|identifies"],
        ["no root", "add the root"])  # fmt: skip
of_cert("ski-wrong", CAS, REFUSED, lambda c: c.set(SKI, tlv(OCTETS, b"\x33" * 20)), ["was signed by the key of|key fits"])
of_cert("ski-short", CAS, REFUSED, lambda c: c.set(SKI, tlv(OCTETS, b"\x33")), [])
of_cert("aki-short", SIGNED, REFUSED, lambda c: c.set(AKI, tlv(SEQUENCE, tlv(0x80, b"\x11"))))
of_cert("aki-empty", SIGNED, ["strict-profile"], lambda c: c.set(AKI, tlv(SEQUENCE)))
of_cert("aki-serial-only", SIGNED, REFUSED, lambda c: c.set(AKI, tlv(SEQUENCE, tlv(0x82, b"\x63"))))


def _aki_both(chain, place):
    issuer = chain.certs()[ISSUER[place]]
    chain.certs()[place].set(AKI, tlv(SEQUENCE, tlv(0x80, key_id(issuer.key)), tlv(0xA1, tlv(0xA4, name("Somebody"))), tlv(0x82, b"\x63")))


kind("aki-right-key-wrong-issuer", SIGNED, REFUSED, _aki_both, ["was signed by the key of"])


def _serial(value):
    return lambda c: setattr(c, "serial_der", value)


# ---- keys and signatures --------------------------------------------------------------------------------------------------------------
def new_key(label, places, causes, which, says=(), never=()):
    kind(label, places, causes, lambda chain, place: chain.new_key(place, which), says, never)


new_key("rsa-512", ALL, ["weak-key"], "rsa512", ["RSA 512"])
new_key("rsa-1023", ALL, ["weak-key"], "rsa1023", ["RSA 1023"])
new_key("rsa-2047", ALL, ["weak-key"], "rsa2047", ["RSA 2047"])
new_key("dsa-1024", ("leaf",), ["weak-key"], "dsa1024", ["DSA 1024"])

UNKNOWN_KEYS = {"ml-dsa": "2.16.840.1.101.3.4.3.18", "gost": "1.2.643.7.1.1.1.1", "private": "1.3.6.1.4.1.55555.4"}
for _label, _oid in UNKNOWN_KEYS.items():
    def _unknown(chain, place, o=_oid):
        cert = chain.certs()[place]
        cert.spki = tlv(SEQUENCE, tlv(SEQUENCE, oid(o)), tlv(3, b"\0" + bytes(range(64))))
    kind("key-unknown-" + _label, SIGNED, ["weak-key", "bad-signature", "issuer-refused"], _unknown, [re.escape(_oid), "does not know"], ["is weaker than"])

for _label, _digest in (("sha1", "sha1"), ("md5", "md5")):
    def _rsa(chain, place, d=_digest):
        chain.new_key(ISSUER[place], "rsa2048")
        chain.certs()[place].digest = d
    kind("rsa-" + _label, SIGNED, ["weak-digest"], _rsa, [_label.upper()])
kind("sha1-below-root-and-leaf", ("lower",), ["weak-digest"], lambda chain, place: [setattr(c, "digest", "sha1") for c in (chain.leaf, chain.lower, chain.upper)], ["SHA1"])


def _algorithm_unknown(chain, place):
    chain.certs()[place].algorithm = tlv(SEQUENCE, oid("1.3.6.1.4.1.55555.5"))


kind("signature-unknown", SIGNED, ["bad-signature", "issuer-refused", "weak-digest", "internal"], _algorithm_unknown, ["1\\.3\\.6\\.1\\.4\\.1\\.55555\\.5|does not know"])


def _cut_signature(der):
    return der


def _signature_of(value):
    def change(chain, place):
        chain.certs()[place].signature = value

    return change


kind("signature-empty", SIGNED, ["bad-signature"], _signature_of(b""))
kind("signature-short", SIGNED, ["bad-signature"], _signature_of(b"\x30\x06\x02\x01\x01\x02\x01\x01"))
kind("signature-garbage", SIGNED, ["bad-signature"], _signature_of(b"\xff" * 70))
kind("signature-other-algorithm", SIGNED, ["bad-signature", "issuer-refused"], lambda chain, place: setattr(chain.certs()[place], "algorithm", ALGORITHMS["rsa", "sha256"]))


# ---- which certificates are there ---------------------------------------------------------------------------------------------------------
def sent(label, places, causes, change, says=(), never=()):
    kind(label, places, causes, change, says, never)


STRANGER = Cert("Stranger", "Stranger", key("stranger"), key("stranger"), True)


def _extras(chain, place):
    chain.sent = [STRANGER, another(chain.leaf), chain.upper, chain.lower, another(chain.upper)]
    chain.certs()[place].after = "2026-06-01"


kind("expired-in-a-heap", ALL, ["expired", "incomplete-chain"], _extras)


def _depth(chain, place):
    chain.depth = {"lower": 0, "upper": 1}[place]


kind("too-deep", ("lower", "upper"), ["chain-too-long"], _depth)


def _self_signed(change):
    def make(chain, place):
        chain.leaf.issuer, chain.leaf.signer = chain.leaf.cn, chain.leaf.key
        chain.leaf.set(AKI, tlv(SEQUENCE, tlv(0x80, key_id(chain.leaf.key))))
        chain.sent = []
        change(chain)

    return make


kind("self-signed-expired", ("leaf",), ["self-signed", "expired"], _self_signed(lambda chain: setattr(chain.leaf, "after", "2026-06-01")), ["has expired"])
kind("self-signed-trusted-expired", ("leaf",), ["expired"], _self_signed(lambda chain: (setattr(chain.leaf, "after", "2026-06-01"), setattr(chain, "trusted", [chain.leaf]))))
kind("self-signed-other-name", ("leaf",), ["self-signed", "name-mismatch"], _self_signed(lambda chain: chain.leaf.set(SAN, dns("device.example"))), ["device.example"])
kind("self-signed-as-ca", ("leaf",), ["self-signed"], _self_signed(lambda chain: (chain.leaf.set(BASIC, basic(True)), chain.leaf.set(USAGE, usage(0, 5)))))
kind("self-signed-version-1", ("leaf",), ["self-signed", "name-mismatch", "no-san"], _self_signed(lambda chain: setattr(chain.leaf, "version", 1)))
kind("self-signed-bad-signature", ("leaf",), ["self-signed", "bad-signature", "issuer-unknown"], _self_signed(lambda chain: setattr(chain.leaf, "damage", lambda der: der[:-1] + bytes([der[-1] ^ 1]))))
kind("self-signed-no-usage", ("leaf",), ["self-signed"], _self_signed(lambda chain: [chain.leaf.ext.pop(o) for o in (USAGE, BASIC)]))
kind("self-signed-with-extras", ("leaf",), ["self-signed"], _self_signed(lambda chain: setattr(chain, "sent", [chain.lower, chain.upper])))


def _rogue(where):
    """A CA of the right name with another key, beside the right one; nothing tells them apart but the key."""

    def make(chain, place):
        right = chain.certs()[place]
        rogue = Cert(right.cn, right.issuer, key("rogue"), right.signer, True)
        del rogue.ext[SKI]
        below = chain.below(place)
        below.ext.pop(AKI)
        if where == "store":
            chain.trusted = [rogue, chain.root]
        else:
            chain.sent = [rogue, chain.lower, chain.upper]

    return make


kind("namesake-sent-first", LOWER_CAS, ["bad-signature", "wrong-path"], _rogue("sent"))
kind("namesake-in-the-store", LOWER_CAS, ["bad-signature", "wrong-path", "anchor-not-root", "issuer-refused"], _rogue("store"))


def _leaf_trusted(chain, place):
    chain.trusted = [chain.leaf]
    chain.sent = []
    chain.extra = [chain.lower, chain.upper, chain.root]


kind("only-the-leaf-trusted", ("leaf",), ["anchor-not-root", "issuer-unknown"], _leaf_trusted)


def _wrong_intermediates(chain, place):
    other = Cert("Former CA", "Forged Root", key("former"), key("root"), True)
    chain.sent = [other]


kind("former-intermediate-sent", ("lower",), ["incomplete-chain"], _wrong_intermediates)


def _root_only_sent(chain, place):
    chain.sent = [chain.root]


kind("only-the-root-sent", ("lower",), ["incomplete-chain"], _root_only_sent)


def _cross(chain, place):
    """The upper CA has a cross-certificate by an old root that has expired; the present root is in the store too."""
    old = Cert("Old Root", "Old Root", key("old root"), key("old root"), True)
    old.after = "2026-06-01"
    cross = another(chain.upper)
    cross.issuer, cross.signer, cross.serial = "Old Root", key("old root"), 99
    cross.set(AKI, tlv(SEQUENCE, tlv(0x80, key_id(key("old root")))))
    chain.sent = [chain.lower, cross]
    chain.trusted = [old, STRANGER]
    chain.extra = [chain.root]


kind("cross-to-an-expired-root", ("upper",), ["expired", "wrong-path"], _cross, ["Old Root"])
