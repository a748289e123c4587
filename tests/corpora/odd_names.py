# SPDX-License-Identifier: ISC
"""Names as they occur: what a certificate names, in every kind and form, and what a CA may certify, in every kind."""
import ipaddress
import re

from certs import CONSTRAINTS, SAN, SEQUENCE, SET, oid, tlv
from faults import CAS, FAULTS, tells

UTF8, PRINTABLE, TELETEX, IA5, UNIVERSAL, BMP = 12, 19, 20, 22, 28, 30


def rdn(*pairs):
    """One relative name out of (type, value[, string type])."""
    return tlv(SET, *(tlv(SEQUENCE, oid(p[0]), tlv(p[2] if len(p) > 2 else UTF8, p[1] if isinstance(p[1], bytes) else p[1].encode())) for p in pairs))


CN, C, O, OU, EMAIL = "2.5.4.3", "2.5.4.6", "2.5.4.10", "2.5.4.11", "1.2.840.113549.1.9.1"


def subject(*pairs):
    return tlv(SEQUENCE, *(rdn(p) for p in pairs))


def other_name(which, value):
    return tlv(0xA0, oid(which), tlv(0xA0, value))


UPN, SMTP_UTF8 = "1.3.6.1.4.1.311.20.2.3", "1.3.6.1.5.5.7.8.9"


def general(value):
    """Of a text with its kind; bytes as they are."""
    if isinstance(value, bytes):
        return value
    kind, _, rest = value.partition(":")
    if kind == "IP":
        return tlv(0x87, b"".join(ipaddress.ip_address(part).packed for part in rest.split("/")))
    return {"email": lambda: tlv(0x81, rest.encode()), "DNS": lambda: tlv(0x82, rest.encode()), "URI": lambda: tlv(0x86, rest.encode()),
            "RID": lambda: bytes([0x88]) + oid(rest)[1:]}[kind]()  # fmt: skip


def names(*values):
    return tlv(SEQUENCE, *(general(v) for v in values))


def limits(permitted=(), excluded=()):
    def trees(tag, values):
        return tlv(tag, *(tlv(SEQUENCE, general(n)) for n in values)) if values else b""

    return tlv(SEQUENCE, trees(0xA0, permitted), trees(0xA1, excluded))


# ---- what the leaf names -----------------------------------------------------------------------------------------------
def leaf_fault(label, causes, change, says=(), never=()):
    FAULTS[label] = (lambda chain, place: change(chain), ("leaf",), set(causes))
    tells(label, lambda place: (list(says), list(never)))


def named(label, host, san, causes, says=(), never=(), cn=None, kind="DNS"):
    """The client asks for `host`, the certificate has these names (None: no SAN) and this subject."""

    def change(chain):
        chain.host, chain.host_kind = host, kind
        chain.leaf.cn = "whoever" if cn is None else cn
        if san is None:
            del chain.leaf.ext[SAN]
        else:
            chain.leaf.set(SAN, names(*san))

    leaf_fault("names-" + label, causes, change, says, never)


