#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Makes the seeds of fuzz_record: small chains, sound and hostile, under tests/fuzz/corpus/fuzz_record.

Each seed is two bytes (event, verification code) and then certificates in DER, leaf first. Keys are new in every run, so
the seeds are committed; run this only to add one.
"""
import datetime
import ipaddress
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID, ObjectIdentifier

START = datetime.datetime(2026, 1, 1)
OUT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/fuzz/corpus/fuzz_record")


def name(*parts):
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def cn(text):
    return name((NameOID.COMMON_NAME, text))


def issue(subject, issuer, key, signer, extensions=(), days=365):
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
               .serial_number(x509.random_serial_number()).not_valid_before(START)
               .not_valid_after(START + datetime.timedelta(days=days)))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(signer, hashes.SHA256())


def der(*certificates):
    return b"".join(c.public_bytes(serialization.Encoding.DER) for c in certificates)


def san(*names):
    return (x509.SubjectAlternativeName(list(names)), False)


def ski(key):
    return (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)


def aki(key):
    return (x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False)


CA = (x509.BasicConstraints(ca=True, path_length=None), True)


def patched(data, old, new):
    """Same length, so that the DER around it stays sound; the signature does not matter here."""
    assert len(old) == len(new) and old in data
    return data.replace(old, new)


def main():
    root_key, inter_key, leaf_key, old_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(4))
    root = issue(cn("Corp Root CA"), cn("Corp Root CA"), root_key, root_key, [CA, ski(root_key)])
    old_root = issue(cn("Corp Root CA"), cn("Corp Root CA"), old_key, old_key, [CA, ski(old_key)])
    inter = issue(cn("Corp Issuing CA"), cn("Corp Root CA"), inter_key, root_key, [CA, ski(inter_key), aki(root_key)])
    url = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS,
                                 x509.UniformResourceIdentifier("http://ca.example/issuing.crt"))
    host = cn("legacy.example.com")
    leaf = issue(host, inter.subject, leaf_key, inter_key,
                 [san(x509.DNSName("legacy.example.com"), x509.IPAddress(ipaddress.ip_address("192.0.2.7"))), aki(inter_key),
                  (x509.AuthorityInformationAccess([url]), False),
                  (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)])
    own = issue(host, host, leaf_key, leaf_key)
    evil = "x\u0000y\n\u001b[31mred\u202etxt\u2028\u200b\"\\"
    hostile = issue(name((NameOID.COMMON_NAME, evil), (NameOID.ORGANIZATION_NAME, "a,b+c=d\r\n# {}[]")), inter.subject,
                    leaf_key, inter_key,
                    [san(x509.DNSName("a\x00b\n]["), x509.UniformResourceIdentifier("http://\x1b]0;title\x07/"))])
    names = [x509.DNSName(f"host{i}.example.com") for i in range(130)]
    many = issue(host, inter.subject, leaf_key, inter_key, [san(*names)])
    critical = issue(host, inter.subject, leaf_key, inter_key,
                     [(x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00"), True)])
    broken = issue(host, inter.subject, leaf_key, inter_key,
                   [(x509.UnrecognizedExtension(ObjectIdentifier("2.5.29.17"), b"\x30\x03\x82\x7f\x41"), False)])
    client = issue(host, inter.subject, leaf_key, inter_key,
                   [(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False)])
    marked = issue(cn("INVALIDUTF8NAME"), inter.subject, leaf_key, inter_key, [san(x509.DNSName("INVALIDUTF8NAME"))])

    seeds = {
        "chain": bytes([0, 20]) + der(leaf, inter),
        "complete": bytes([0, 19]) + der(leaf, inter, root),
        "leaf-only": bytes([0, 20]) + der(leaf),
        "gap": bytes([0, 20]) + der(leaf, root),
        "rekeyed-root": bytes([0, 20]) + der(inter, old_root),
        "self-signed": bytes([0, 18]) + der(own),
        "hostile": bytes([1, 10]) + der(hostile, inter),
        "many-names": bytes([0, 62]) + der(many, inter),
        "critical": bytes([0, 34]) + der(critical),
        "broken-san": bytes([0, 20]) + der(broken),
        "client-only": bytes([0, 26]) + der(client),
        "no-utf8": bytes([2, 20]) + patched(der(marked), b"INVALIDUTF8NAME", b"INV\xff\xfe\x80\xc0\xafTF8NAME"),
    }
    OUT.mkdir(parents=True, exist_ok=True)
    for seed, data in seeds.items():
        (OUT / seed).write_bytes(data)


if __name__ == "__main__":
    main()
