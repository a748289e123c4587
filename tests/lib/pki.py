# SPDX-License-Identifier: ISC
"""Certificates made on the fly: a private CA, good leaves, and one leaf per way in which a certificate can be wrong.

Everything satisfies X509_V_FLAG_X509_STRICT (which Python 3.13 sets), unless the variant is about that.
"""
import base64
import datetime
import hashlib
import ipaddress
import pathlib
import re

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID, ObjectIdentifier

# A placeholder arc inside 2.5.29, of the same encoded length as subjectAltName's: the builder refuses to write an
# extension twice, so the second one is written under this name, renamed in the TBS and signed anew.
_STAND_IN = ObjectIdentifier("2.5.29.99")
_STAND_IN_DER, _SAN_DER = b"\x06\x03\x55\x1d\x63", b"\x06\x03\x55\x1d\x11"
_UNKNOWN = ObjectIdentifier("1.3.6.1.4.1.55555.1.2")
# certificatePolicies: organization-validated, of the CA/Browser Forum. Only a public CA writes it, and those issue from intermediates only.
PUBLIC_CA = (ExtensionOID.CERTIFICATE_POLICIES, bytes.fromhex("300a3008060667810c010202"), False)
DAY = datetime.timedelta(days=1)


def now():
    return datetime.datetime.utcnow().replace(microsecond=0)


def _tlv(tag, body):
    n = len(body)
    if n < 0x80:
        return bytes([tag, n]) + body
    size = (n.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + n.to_bytes(size, "big") + body


def _sign_tbs(tbs, algorithm, key):
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(tbs, padding.PKCS1v15(), hashes.SHA256())
    else:
        signature = key.sign(tbs, ec.ECDSA(hashes.SHA256()))
    return _tlv(0x30, tbs + algorithm + _tlv(0x03, b"\0" + signature))


def _algorithm_of(der, tbs):
    """The signatureAlgorithm, which follows the TBS in the outer SEQUENCE."""
    at = der.index(tbs) + len(tbs)
    assert der[at] == 0x30 and der[at + 1] < 0x80
    return der[at : at + 2 + der[at + 1]]


def _general_name(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def usage_of(**on):
    every = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign "
        "crl_sign encipher_only decipher_only"
    ).split()
    return x509.KeyUsage(**{k: on.get(k, False) for k in every})


def pin(certificate):
    """Base64 SHA-256 of its SubjectPublicKeyInfo; of a Certificate, or of PEM."""
    key = x509.load_pem_x509_certificate(getattr(certificate, "pem", certificate)).public_key()
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


def fingerprint(certificate):
    """As people read it to each other."""
    return ":".join(re.findall("..", certificate.sha256.upper()))


class Certificate:
    """A certificate in DER, and its private key."""

    def __init__(self, der, key, subject):
        self.der, self.key, self.subject = der, key, subject

    @property
    def serial(self):
        return x509.load_der_x509_certificate(self.der).serial_number

    @property
    def sha256(self):
        return hashlib.sha256(self.der).hexdigest()

    @property
    def pem(self):
        text = base64.encodebytes(self.der).replace(b"\n", b"")
        lines = [text[i : i + 64] for i in range(0, len(text), 64)]
        return b"\n".join([b"-----BEGIN CERTIFICATE-----", *lines, b"-----END CERTIFICATE-----", b""])

    @property
    def key_pem(self):
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


class Identity:
    """What a server presents: files `chain` (leaf first) and `key`."""

    def __init__(self, leaf, others, directory, label):
        self.leaf, self.label = leaf, label
        self.chain = directory / (label + ".pem")
        self.key = directory / (label + ".key")
        self.chain.write_bytes(b"".join(c.pem for c in [leaf, *others]))
        self.key.write_bytes(leaf.key_pem)
        self.sha256 = leaf.sha256


def new_key(kind="ec"):
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    return ec.generate_private_key(ec.SECP256R1())


def issue(
    common_name,
    issuer=None,
    *,
    names=(),
    ca=None,
    path_length=None,
    key="ec",
    not_before=None,
    not_after=None,
    purposes=("server",),
    digest=None,
    key_identifiers=True,
    cert_sign=None,
    usage=None,
    permitted=None,
    authority=None,
    ca_issuers=None,
    extra=(),
    raw_san=None,
    second_san=False,
    break_signature=False,
):
    """One certificate, signed by `issuer` or by itself. `ca`: True, False (basicConstraints says so), None (absent).
    `authority`: the authorityKeyIdentifier instead of the issuer's."""
    key = new_key(key) if isinstance(key, str) else key
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name, _validate=False)])
    signing = issuer.key if issuer else key
    public = key.public_key()
    b = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before or now() - DAY)
        .not_valid_after(not_after or now() + 365 * DAY)
    )
    if ca is not None:
        b = b.add_extension(x509.BasicConstraints(ca, path_length if ca else None), critical=True)
    may_sign = bool(ca) if cert_sign is None else cert_sign
    if usage is not None:
        b = b.add_extension(usage, critical=True)
    elif may_sign:
        b = b.add_extension(usage_of(key_cert_sign=True, crl_sign=True), critical=True)
    else:
        b = b.add_extension(usage_of(digital_signature=True, key_encipherment=isinstance(key, rsa.RSAPrivateKey)), True)
    if not may_sign and purposes:
        oid = {"server": ExtendedKeyUsageOID.SERVER_AUTH, "client": ExtendedKeyUsageOID.CLIENT_AUTH,
               "ocsp": ExtendedKeyUsageOID.OCSP_SIGNING}  # fmt: skip
        b = b.add_extension(x509.ExtendedKeyUsage([oid[p] for p in purposes]), critical=False)
    if key_identifiers:
        b = b.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        b = b.add_extension(authority or x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), False)
    san = x509.SubjectAlternativeName([_general_name(n) for n in names]) if names else None
    if raw_san is not None:
        b = b.add_extension(x509.UnrecognizedExtension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, raw_san), False)
    elif san:
        b = b.add_extension(san, critical=False)
    if second_san:
        b = b.add_extension(x509.UnrecognizedExtension(_STAND_IN, san.public_bytes()), critical=False)
    if permitted:
        constraint = x509.NameConstraints([x509.DNSName(n) for n in permitted], None)
        b = b.add_extension(constraint, critical=True)
    if ca_issuers:
        access = x509.AccessDescription(
            x509.oid.AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(ca_issuers)
        )
        b = b.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    for oid, value, critical in extra:
        b = b.add_extension(x509.UnrecognizedExtension(oid, value), critical)
    made = b.sign(signing, digest or hashes.SHA256())
    der = made.public_bytes(serialization.Encoding.DER)
    if second_san:
        tbs = made.tbs_certificate_bytes
        algorithm = _algorithm_of(der, tbs)
        der = _sign_tbs(tbs.replace(_STAND_IN_DER, _SAN_DER), algorithm, signing)
    if break_signature:
        der = der[:-1] + bytes([der[-1] ^ 1])
    return Certificate(der, key, subject)


