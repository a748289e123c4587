# SPDX-License-Identifier: ISC
"""Chains with one fault each: every kind of fault, at every place of a chain, in every situation of trust. In the form of x509-limbo.

Certificates are written byte by byte, since no well-behaved library writes what is wrong with these.
"""
import base64
import copy
import hashlib
import json
import random
import re
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

# ---- DER ---------------------------------------------------------------------------------------------------------------


def tlv(tag, *parts):
    body = b"".join(parts)
    n = len(body)
    size = b"" if n < 128 else n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 | len(size)]) + size + body if size else bytes([tag, n]) + body


def oid(dotted):
    numbers = [int(n) for n in dotted.split(".")]
    out = bytes([numbers[0] * 40 + numbers[1]])
    for n in numbers[2:]:
        digits = [n & 127]
        while n := n >> 7:
            digits.append(128 | n & 127)
        out += bytes(reversed(digits))
    return tlv(6, out)


def integer(n):
    return tlv(2, n.to_bytes(n.bit_length() // 8 + 1, "big", signed=True))


SEQUENCE, SET, OCTETS, BITS, TRUE = 0x30, 0x31, 4, 3, b"\x01\x01\xff"


def name(cn):
    return tlv(SEQUENCE, tlv(SET, tlv(SEQUENCE, oid("2.5.4.3"), tlv(12, cn.encode())))) if cn else tlv(SEQUENCE)


def time(text):
    """"2026-11-21": midnight, as UTCTime before 2050."""
    y, m, d = text.split("-")
    return tlv(23, f"{y[2:]}{m}{d}000000Z".encode()) if int(y) < 2050 else tlv(24, f"{y}{m}{d}000000Z".encode())


# ---- extensions --------------------------------------------------------------------------------------------------------
BASIC, USAGE, EKU, SAN, IAN, SKI, AKI = ("2.5.29." + n for n in ("19", "15", "37", "17", "18", "14", "35"))
CONSTRAINTS, POLICIES, MAPPINGS, POLICY_LIMITS, ANY_POLICY, CRL_POINTS, FRESHEST = (
    "2.5.29." + n for n in ("30", "32", "33", "36", "54", "31", "46")
)
AIA, TLS_FEATURE, PROXY, ADDRESSES, AS_NUMBERS = ("1.3.6.1.5.5.7.1." + n for n in ("1", "24", "14", "7", "8"))
NETSCAPE_TYPE, SCTS, PRIVATE = "2.16.840.1.113730.1.1", "1.3.6.1.4.1.11129.2.4.2", "1.3.6.1.4.1.55555.1.2"
SERVER, CLIENT, CODE, ANY = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.3", "2.5.29.37.0"


def basic(ca=True, pathlen=None):
    return tlv(SEQUENCE, TRUE if ca else b"", integer(pathlen) if pathlen is not None else b"")


def usage(*bits):
    value = sum(128 >> b for b in bits)
    unused = 7 - max(bits) if bits else 0
    return tlv(BITS, bytes([unused, value]))


def purposes(*oids):
    return tlv(SEQUENCE, *(oid(o) for o in oids))


def dns(*names):
    return tlv(SEQUENCE, *(general(n) for n in names))


def general(value):
    """A DNS name; or one of another kind, by its prefix."""
    kind, _, rest = value.partition(":")
    if kind == "IP":
        return tlv(0x87, bytes(int(n) for part in rest.split("/") for n in part.split(".")))
    if kind == "email":
        return tlv(0x81, rest.encode())
    if kind == "DirName":
        return tlv(0xA4, name(rest))
    return tlv(0x82, value.encode())


def subtrees(permitted=(), excluded=()):
    def trees(tag, names):
        return tlv(tag, *(tlv(SEQUENCE, general(n)) for n in names)) if names else b""

    return tlv(SEQUENCE, trees(0xA0, permitted), trees(0xA1, excluded))


def key_id(key):
    return hashlib.sha1(public(key)).digest()


# ---- keys ----------------------------------------------------------------------------------------------------------------
_keys = {}


def key(label, kind="p256"):
    if (label, kind) not in _keys:
        _keys[label, kind] = (ec.generate_private_key(ec.SECP256R1()) if kind == "p256" else
                              ec.generate_private_key(ec.SECP192R1()) if kind == "p192" else
                              rsa.generate_private_key(65537, int(kind[3:])))  # fmt: skip
    return _keys[label, kind]


def public(k):
    return k.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


ALGORITHMS = {  # (key, digest): the AlgorithmIdentifier
    ("ec", "sha256"): tlv(SEQUENCE, oid("1.2.840.10045.4.3.2")),
    ("ec", "sha1"): tlv(SEQUENCE, oid("1.2.840.10045.4.1")),
    ("rsa", "sha256"): tlv(SEQUENCE, oid("1.2.840.113549.1.1.11"), b"\5\0"),
    ("rsa", "sha1"): tlv(SEQUENCE, oid("1.2.840.113549.1.1.5"), b"\5\0"),
    ("rsa", "md5"): tlv(SEQUENCE, oid("1.2.840.113549.1.1.4"), b"\5\0"),
}


class Cert:
    """What a certificate says. Changed by a fault, then written."""

    def __init__(self, cn, issuer, k, signer, ca):
        self.cn, self.issuer, self.key, self.signer = cn, issuer, k, signer
        self.serial, self.version, self.digest = 4096 + len(cn) + ord(cn[-1]), 3, "sha256"
        self.before, self.after = "2026-01-01", "2028-01-01"
        self.inner_algorithm = self.spki = None
        self.damage = lambda der: der
        self.ext = {BASIC: (True, basic(ca)), SKI: (False, tlv(OCTETS, key_id(k))),
                    AKI: (False, tlv(SEQUENCE, tlv(0x80, key_id(signer))))}  # fmt: skip
        if ca:
            self.ext[USAGE] = (True, usage(5, 6))
        else:
            self.ext.update({USAGE: (True, usage(0)), EKU: (False, purposes(SERVER)), SAN: (False, dns("host.test"))})
        self.more = []

    def set(self, which, der, critical=None):
        self.ext[which] = (self.ext.get(which, (False,))[0] if critical is None else critical, der)

    def extensions(self):
        every = [(o, *e) for o, e in self.ext.items()] + self.more
        return tlv(SEQUENCE, *(tlv(SEQUENCE, oid(o), TRUE if critical else b"", tlv(OCTETS, der)) for o, critical, der in every))

    def der(self):
        kind = "ec" if isinstance(self.signer, ec.EllipticCurvePrivateKey) else "rsa"
        algorithm = ALGORITHMS[kind, self.digest]
        tbs = tlv(
            SEQUENCE, tlv(0xA0, integer(self.version - 1)) if self.version != 1 else b"", integer(self.serial),
            self.inner_algorithm or algorithm, name(self.issuer), tlv(SEQUENCE, time(self.before), time(self.after)),
            name(self.cn), self.spki or public(self.key), tlv(0xA3, self.extensions()) if self.version == 3 else b"",
        )  # fmt: skip
        digest = {"sha256": hashes.SHA256, "sha1": hashes.SHA1, "md5": hashes.MD5}[self.digest]()
        signature = (self.signer.sign(tbs, ec.ECDSA(digest)) if kind == "ec" else
                     self.signer.sign(tbs, padding.PKCS1v15(), digest))  # fmt: skip
        return self.damage(tlv(SEQUENCE, tbs, algorithm, tlv(BITS, b"\0", signature)))

    def pem(self):
        text = base64.encodebytes(self.der()).decode()
        return "-----BEGIN CERTIFICATE-----\n" + text + "-----END CERTIFICATE-----\n"


def another(cert):
    """The same, to be changed; keys are shared."""
    twin = copy.copy(cert)
    twin.ext, twin.more = dict(cert.ext), list(cert.more)
    return twin


class Chain:
    """root, two CAs below it, leaf: a new one for every fault."""

    def __init__(self):
        self.root = Cert("Forged Root", "Forged Root", key("root"), key("root"), True)
        self.upper = Cert("Forged Upper CA", "Forged Root", key("upper"), key("root"), True)
        self.lower = Cert("Forged Lower CA", "Forged Upper CA", key("lower"), key("upper"), True)
        self.leaf = Cert("host.test", "Forged Lower CA", key("leaf"), key("lower"), False)
        self.sent, self.trusted, self.host, self.now = None, None, "host.test", "2026-11-21"

    def certs(self):
        return {"leaf": self.leaf, "lower": self.lower, "upper": self.upper, "root": self.root}

    def below(self, place):
        """The certificate that this one issued."""
        return {"lower": self.leaf, "upper": self.lower, "root": self.upper}[place]

    def new_key(self, place, kind):
        """Its key is of another kind; what it issued is signed with that."""
        cert = self.certs()[place]
        cert.key = key(place, kind)
        cert.set(SKI, tlv(OCTETS, key_id(cert.key)))
        if cert is self.root:
            cert.signer = cert.key
            cert.set(AKI, tlv(SEQUENCE, tlv(0x80, key_id(cert.key))))
        if cert is not self.leaf:
            self.below(place).signer = cert.key
            self.below(place).set(AKI, tlv(SEQUENCE, tlv(0x80, key_id(cert.key))))


# What a record of the fault must say and must not, by its construction: regular expressions over the record without its chain. For the
# situation in which the root is trusted, and the fault alone.
TELLS = {}  # name -> function(place): (says, never)


def tells(label, function):
    TELLS[label] = function


# ---- faults --------------------------------------------------------------------------------------------------------------
FAULTS = {}  # name -> (function(chain, place), places, causes)
ALL, CAS, SIGNED, LOWER_CAS = ("leaf", "lower", "upper", "root"), ("lower", "upper", "root"), ("leaf", "lower", "upper"), ("lower", "upper")


def fault(places, *causes, label=None):
    def note(function):
        FAULTS[label or function.__name__.strip("_").replace("_", "-")] = (function, places, set(causes))
        return function

    return note


def cert_fault(label, places, causes, change):
    FAULTS[label] = (lambda chain, place: change(chain.certs()[place]), places, set(causes))


cert_fault("expired", ALL, ["expired"], lambda c: setattr(c, "after", "2026-06-01"))
cert_fault("not-yet-valid", ALL, ["not-yet-valid"], lambda c: setattr(c, "before", "2027-06-01"))
cert_fault("unknown-critical", ALL, ["unknown-critical-extension"], lambda c: c.set(PRIVATE, b"\5\0", True))
cert_fault("duplicate-private", ALL, ["malformed-certificate"], lambda c: c.more.extend([(PRIVATE, False, b"\5\0")] * 2))
cert_fault("wrong-signature", SIGNED, ["bad-signature"],
           lambda c: setattr(c, "damage", lambda der: der[:-1] + bytes([der[-1] ^ 1])))  # fmt: skip
cert_fault("weak-digest", SIGNED, ["weak-digest"], lambda c: setattr(c, "digest", "sha1"))

GARBAGE = {"garbage": b"\x30\x05\x02\x01", "empty": b"", "null": b"\5\0", "trailing": None}
for _label, _oid in dict(basic=BASIC, usage=USAGE, eku=EKU, san=SAN, ian=IAN, ski=SKI, aki=AKI, constraints=CONSTRAINTS,
                         policies=POLICIES, mappings=MAPPINGS, limits=POLICY_LIMITS, anypolicy=ANY_POLICY, crlpoints=CRL_POINTS,
                         freshest=FRESHEST, aia=AIA, feature=TLS_FEATURE, proxy=PROXY, addresses=ADDRESSES, asnumbers=AS_NUMBERS,
                         netscape=NETSCAPE_TYPE, scts=SCTS).items():  # fmt: skip
    for _kind, _bytes in GARBAGE.items():
        if _bytes is not None:
            cert_fault(f"{_label}-{_kind}", ("leaf", "lower"), ["malformed-certificate"],
                       lambda c, o=_oid, b=_bytes: c.set(o, b))  # fmt: skip
for _label, _oid in dict(basic=BASIC, usage=USAGE, ski=SKI, aki=AKI, san=SAN, eku=EKU).items():
    def _twice(c, o=_oid):
        c.set(o, c.ext.get(o, (False, dns("host.test") if o == SAN else purposes(SERVER)))[1])
        c.more.append((o, *c.ext[o]))
    cert_fault(f"{_label}-twice", ("leaf", "lower"), ["malformed-certificate"], _twice)


@fault(CAS, "weak-key")
def rsa_1024(chain, place):
    chain.new_key(place, "rsa1024")


@fault(("leaf",), "weak-key")
def rsa_1024_leaf(chain, place):
    chain.new_key(place, "rsa1024")


@fault(ALL, "weak-key")
def p192(chain, place):
    chain.new_key(place, "p192")


@fault(("lower", "upper", "leaf"), "weak-digest")
def md5(chain, place):
    issuer = {"leaf": "lower", "lower": "upper", "upper": "root"}[place]
    chain.new_key(issuer, "rsa2048")
    chain.certs()[place].digest = "md5"


@fault(CAS, "not-a-ca")
def ca_false(chain, place):
    chain.certs()[place].set(BASIC, basic(False))
    chain.certs()[place].ext[USAGE] = (True, usage(5, 6))


@fault(CAS, "not-a-ca")
def no_basic_constraints(chain, place):
    del chain.certs()[place].ext[BASIC]


@fault(CAS, "not-a-ca")
def neither_basic_nor_usage(chain, place):
    del chain.certs()[place].ext[BASIC], chain.certs()[place].ext[USAGE]


@fault(LOWER_CAS, "not-a-ca")
def version_1(chain, place):
    chain.certs()[place].version = 1


@fault(CAS, "not-a-ca", "issuer-refused")
def no_cert_sign(chain, place):
    chain.certs()[place].set(USAGE, usage(6))


@fault(("lower",), "not-a-ca", "malformed-certificate")
def pathlen_without_ca(chain, place):
    chain.certs()[place].set(BASIC, basic(False, 1))


@fault(("upper", "root"), "path-length")
def pathlen_0(chain, place):
    chain.certs()[place].set(BASIC, basic(True, 0))


@fault(("lower", "upper", "root"), "malformed-certificate")
def pathlen_negative(chain, place):
    chain.certs()[place].set(BASIC, basic(True, -1))


@fault(("leaf", "lower", "upper", "root"), "wrong-purpose")
def eku_client(chain, place):
    chain.certs()[place].set(EKU, purposes(CLIENT))


@fault(("leaf",), "wrong-purpose")
def eku_code_signing(chain, place):
    chain.certs()[place].set(EKU, purposes(CODE))


@fault(("leaf",), "wrong-purpose")
def usage_cert_sign_only(chain, place):
    chain.certs()[place].set(USAGE, usage(5))


@fault(("leaf",), "wrong-purpose")
def netscape_client_only(chain, place):
    chain.certs()[place].set(NETSCAPE_TYPE, tlv(BITS, b"\x07\x80"))


@fault(CAS, "name-constraint")
def permitted_other(chain, place):
    chain.certs()[place].set(CONSTRAINTS, subtrees(permitted=["other.example"]), True)


@fault(CAS, "name-constraint")
def excluded_this(chain, place):
    chain.certs()[place].set(CONSTRAINTS, subtrees(excluded=["test"]), True)


def _limits_elsewhere(chain, place):
    """Every other CA has limits too, and those fit."""
    for other, cert in chain.certs().items():
        if other not in (place, "leaf"):
            cert.set(CONSTRAINTS, subtrees(permitted=["test", "example"], excluded=["example.org"]), True)


for _label, _san, _limits, _shown, _name in (
    ("permitted-dns", ["host.test"], dict(permitted=["other.example", "www.example"]), "only DNS:other.example, DNS:www.example", "DNS:host.test"),
    ("permitted-dns-of-two", ["host.test", "www.example"], dict(permitted=["test"]), "only DNS:test", "DNS:www.example"),
    ("excluded-dns", ["host.test"], dict(excluded=["example.net", "test"]), "not DNS:test", "DNS:host.test"),
    ("permitted-ip", ["host.test", "IP:192.0.2.7", "IP:198.51.100.1"], dict(permitted=["test", "IP:192.0.2.0/255.255.255.0"]),
     "only IP:192.0.2.0/255.255.255.0", "IP:198.51.100.1"),
    ("excluded-ip", ["host.test", "IP:192.0.2.7"], dict(excluded=["IP:192.0.2.0/255.255.255.0"]), "not IP:192.0.2.0/255.255.255.0",
     "IP:192.0.2.7"),
    ("permitted-email", ["host.test", "email:a@b.example"], dict(permitted=["email:c.example"]), "only email:c.example", "email:a@b.example"),
    ("permitted-subject", ["host.test"], dict(permitted=["test", "DirName:Nobody"]), "only DirName:CN=Nobody", "subject CN=host.test"),
):  # fmt: skip

    def _limited(chain, place, san=_san, limits=_limits):
        _limits_elsewhere(chain, place)
        chain.leaf.set(SAN, dns(*san))
        chain.certs()[place].set(CONSTRAINTS, subtrees(**limits), True)

    # a limit on subjects is violated by the CAs below it first
    FAULTS["limits-" + _label] = (_limited, ("lower",) if "subject" in _label else CAS, {"name-constraint"})
    tells("limits-" + _label, lambda place, shown=_shown, name=_name: (
        [r'"expected": "%s"' % re.escape(shown), r'"presented": "%s"' % re.escape(name), 'the CA ."Forged %s' % place.capitalize()], []))  # fmt: skip


@fault(("leaf",), "name-mismatch")
def other_name(chain, place):
    chain.leaf.set(SAN, dns("other.test", "*.other.test"))


@fault(("leaf",), "no-san")
def no_san(chain, place):
    del chain.leaf.ext[SAN]
    chain.leaf.cn = "another"


@fault(("leaf",), "name-mismatch")
def wildcard_too_high(chain, place):
    chain.leaf.set(SAN, dns("*"))


@fault(SIGNED, "issuer-refused")
def other_key_id(chain, place):
    chain.certs()[place].set(AKI, tlv(SEQUENCE, tlv(0x80, b"\x11" * 20)))


@fault(SIGNED, "issuer-refused")
def other_issuer_serial(chain, place):
    issuer = {"leaf": "Forged Upper CA", "lower": "Forged Root", "upper": "Forged Root"}[place]
    aki = tlv(SEQUENCE, tlv(0xA1, tlv(0xA4, name(issuer))), tlv(0x82, b"\x63"))
    chain.certs()[place].set(AKI, aki)


@fault(SIGNED, "bad-signature", "issuer-refused")
def signed_by_a_stranger_of_that_name(chain, place):
    cert = chain.certs()[place]
    cert.signer = key("stranger")
    del cert.ext[AKI]


@fault(SIGNED, "bad-signature", "malformed-certificate", "issuer-refused", "internal")
def algorithms_differ(chain, place):
    chain.certs()[place].inner_algorithm = ALGORITHMS["rsa", "sha256"]


@fault(SIGNED, "issuer-refused", "bad-signature")
def rekeyed_issuer(chain, place):
    """The issuer that is sent or trusted has its old key."""
    issuer = {"leaf": chain.lower, "lower": chain.upper, "upper": chain.root}[place]
    issuer.key = key("old " + issuer.cn)
    issuer.set(SKI, tlv(OCTETS, key_id(issuer.key)))
    if issuer is chain.root:
        issuer.signer = issuer.key
        issuer.set(AKI, tlv(SEQUENCE, tlv(0x80, key_id(issuer.key))))


tells("other-key-id", lambda place: (["was signed by the key of", "has to issue .* again"], ["get the CA's present certificate"]))
tells("other-issuer-serial", lambda place: (["was signed by the key of", "has to issue .* again"], ["get the CA's present certificate"]))
tells("rekeyed-issuer", lambda place: (["its key did not sign"], ["was signed by the key of"]))
tells("expired", lambda place: (
    {"leaf": ["renew the certificate"], "root": ["is in the client's store, not among those"]}.get(place, ["the server's operator has to send"]),
    [] if place != "root" else ["server's operator"]))  # fmt: skip


@fault(SIGNED, "issuer-refused")
def renewed_issuer(chain, place):
    """Its issuer has a new certificate with the old key, and it names the old one by its serial number."""
    issuer = {"leaf": chain.lower, "lower": chain.upper, "upper": chain.root}[place]
    aki = tlv(SEQUENCE, tlv(0xA1, tlv(0xA4, name(issuer.issuer))), tlv(0x82, integer(issuer.serial)[2:]))
    chain.certs()[place].set(AKI, aki)
    issuer.serial += 100


tells("renewed-issuer", lambda place: (["was signed by the key of", "has to issue .* again"], ["get the CA's present certificate"]))


@fault(SIGNED, "issuer-unknown")
def name_of_its_issuer(chain, place):
    """It bears its issuer's name, and no identifiers tell the two apart."""
    cert = chain.certs()[place]
    below = None if cert is chain.leaf else chain.below(place)
    cert.cn = cert.issuer
    cert.ext.pop(AKI)
    if below is not None:
        below.issuer = cert.cn


tells("name-of-its-issuer", lambda place: (["bear one name", "its own key did not sign it"], ["signed by itself, no CA"]))


@fault(LOWER_CAS, "expired", "anchor-not-root")
def stale_copy_in_the_store(chain, place):
    stale = another(chain.certs()[place])
    stale.after = "2026-06-01"
    chain.trusted = [chain.root, stale]


tells("stale-copy-in-the-store", lambda place: (["take the certificate", "tried: without that certificate"], ["server's operator"]))


@fault(LOWER_CAS, "expired", "anchor-not-root")
def expired_in_the_store_and_not_sent(chain, place):
    chain.certs()[place].after = "2026-06-01"
    chain.trusted = [chain.root, chain.certs()[place]]
    chain.sent = [c for p, c in chain.certs().items() if p not in (place, "leaf", "root")]


tells("expired-in-the-store-and-not-sent", lambda place: (["put it there in place of this one"], ["server's operator"]))


@fault(LOWER_CAS, "issuer-unknown", "anchor-not-root")
def certified_twice(chain, place):
    """A second certificate of that CA by a root that nobody has; the first one's root is not there either."""
    twin = another(chain.certs()[place])
    twin.issuer, twin.signer, twin.serial = "Second Root", key("second root"), 77
    twin.set(AKI, tlv(SEQUENCE, tlv(0x80, key_id(twin.signer))))
    chain.sent = [chain.lower, chain.upper, twin]
    chain.trusted = [Cert("Stranger", "Stranger", key("stranger"), key("stranger"), True)]
    chain.extra = [chain.root]


tells("certified-twice", lambda place: (["Forged Root"], ["do not lead on from there"]))


@fault(("root",), "issuer-unknown")
def roots_that_certified_each_other(chain, place):
    ours, other = another(chain.root), Cert("Second Root", "Forged Root", key("second root"), key("root"), True)
    ours.issuer, ours.signer = "Second Root", key("second root")
    ours.set(AKI, tlv(SEQUENCE, tlv(0x80, key_id(ours.signer))))
    chain.sent = [chain.lower, chain.upper, ours, other]
    chain.trusted = [Cert("Stranger", "Stranger", key("stranger"), key("stranger"), True)]
    chain.extra = [chain.root]


tells("roots-that-certified-each-other", lambda place: (["certified each other"], ["in a circle"]))


for _label, _bits, _text in (("nonrepudiation", (1,), "nonRepudiation"), ("data", (3,), "dataEncipherment"), ("crl", (6,), "cRLSign")):
    FAULTS["usage-" + _label] = (lambda chain, place, b=_bits: chain.leaf.set(USAGE, usage(*b)), ("leaf",), {"wrong-purpose"})
    tells("usage-" + _label, lambda place, t=_text: (['"presented": "keyUsage %s"' % t, "digitalSignature"], ["serverAuth"]))
tells("eku-client", lambda place: (['"presented": "extendedKeyUsage clientAuth"', "extendedKeyUsage serverAuth"], []))


@fault(("lower", "upper"), "incomplete-chain", "intermediate-not-sent", "issuer-unknown")
def not_sent(chain, place):
    chain.sent = [c for p, c in chain.certs().items() if p not in (place, "leaf", "root")]


@fault(("lower",), "issuer-unknown", "incomplete-chain")
def only_the_leaf_sent(chain, place):
    chain.sent = []
    chain.leaf.set(AIA, tlv(SEQUENCE, tlv(SEQUENCE, oid("1.3.6.1.5.5.7.48.2"), tlv(0x86, b"http://ca.test/lower.crt"))))


@fault(("lower",), "intermediate-not-sent", "incomplete-chain")
def only_the_leaf_of_a_public_ca_sent(chain, place):
    chain.sent = []
    chain.leaf.set(POLICIES, tlv(SEQUENCE, tlv(SEQUENCE, oid("2.23.140.1.2.1"))))


@fault(("leaf",), "self-signed")
def self_signed(chain, place):
    chain.leaf.issuer, chain.leaf.signer = chain.leaf.cn, chain.leaf.key
    chain.leaf.set(AKI, tlv(SEQUENCE, tlv(0x80, key_id(chain.leaf.key))))
    chain.sent = []


@fault(("leaf",), "self-signed")
def self_signed_plain(chain, place):
    self_signed(chain, place)
    del chain.leaf.ext[AKI], chain.leaf.ext[SKI], chain.leaf.ext[USAGE], chain.leaf.ext[EKU]


@fault(("root",), "no-trust-store", "issuer-unknown")
def nothing_trusted(chain, place):
    chain.trusted = []


@fault(("lower", "upper"), "anchor-not-root")
def only_this_trusted(chain, place):
    chain.trusted = [chain.certs()[place]]
    chain.extra = [chain.root]


@fault(("root",), "untrusted-root", "issuer-unknown", "issuer-refused", "bad-signature")
def trusts_another_root_of_that_name(chain, place):
    other = Cert("Forged Root", "Forged Root", key("other root"), key("other root"), True)
    chain.trusted = [other]
    chain.extra = [chain.root]


@fault(("root",), "untrusted-root", "issuer-unknown")
def trusts_a_stranger(chain, place):
    chain.trusted = [Cert("Stranger", "Stranger", key("stranger"), key("stranger"), True)]
    chain.extra = [chain.root]


# ---- output ----------------------------------------------------------------------------------------------------------------
def case(label, chain, root_sent):
    sent = chain.sent if chain.sent is not None else [chain.lower, chain.upper]
    if root_sent:
        sent = [*sent, chain.root]
    trusted = chain.trusted if chain.trusted is not None else [chain.root]
    return {
        "id": label, "validation_kind": "SERVER", "trusted_certs": [c.pem() for c in trusted],
        "untrusted_intermediates": [c.pem() for c in sent], "peer_certificate": chain.leaf.pem(),
        "validation_time": chain.now + "T00:00:00+00:00", "expected_peer_name": {"kind": "DNS", "value": chain.host},
        "expected_peer_names": [], "max_chain_depth": None, "crls": [],
        "further_ca": [c.pem() for c in getattr(chain, "extra", [])],
    }  # fmt: skip


# What nobody can know while the root is neither sent nor trusted.
HIDDEN = {"wrong-signature/upper", "signed-by-a-stranger-of-that-name/upper", "algorithms-differ/upper"}


TRUST_FAULTS = ("only-this-trusted", "trusts-a-stranger", "nothing-trusted", "certified-twice", "roots-that-certified-each-other",
                "stale-copy-in-the-store", "expired-in-the-store-and-not-sent")  # fmt: skip


def hidden(label):
    """Would the root's own faults, or a signature that only the root can check, show only once it is there?"""
    *faults, trust = label.replace("+", "/+").split("/")
    places = list(zip(faults[0::2], faults[1::2]))
    unseen = trust == "unknown" or (trust == "trusted" and any(f.lstrip("+") in TRUST_FAULTS for f, _ in places))
    return unseen and any((place == "root" and f.lstrip("+") not in TRUST_FAULTS) or f"{f.lstrip('+')}/{place}" in HIDDEN
                          for f, place in places)  # fmt: skip


ANCHOR = {"trusted": [], "unknown": ["issuer-unknown"], "untrusted": ["untrusted-root"]}


def _in_situations(label, make, causes):
    for trust in ANCHOR:
        chain = make()
        if chain is None:
            return
        if trust != "trusted":
            if chain.trusted is not None:
                continue
            chain.trusted = [Cert("Stranger", "Stranger", key("stranger"), key("stranger"), True)]
            chain.extra = [chain.root]
        yield case(f"{label}/{trust}", chain, trust == "untrusted"), causes | set(ANCHOR[trust])


def cases(pairs=0, seed=1):
    """(case, causes that are right): every fault at every place, and `pairs` chains with two faults."""
    single = [(label, f, place, causes) for label, (f, places, causes) in FAULTS.items() for place in places]

    def one(f, place):
        chain = Chain()
        f(chain, place)
        return chain

    def two(f1, place1, f2, place2):
        try:
            chain = one(f1, place1)
            f2(chain, place2)
            for c in chain.certs().values():
                c.der()
        except (KeyError, TypeError):
            return None  # the second needs what the first took away
        return chain

    for label, f, place, causes in single:
        yield from _in_situations(f"{label}/{place}", lambda f=f, place=place: one(f, place), causes)
    chance = random.Random(seed)
    for _ in range(pairs):
        (l1, f1, p1, c1), (l2, f2, p2, c2) = chance.sample(single, 2)
        yield from _in_situations(f"{l1}/{p1}+{l2}/{p2}", lambda f1=f1, p1=p1, f2=f2, p2=p2: two(f1, p1, f2, p2), c1 | c2)


# A CA that has two certificates, as after a cross-signing: one is good and the other has a fault. OpenSSL takes the first that fits.
def alternatives():
    for label, (function, places, causes) in FAULTS.items():
        for place in LOWER_CAS:
            if place not in places:
                continue
            faulty = Chain()
            function(faulty, place)
            good = Chain()
            if faulty.sent is not None or faulty.trusted is not None or faulty.certs()[place].key is not good.certs()[place].key:
                continue
            twin = faulty.certs()[place]
            for order in ("first", "last"):
                chain = Chain()
                pair = [twin, chain.certs()[place]] if order == "first" else [chain.certs()[place], twin]
                chain.sent = [*pair, chain.upper] if place == "lower" else [chain.lower, *pair]
                yield case(f"two/{order}/{label}/{place}/trusted", chain, False), {"wrong-path"}


def told(label):
    """What the record says and never says, or None."""
    fault_label, _, rest = label.partition("/")
    place, _, trust = rest.partition("/")
    return TELLS[fault_label](place) if trust == "trusted" and "+" not in label and fault_label in TELLS else None


if __name__ == "__main__":
    out, right = [], {}
    for test, causes in [*cases(int(sys.argv[2]) if len(sys.argv) > 2 else 0), *alternatives()]:
        out.append(test)
        right[test["id"]] = [sorted(causes), hidden(test["id"]), told(test["id"])]
    with open(sys.argv[1] + "/limbo-core.json", "w") as f:
        json.dump({"version": 1, "testcases": out}, f)
    with open(sys.argv[1] + "/right.json", "w") as f:
        json.dump(right, f)
