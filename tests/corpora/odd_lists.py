# SPDX-License-Identifier: ISC
"""Revocation lists: what is wrong with the one that the client has, or that it has not."""
from certs import AKI, ALGORITHMS, BITS, CRL_POINTS, OCTETS, SEQUENCE, TRUE, USAGE, integer, key, key_id, name, oid, signed, time, tlv, usage
from cryptography.hazmat.primitives import hashes
from faults import FAULTS, tells

REASON, NUMBER, IDP, DELTA, ISSUER = ("2.5.29." + n for n in ("21", "20", "28", "27", "29"))
URL = "http://ca.test/list.crl"


class List:
    """A revocation list of the CA that issued the leaf, which is good."""

    def __init__(self, issuer, signer):
        self.issuer, self.signer, self.before, self.next = issuer, signer, "2026-11-01", "2027-01-01"
        self.entries, self.ext, self.damage = [], [(NUMBER, False, integer(1)), (AKI, False, tlv(SEQUENCE, tlv(0x80, key_id(signer))))], lambda der: der

    def revoke(self, serial, reason=None):
        more = tlv(SEQUENCE, _extension(REASON, False, tlv(10, bytes([reason])))) if reason is not None else b""
        self.entries.append(tlv(SEQUENCE, integer(serial), time("2026-10-05"), more))

    def der(self):
        algorithm = ALGORITHMS["ec", "sha256"]
        tbs = tlv(SEQUENCE, integer(1), algorithm, name(self.issuer), time(self.before), time(self.next) if self.next else b"",
                  tlv(SEQUENCE, *self.entries) if self.entries else b"", tlv(0xA0, tlv(SEQUENCE, *(_extension(*e) for e in self.ext))))  # fmt: skip
        return self.damage(tlv(SEQUENCE, tbs, algorithm, tlv(BITS, b"\0", signed(tbs, self.signer, "ec", hashes.SHA256()))))


def _extension(which, critical, der):
    return tlv(SEQUENCE, oid(which), TRUE if critical else b"", tlv(OCTETS, der))


def listed(label, causes, change, says=(), never=()):
    def make(chain, place):
        one = List(chain.lower.cn, chain.lower.key)
        chain.leaf.set(CRL_POINTS, tlv(SEQUENCE, tlv(SEQUENCE, tlv(0xA0, tlv(0xA0, tlv(0x86, URL.encode()))))))
        chain.lists = [one]
        change(chain, one)

    FAULTS["list-" + label] = (make, ("leaf",), set(causes))
    tells("list-" + label, lambda place: (list(says), list(never)))


INVALID, NONE = ["crl-invalid"], ["crl-unavailable"]
listed("revoked", ["revoked"], lambda chain, one: one.revoke(chain.leaf.serial), ["has withdrawn the server's certificate", "on 2026-10-05"])
for _number, _reason in ((1, "key"), (2, "CA"), (4, "superseded|replaced"), (5, "operation|longer in use|cessation"), (6, "hold|suspended")):
    listed("revoked-%d" % _number, ["revoked"], lambda chain, one, n=_number: one.revoke(chain.leaf.serial, n), [_reason])
listed("expired", INVALID, lambda chain, one: setattr(one, "next", "2026-11-10"), ["has expired on 2026-11-10", "Forged Lower CA"])
listed("not-yet-valid", INVALID, lambda chain, one: (setattr(one, "before", "2027-01-01"), setattr(one, "next", "2027-02-01")), ["is not valid before 2027-01-01"])
listed("date", INVALID, lambda chain, one: setattr(one, "before", tlv(23, b"261301000000Z")), ["date that cannot be read"])
listed("next-date", INVALID, lambda chain, one: setattr(one, "next", tlv(23, b"2613")), ["date that cannot be read"])
listed("signature", INVALID, lambda chain, one: setattr(one, "damage", lambda der: der[:-1] + bytes([der[-1] ^ 1])), ["signature that does not fit"])
listed("critical", INVALID, lambda chain, one: one.ext.append(("1.3.6.1.4.1.55555.8", True, b"\5\0")), ["critical extension"])
listed("of-another", NONE, lambda chain, one: (setattr(one, "issuer", "Another CA"), setattr(one, "signer", key("another"))), ["Forged Lower CA", "1 of another CA", URL.replace(".", "\\.")])
listed("of-its-root", NONE, lambda chain, one: (setattr(one, "issuer", chain.upper.cn), setattr(one, "signer", chain.upper.key)), ["is not loaded", "Forged Lower CA"])
listed("no-crl-sign", INVALID, lambda chain, one: chain.lower.set(USAGE, usage(5)), ["without cRLSign"])
listed("only-cas", NONE, lambda chain, one: one.ext.append((IDP, True, tlv(SEQUENCE, tlv(0x82, b"\xff")))), ["not the one for"])
listed("only-attributes", NONE + INVALID, lambda chain, one: one.ext.append((IDP, True, tlv(SEQUENCE, tlv(0x85, b"\xff")))))
listed("some-reasons", NONE, lambda chain, one: one.ext.append((IDP, True, tlv(SEQUENCE, tlv(0x83, b"\6\x40")))), ["revocation list"])
listed("delta-alone", NONE + INVALID, lambda chain, one: one.ext.append((DELTA, True, integer(1))))
listed("idp-broken", NONE + INVALID, lambda chain, one: one.ext.append((IDP, True, b"\x30\x05\x02")))
listed("of-a-namesake", INVALID + NONE, lambda chain, one: setattr(one, "signer", key("rogue")), [])
listed("expired-leaf-too", INVALID + ["expired"], lambda chain, one: (setattr(one, "next", "2026-11-10"), setattr(chain.leaf, "after", "2026-11-10")), ["2026-11-10"])