def revocation_list(issuer, *revoked, reason=x509.ReasonFlags.key_compromise, last=None, until=None, key=None):
    """A CRL in PEM. `key`: signs instead of the issuer's."""
    b = x509.CertificateRevocationListBuilder().issuer_name(issuer.subject)
    b = b.last_update(last or now() - DAY).next_update(until or now() + 30 * DAY)
    b = b.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
    for c in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(c.serial).revocation_date(now() - DAY)
        b = b.add_revoked_certificate(entry.add_extension(x509.CRLReason(reason), critical=False).build())
    return b.sign(key or issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


class Pki:
    """A private CA and what it issued, as files below `directory`."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.root = issue("tlsmend Test Root", ca=True, not_after=now() + 3650 * DAY)
        self.intermediate = issue("tlsmend Test Issuing CA", self.root, ca=True, path_length=0)
        self.stranger = issue("Unrelated Root", ca=True)
        self.root_pem = self.write("root.pem", self.root.pem)
        self.stranger_pem = self.write("stranger.pem", self.stranger.pem)
        self.empty_dir = self.directory / "no-certificates"
        self.empty_dir.mkdir(exist_ok=True)
        self._identities = {}

    def write(self, name, data):
        path = self.directory / name
        path.write_bytes(data)
        return path

    def identity(self, label, leaf, *others):
        return Identity(leaf, others, self.directory, re.sub(r"[^\w.-]", "_", label))

    def good(self, *names):
        """Leaf for these names, issued by the intermediate, which is presented too; the root is not, as is usual."""
        label = "good-" + "+".join(names)
        if label not in self._identities:
            leaf = issue(names[0], self.intermediate, names=names)
            self._identities[label] = self.identity(label, leaf, self.intermediate)
        return self._identities[label]

    def variant(self, name, host):
        label = name + "@" + host
        if label not in self._identities:
            leaf, *others = VARIANTS[name].make(self, host)
            self._identities[label] = self.identity(label, leaf, *others)
        return self._identities[label]


class Variant:
    """One way to be wrong. `code`: what OpenSSL 3.0 says, at `depth`, to a client that has the root. `causes`: what
    tlsmend may call it. `client`: `python` where only a client that refuses common names sees it."""

    def __init__(self, make, code, depth, *causes):
        self.make, self.code, self.depth, self.causes = make, code, depth, causes


def _leaf(**how):
    def make(pki, host):
        return [issue(host, pki.intermediate, **{"names": [host], **how}), pki.intermediate]

    return make


def _path_length(pki, host):
    below = issue("CA below a path length of 0", pki.intermediate, ca=True)
    return [issue(host, below, names=[host]), below, pki.intermediate]


def _name_constraint(pki, host):
    ca = issue("CA for allowed.test only", pki.root, ca=True, permitted=["allowed.test"])
    return [issue(host, ca, names=[host]), ca]


def _not_a_ca(pki, host):
    ca = issue("CA that is none", pki.root, ca=False, cert_sign=True)
    return [issue(host, ca, names=[host]), ca]


def _expired_intermediate(pki, host):
    ca = issue("CA that has expired", pki.root, ca=True, not_before=now() - 900 * DAY, not_after=now() - 2 * DAY)
    return [issue(host, ca, names=[host]), ca]


VARIANTS = {
    "expired": Variant(_leaf(not_before=now() - 90 * DAY, not_after=now() - DAY), 10, 0, "expired"),
    "expired-intermediate": Variant(_expired_intermediate, 10, 1, "expired"),
    "not-yet-valid": Variant(_leaf(not_before=now() + 2 * DAY), 9, 0, "not-yet-valid"),
    "wrong-name": Variant(_leaf(names=["elsewhere.test"]), 62, 0, "name-mismatch"),
    # The rule's name check accepts a common name as OpenSSL does; Python does not.
    "no-san": Variant(_leaf(names=()), 62, 0, "no-san"),
    "wrong-purpose": Variant(_leaf(purposes=("client",)), 26, 0, "wrong-purpose"),
    "bad-signature": Variant(_leaf(break_signature=True), 7, 0, "bad-signature"),
    "malformed-extension": Variant(_leaf(raw_san=b"\x30\x7fjunk"), 20, 0, "malformed-certificate"),
    "duplicate-extension": Variant(_leaf(second_san=True), 20, 0, "malformed-certificate"),
    "weak-key": Variant(_leaf(key="rsa1024"), 66, 0, "weak-key"),
    "weak-digest": Variant(_leaf(digest=hashes.SHA1()), 68, 0, "weak-digest"),
    "path-length": Variant(_path_length, 25, 2, "path-length"),
    "name-constraint": Variant(_name_constraint, 47, 0, "name-constraint"),
    "not-a-ca": Variant(_not_a_ca, 79, 1, "not-a-ca"),
    "unknown-critical": Variant(_leaf(extra=[(_UNKNOWN, b"\x05\x00", True)]), 34, 0, "unknown-critical-extension"),
}


def self_signed(pki, host):
    leaf = issue(host, names=[host])
    return pki.identity("self-signed@" + host, leaf)


def root_presented(pki, host):
    leaf = issue(host, pki.intermediate, names=[host])
    return pki.identity("root-presented@" + host, leaf, pki.intermediate, pki.root)


def intermediate_missing(pki, host):
    leaf = issue(host, pki.intermediate, names=[host], ca_issuers="http://127.0.0.1:9/issuing-ca.crt", extra=[PUBLIC_CA])
    return pki.identity("intermediate-missing@" + host, leaf)


# What a hostile issuer may write into a name: nothing of it may reach a terminal or break a line of the log.
HOSTILE_NAMES = {
    "newline": "evil\n{\"event\":\"forged\"}\r\ntlsmend: error[forged]",
    "escape": "evil\x1b]0;owned\x07\x1b[2J\x9b31m",
    "nul": "legacy.test\x00.evil.test",
    "bidi": "evil\u202e\u2066gnp.exe\u2028next\ufeff",
    "64k": "A" * 65000,
    # a page, a query, a shell's line, a format, a path, a section
    "words": "<b>'; DROP TABLE x;--$(id)`id`%n%s../../x\\ [*] #",
}


def hostile(pki, kind, host):
    leaf = issue(HOSTILE_NAMES[kind], pki.intermediate, names=[host])
    return pki.identity("hostile-" + kind, leaf, pki.intermediate)
