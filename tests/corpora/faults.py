# SPDX-License-Identifier: ISC
"""What can be wrong with a chain: each kind of fault, the places of a chain where it is made, and the causes that are right then."""
import re

from certs import *  # noqa: F403

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