MISMATCH, ADDRESS, NO_SAN = ["name-mismatch"], ["address-mismatch"], ["no-san"]
named("above-wildcard", "host.test.example", ["DNS:*.host.test.example"], MISMATCH, ["does not stand for host.test.example itself"])
named("two-labels", "a.b.host.test", ["DNS:*.host.test"], MISMATCH, ["stands for one label only"])
named("underscore", "a_b.host.test", ["DNS:*.host.test"], MISMATCH, ["underscore"])
named("broad-wildcard", "host.test", ["DNS:*.test"], MISMATCH, ["two labels after the asterisk"])
named("wildcard-in-the-middle", "a.b.host.test", ["DNS:a.*.host.test"], MISMATCH, ["takes the asterisk in a\\.\\*\\.host\\.test for no wildcard"])
named("wildcard-inside", "abc.host.test", ["DNS:a*c.host.test"], MISMATCH, ["takes the asterisk in a\\*c\\.host\\.test for no wildcard"])
named("two-wildcards", "a.b.host.test", ["DNS:*.*.host.test"], MISMATCH, ["takes the asterisk"])
named("wildcard-of-alabel", "xn--bcher-kva.host.test", ["DNS:xn--*.host.test"], MISMATCH, ["international name"])
named("dot-asked", "host.test.", ["DNS:host.test"], MISMATCH, ["only the dot at the end of host.test. differs"])
named("dot-in-certificate", "host.test", ["DNS:host.test."], MISMATCH, ["dot at the end"])
named("dot-before", "host.test", ["DNS:.host.test"], MISMATCH)
named("blank-before", "host.test", ["DNS: host.test"], MISMATCH, ['" host.test"|\\\\" host.test'])
named("blank-after", "host.test", ["DNS:host.test "], MISMATCH)
named("nul", "host.test", ["DNS:host.test\0.evil.example"], MISMATCH)
named("port", "host.test", ["DNS:host.test:443"], MISMATCH, ["no host name"])
named("url-as-dns", "host.test", ["DNS:https://host.test/"], MISMATCH, ["no host name"])
named("uri", "host.test", ["URI:https://host.test/"], MISMATCH, ["URI:"], cn="")
named("uri-and-cn", "host.test", ["URI:https://host.test/"], NO_SAN, ["no DNS name"])
named("email", "host.test", ["email:host.test"], MISMATCH, ["email:"], cn="")
named("list-in-one", "host.test", ["DNS:host.test,other.test"], MISMATCH, ["no host name"])
named("list-of-blanks", "host.test", ["DNS:other.test host.test"], MISMATCH, ["no host name"])
named("unicode", "xn--bcher-kva.test", [tlv(0x82, "b\u00fccher.test".encode())], MISMATCH)
named("latin", "xn--bcher-kva.test", [tlv(0x82, b"b\xfccher.test")], MISMATCH)
named("upn", "host.test", [other_name(UPN, tlv(UTF8, b"host.test"))], MISMATCH, ["otherName"], ["names no host", "names CN="], cn="")
named("rid", "host.test", ["RID:1.2.3.4"], MISMATCH, ["RID:1.2.3.4"], ["names no host"], cn="")
named("directory", "host.test", [tlv(0xA4, subject((CN, "host.test")))], MISMATCH, ["DirName:"], cn="")
named("empty-san", "host.test", [], MISMATCH, [], cn="")
named("empty-dns", "host.test", ["DNS:"], MISMATCH, [], cn="")
named("empty-dns-and-cn", "host.test", ["DNS:"], MISMATCH + NO_SAN)
named("nothing", "host.test", None, MISMATCH + NO_SAN, ["names no host"], cn="")
named("cn-beside-san", "host.test", ["DNS:other.test"], MISMATCH, ["other.test"], cn="host.test")
named("cn-beside-email", "host.test", ["email:a@b.example"], NO_SAN)
named("cn-only-broad-wildcard", "host.test", None, NO_SAN, ["two labels"], cn="*.test")
named("cn-only-other", "host.test", None, NO_SAN, ["another one"])
named("two-cns", "host.test", None, NO_SAN, ["one.test", "two.test"], cn=subject((CN, "one.test"), (CN, "two.test")))
named("cn-bmp", "host.test", None, NO_SAN, ["other.test"], cn=subject((CN, "other.test".encode("utf-16-be"), BMP)))
named("cn-universal", "host.test", None, NO_SAN, ["other.test"], cn=subject((CN, "other.test".encode("utf-32-be"), UNIVERSAL)))
named("cn-teletex", "host.test", None, NO_SAN, ["other.test"], cn=subject((CN, "other.test", TELETEX)))
named("cn-nul", "host.test", None, NO_SAN + MISMATCH, cn=subject((CN, "host.test\0.evil.example")))
named("no-cn", "host.test", None, MISMATCH + NO_SAN, ["names no host"], cn=subject((O, "host.test")))
for _label, _of in (("cn", None), ("dns", ["DNS:192.0.2.7"]), ("uri", ["URI:https://192.0.2.7/"]), ("other", ["IP:192.0.2.8"]),
                    ("mapped", ["IP:::ffff:192.0.2.7"]), ("short", [tlv(0x87, b"\xc0\0\2")]), ("long", [tlv(0x87, b"\xc0\0\2\7\xff\xff\xff\xff")]),
                    ("text", [tlv(0x87, b"192.0.2.7")]), ("empty", [tlv(0x87)]), ("names", ["DNS:host.test", "DNS:www.host.test"])):  # fmt: skip
    named("address-" + _label, "192.0.2.7", _of, ADDRESS, ["192.0.2.7"], ["certificate names 192.0.2.7"], cn="192.0.2.7" if _of is None else None, kind="IP")
for _label, _of in (("cn", None), ("dns", ["DNS:2001:db8::7"]), ("v4", ["IP:192.0.2.7"]), ("other", ["IP:2001:db8::8"]),
                    ("brackets", ["DNS:[2001:db8::7]"])):  # fmt: skip
    named("address6-" + _label, "2001:db8::7", _of, ADDRESS, ["2001:db8::7"], ["certificate names 2001:db8::7"], cn="2001:db8::7" if _of is None else None, kind="IP")


