# SPDX-License-Identifier: ISC
"""Certificates written byte by byte, since no well-behaved library writes what is wrong with some of them."""
import base64
import copy
import hashlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa

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
    """Of one common name; or bytes as they are."""
    if isinstance(cn, bytes):
        return cn
    return tlv(SEQUENCE, tlv(SET, tlv(SEQUENCE, oid("2.5.4.3"), tlv(12, cn.encode())))) if cn else tlv(SEQUENCE)


def time(text):
    """"2026-11-21": midnight, as UTCTime before 2050. Bytes as they are."""
    if isinstance(text, bytes):
        return text
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
                              dsa.generate_private_key(int(kind[3:])) if kind.startswith("dsa") else
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


_signatures = {}


def signed(tbs, signer, kind, digest):
    """The same for the same: a certificate that is sent and trusted is one, whenever it is written."""
    which = tbs, id(signer), digest.name
    if which not in _signatures:
        _signatures[which] = signer.sign(tbs, ec.ECDSA(digest)) if kind == "ec" else signer.sign(tbs, padding.PKCS1v15(), digest)
    return _signatures[which]


class Cert:
    """What a certificate says. Changed by a fault, then written."""

    def __init__(self, cn, issuer, k, signer, ca):
        self.cn, self.issuer, self.key, self.signer = cn, issuer, k, signer
        self.serial, self.version, self.digest = 4096 + len(cn) + ord(cn[-1]), 3, "sha256"
        self.before, self.after = "2026-01-01", "2028-01-01"
        self.inner_algorithm = self.algorithm = self.spki = self.signature = None
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
        algorithm = self.algorithm or ALGORITHMS[kind, self.digest]
        tbs = tlv(
            SEQUENCE, tlv(0xA0, integer(self.version - 1)) if self.version != 1 else b"", integer(self.serial),
            self.inner_algorithm or algorithm, name(self.issuer), tlv(SEQUENCE, time(self.before), time(self.after)),
            name(self.cn), self.spki or public(self.key), tlv(0xA3, self.extensions()) if self.version == 3 else b"",
        )  # fmt: skip
        digest = {"sha256": hashes.SHA256, "sha1": hashes.SHA1, "md5": hashes.MD5}[self.digest]()
        signature = self.signature if self.signature is not None else signed(tbs, self.signer, kind, digest)
        return self.damage(tlv(SEQUENCE, tbs, algorithm, tlv(BITS, b"\0", signature)))

    def pem(self):
        return pem(self)


def pem(what, label="CERTIFICATE"):
    text = base64.encodebytes(what.der()).decode()
    return "-----BEGIN %s-----\n%s-----END %s-----\n" % (label, text, label)


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