# ---- what a CA may certify ----------------------------------------------------------------------------------------------
# (label, the leaf's names, its subject, limits that fit, {permitted or excluded: [...]} that do not, what is shown of both)
OU_TEST = subject((C, "XX"), (O, "Corp"), (CN, "host.test"))


def directory(*pairs):
    return tlv(0xA4, subject(*pairs))


MATRIX = [
    ("dns", ["DNS:host.test"], "x", dict(permitted=["DNS:example"]), "only DNS:example", "DNS:host.test"),
    ("dns-dot", ["DNS:host.test"], "x", dict(permitted=["DNS:.host.test"]), "only DNS:.host.test", "DNS:host.test"),
    ("dns-third", ["DNS:host.test", "DNS:a.host.test", "DNS:x.example"], "x", dict(permitted=["DNS:host.test"]), "only DNS:host.test", "DNS:x.example"),
    ("dns-suffix", ["DNS:host.test", "DNS:nothost.test"], "x", dict(permitted=["DNS:host.test"]), "only DNS:host.test", "DNS:nothost.test"),
    ("dns-wildcard", ["DNS:host.test", "DNS:*.example"], "x", dict(permitted=["DNS:host.test"]), "only DNS:host.test", "DNS:*.example"),
    ("dns-case", ["DNS:HOST.test", "DNS:b.example"], "x", dict(permitted=["DNS:Host.Test"]), "only DNS:Host.Test", "DNS:b.example"),
    ("dns-not", ["DNS:host.test"], "x", dict(excluded=["DNS:example", "DNS:host.test"]), "not DNS:host.test", "DNS:host.test"),
    ("dns-not-any", ["DNS:host.test"], "x", dict(excluded=["DNS:"]), "not DNS:(any)", "DNS:host.test"),
    ("dns-not-below", ["DNS:host.test", "DNS:www.bad.test"], "x", dict(excluded=["DNS:bad.test"]), "not DNS:bad.test", "DNS:www.bad.test"),
    ("dns-both", ["DNS:host.test", "DNS:bad.host.test"], "x", dict(permitted=["DNS:host.test"], excluded=["DNS:bad.host.test"]),
     "not DNS:bad.host.test", "DNS:bad.host.test"),
    ("ip", ["DNS:host.test", "IP:192.0.2.7"], "x", dict(permitted=["IP:198.51.100.0/255.255.255.0"]), "only IP:198.51.100.0/255.255.255.0", "IP:192.0.2.7"),
    ("ip-mask", ["DNS:host.test", "IP:192.0.2.7"], "x", dict(permitted=["IP:192.0.2.6/255.255.255.255"]), "only IP:192.0.2.6/255.255.255.255", "IP:192.0.2.7"),
    ("ip-holes", ["DNS:host.test", "IP:192.0.2.7"], "x", dict(permitted=["IP:192.0.2.6/255.0.255.1"]), "only IP:192.0.2.6/255.0.255.1", "IP:192.0.2.7"),
    ("ip-not", ["DNS:host.test", "IP:192.0.2.7"], "x", dict(excluded=["IP:10.0.0.0/255.0.0.0", "IP:192.0.2.0/255.255.255.0"]), "not IP:192.0.2.0/255.255.255.0", "IP:192.0.2.7"),
    ("ip-not-all", ["DNS:host.test", "IP:192.0.2.7"], "x", dict(excluded=["IP:0.0.0.0/0.0.0.0"]), "not IP:0.0.0.0/0.0.0.0", "IP:192.0.2.7"),
    ("ip6", ["DNS:host.test", "IP:2001:db8::7"], "x", dict(permitted=["IP:2001:db9::/ffff:ffff::"]), "only IP:2001:db9::/ffff:ffff::", "IP:2001:db8::7"),
    ("ip6-not", ["DNS:host.test", "IP:2001:db8::7"], "x", dict(excluded=["IP:2001:db8::/ffff:ffff::"]), "not IP:2001:db8::/ffff:ffff::", "IP:2001:db8::7"),
    ("ip4-for-6", ["DNS:host.test", "IP:2001:db8::7"], "x", dict(permitted=["IP:192.0.2.0/255.255.255.0"]), "only IP:192.0.2.0/255.255.255.0", "IP:2001:db8::7"),
    ("ip-of-two", ["DNS:host.test", "IP:192.0.2.7", "IP:2001:db8::7"], "x", dict(permitted=["IP:192.0.2.0/255.255.255.0"]), "only IP:192.0.2.0/255.255.255.0", "IP:2001:db8::7"),
    ("email-host", ["DNS:host.test", "email:a@b.example"], "x", dict(permitted=["email:example"]), "only email:example", "email:a@b.example"),
    ("email-box", ["DNS:host.test", "email:a@b.example"], "x", dict(permitted=["email:c@b.example"]), "only email:c@b.example", "email:a@b.example"),
    ("email-case", ["DNS:host.test", "email:A@b.example"], "x", dict(permitted=["email:a@b.example"]), "only email:a@b.example", "email:A@b.example"),
    ("email-below", ["DNS:host.test", "email:a@b.example"], "x", dict(permitted=["email:.b.example"]), "only email:.b.example", "email:a@b.example"),
    ("email-not", ["DNS:host.test", "email:a@b.example"], "x", dict(excluded=["email:b.example"]), "not email:b.example", "email:a@b.example"),
    ("email-not-below", ["DNS:host.test", "email:a@c.b.example"], "x", dict(excluded=["email:.b.example"]), "not email:.b.example", "email:a@c.b.example"),
    ("email-quoted", ["DNS:host.test", 'email:"x@y"@b.example'], "x", dict(permitted=["email:c.example"]), "only email:c.example", None),
    ("uri", ["DNS:host.test", "URI:https://host.test/"], "x", dict(permitted=["URI:example"]), "only URI:example", "URI:https://host.test/"),
    ("uri-port", ["DNS:host.test", "URI:https://host.test:8443/x"], "x", dict(excluded=["URI:host.test"]), "not URI:host.test", "URI:https://host.test:8443/x"),
    ("uri-below", ["DNS:host.test", "URI:ldap://a.host.test/"], "x", dict(excluded=["URI:.host.test"]), "not URI:.host.test", "URI:ldap://a.host.test/"),
    ("uri-second", ["DNS:host.test", "URI:https://host.test/", "URI:http://x.example/a"], "x", dict(permitted=["URI:host.test"]), "only URI:host.test", "URI:http://x.example/a"),
    ("subject", ["DNS:host.test"], OU_TEST, dict(permitted=[directory((C, "YY"))]), "only DirName:C=YY", "subject CN=host.test,O=Corp,C=XX"),
    ("subject-string", ["DNS:host.test"], OU_TEST, dict(excluded=[directory((C, "XX", PRINTABLE), (O, "corp", PRINTABLE))]), "not DirName:O=corp,C=XX", "subject CN=host.test,O=Corp,C=XX"),
    ("subject-blanks", ["DNS:host.test"], subject((C, "XX"), (O, "A  Corp"), (CN, "h")), dict(excluded=[directory((C, "XX"), (O, "a corp"))]), "not DirName:O=a corp,C=XX", "subject CN=h,O=A  Corp,C=XX"),
    ("subject-order", ["DNS:host.test"], OU_TEST, dict(permitted=[directory((O, "Corp"), (C, "XX"))]), "only DirName:C=XX,O=Corp", "subject CN=host.test,O=Corp,C=XX"),
    ("subject-comma", ["DNS:host.test"], subject((O, "A, Inc."), (CN, "h")), dict(excluded=[directory((O, "A, Inc."))]), None, None),
    ("subject-not-any", ["DNS:host.test"], OU_TEST, dict(excluded=[directory()]), "not DirName:(any)", "subject CN=host.test,O=Corp,C=XX"),
    ("dirname", ["DNS:host.test", directory((C, "XX"), (O, "Corp"))], tlv(SEQUENCE), dict(permitted=[directory((C, "YY"))]), "only DirName:C=YY", "DirName:O=Corp,C=XX"),
    ("dirname-of-two", ["DNS:host.test", directory((C, "YY"))], OU_TEST, dict(permitted=[directory((C, "XX"))]), "only DirName:C=XX", "DirName:C=YY"),
    ("subject-email", ["DNS:host.test"], subject((CN, "x"), (EMAIL, "a@b.example", IA5)), dict(permitted=["email:c.example"]), "only email:c.example", "emailAddress=a@b.example"),
    ("subject-email-second", ["DNS:host.test"], subject((EMAIL, "a@c.example", IA5), (EMAIL, "a@b.example", IA5)), dict(permitted=["email:c.example"]), "only email:c.example", "emailAddress=a@b.example"),
    ("subject-email-not", ["DNS:host.test"], subject((EMAIL, "a@b.example", IA5), (CN, "x")), dict(excluded=["email:b.example"]), "not email:b.example", "emailAddress=a@b.example"),
    ("cn", None, "host.test", dict(permitted=["DNS:example"]), "only DNS:example", "CN=host.test"),
    ("cn-not", None, "host.test", dict(excluded=["DNS:test"]), "not DNS:test", "CN=host.test"),
    ("cn-beside-ip", ["IP:192.0.2.7"], "host.test", dict(permitted=["DNS:example"]), "only DNS:example", "CN=host.test"),
    ("cn-of-two", None, subject((CN, "bad.example"), (CN, "host.test")), dict(permitted=["DNS:test"]), "only DNS:test", "CN=bad.example"),
    ("cn-first-of-two", None, subject((CN, "host.test"), (CN, "bad.example")), dict(permitted=["DNS:test"]), "only DNS:test", "CN=bad.example"),
    ("utf8-mail", ["DNS:host.test", other_name(SMTP_UTF8, tlv(UTF8, "\u00e4@b.example".encode()))], "x", dict(permitted=["email:c.example"]), "only email:c.example", None),
]  # fmt: skip

for _label, _san, _subject, _limits, _shown, _name in MATRIX:

    def _limited(chain, place, san=_san, of=_subject, those=_limits):
        for other, cert in chain.certs().items():
            if other not in (place, "leaf") and "permitted" not in those:
                cert.set(CONSTRAINTS, limits(excluded=["DNS:elsewhere.example", "email:elsewhere.example"]), True)
        chain.leaf.cn = of
        if san is None:
            del chain.leaf.ext[SAN]
        else:
            chain.leaf.set(SAN, names(*san))
        chain.certs()[place].set(CONSTRAINTS, limits(**those), True)

    # a limit on subjects is violated by the CAs below it first
    FAULTS["matrix-" + _label] = (_limited, ("lower",) if "subject" in _label or "dirname" in _label else CAS, {"name-constraint"})
    tells("matrix-" + _label, lambda place, shown=_shown, name=_name: (
        [r'"expected": "%s"' % re.escape(shown) if shown else "DirName", r'"presented": "%s"' % re.escape(name) if name else "",
         'the CA ."Forged %s' % place.capitalize()], ["elsewhere"]))  # fmt: skip


# What OpenSSL does not compare.
def _unlimited(label, causes, san, der, says):
    def change(chain, place):
        chain.leaf.set(SAN, names("DNS:host.test", *san))
        chain.certs()[place].set(CONSTRAINTS, der, True)

    FAULTS["limit-form-" + label] = (change, CAS, set(causes))
    tells("limit-form-" + label, lambda place: (says, []))


_limit_tree = lambda *parts: tlv(SEQUENCE, tlv(0xA0, tlv(SEQUENCE, *parts)))  # noqa: E731
_unlimited("minimum", ["name-constraint"], [], _limit_tree(general("DNS:test"), tlv(0x80, b"\1")), ["minimum or maximum"])
_unlimited("maximum", ["name-constraint"], [], _limit_tree(general("DNS:test"), tlv(0x81, b"\1")), ["minimum or maximum"])
_unlimited("other", ["name-constraint"], [other_name(UPN, tlv(UTF8, b"a@b"))], _limit_tree(other_name(UPN, tlv(UTF8, b"b"))), ["OpenSSL does not compare"])
_unlimited("rid", ["name-constraint"], ["RID:1.2.3"], _limit_tree(general("RID:1.2")), ["OpenSSL does not compare"])
_unlimited("mask", ["name-constraint"], ["IP:192.0.2.7"], _limit_tree(tlv(0x87, b"\xc0\0\2\0\xff\xff\xff")), [])
_unlimited("short-address", ["name-constraint"], [tlv(0x87, b"\xc0\0\2")], _limit_tree(general("IP:192.0.2.0/255.255.255.0")), [])
_unlimited("uri-relative", ["name-constraint"], ["URI:/path"], _limit_tree(general("URI:host.test")), [])
_unlimited("uri-mailto", ["name-constraint"], ["URI:mailto:a@b.example"], _limit_tree(general("URI:host.test")), [])
_unlimited("email-bare", ["name-constraint"], ["email:nobody"], _limit_tree(general("email:b.example")), [])


# OpenSSL compares no more than 2^20 pairs, and each part of the subject counts as a name: one limit more at the root, none too many below it.
def _too_many(chain, place):
    chain.leaf.cn = "host.test"
    chain.leaf.set(SAN, names("DNS:host.test", *("DNS:%d.host.test" % i for i in range(1022))))
    for other, cert in chain.certs().items():
        if other != "leaf":
            cert.set(CONSTRAINTS, limits(excluded=["DNS:%d.example" % i for i in range(1024 + (other == place))]), True)


FAULTS["too-many-limits"] = (_too_many, ("root",), {"name-constraint"})
tells("too-many-limits", lambda place: (["too many names and limits to compare", 'the CA ."Forged %s' % place.capitalize()], []))
