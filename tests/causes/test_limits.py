# SPDX-License-Identifier: ISC
"""Limits of CAs on names (nameConstraints): the one that is violated, and the name that violates it, with its kind."""
import ipaddress

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from lib.pki import issue

from .conftest import HOST, curl, s_client
from .test_anchor import every_client, two_clients

DNS, IP, MAIL, DIRECTORY = x509.DNSName, x509.IPAddress, x509.RFC822Name, x509.DirectoryName
net = ipaddress.ip_network


def limits(permitted=(), excluded=()):
    der = x509.NameConstraints(list(permitted) or None, list(excluded) or None).public_bytes()
    return (x509.oid.ExtensionOID.NAME_CONSTRAINTS, der, True)


def chain_of(pki, upper, lower, leaf_names=(HOST,), cn=HOST, **leaf):
    """root, two CAs with these limits, leaf"""
    high = issue("High CA", pki.root, ca=True, extra=[upper] if upper else [])
    low = issue("Low CA", high, ca=True, extra=[lower] if lower else [])
    return issue(cn, low, names=list(leaf_names), **leaf), low, high


@pytest.mark.cause("name-constraint")
@every_client
@pytest.mark.parametrize("which", ["High CA", "Low CA"])
def test_the_violated_one_of_two(tell, show, pki, client, which):
    """The nearest CA's limits fit, or those of the CA above it do."""
    fits, violated = limits([DNS("test"), DNS("other.example")]), limits([DNS("example.com")])
    leaf, low, high = chain_of(pki, *((violated, fits) if which == "High CA" else (fits, violated)))
    told = tell(client(show(leaf, low, high).port, pki.root_pem), "name-constraint", leaf)
    assert told.expected == "only DNS:example.com" and told.presented == "DNS:" + HOST
    assert "the CA \"%s\" may certify only names within" % which in told.text()


@pytest.mark.cause("name-constraint")
@two_clients
def test_name_that_a_ca_excludes(tell, show, pki, client):
    leaf, low, high = chain_of(pki, limits(excluded=[DNS("example.com"), DNS("legacy.test"), IP(net("10.0.0.0/8"))]), None)
    told = tell(client(show(leaf, low, high).port, pki.root_pem), "name-constraint", leaf)
    assert told.expected == "not DNS:legacy.test" and told.presented == "DNS:" + HOST


@pytest.mark.cause("name-constraint")
@two_clients
def test_one_name_of_several(tell, show, pki, client):
    """The name that is asked for fits, and another one of the certificate does not."""
    leaf, low, high = chain_of(pki, None, limits([DNS("test")]), [HOST, "www.example.com"])
    told = tell(client(show(leaf, low, high).port, pki.root_pem), "name-constraint", leaf)
    assert told.presented == "DNS:www.example.com" and told.expected == "only DNS:test"


@pytest.mark.cause("name-constraint")
@two_clients
def test_address_that_a_ca_does_not_permit(tell, show, pki, client):
    allowed = limits([DNS("test"), IP(net("10.0.0.0/8")), IP(net("192.0.2.0/24"))])
    leaf, low, high = chain_of(pki, allowed, None, [HOST, "192.0.2.7", "198.51.100.1"])
    told = tell(client(show(leaf, low, high).port, pki.root_pem), "name-constraint", leaf)
    assert told.presented == "IP:198.51.100.1" and told.expected == "only IP:10.0.0.0/255.0.0.0, IP:192.0.2.0/255.255.255.0"
    assert "carries the address 198.51.100.1" in told.text()


@pytest.mark.cause("name-constraint")
@pytest.mark.parametrize("client", [curl, s_client], ids=lambda c: c.name)  # Python reads no common name
def test_common_name_in_place_of_a_dns_name(tell, show, pki, client):
    leaf, low, high = chain_of(pki, limits([DNS("example.com")]), None, ())
    told = tell(client(show(leaf, low, high).port, pki.root_pem), "name-constraint", leaf)
    assert told.presented == "CN=" + HOST and "OpenSSL compares its common name " + HOST in told.text()


@pytest.mark.cause("name-constraint")
@two_clients
def test_subject_that_a_ca_does_not_permit(tell, show, pki, client):
    wanted = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example")])
    leaf, low, high = chain_of(pki, None, limits([DNS("test"), DIRECTORY(wanted)]))
    told = tell(client(show(leaf, low, high).port, pki.root_pem), "name-constraint", leaf)
    assert told.presented == "subject CN=" + HOST and told.expected == "only DirName:O=Example,C=DE"


@pytest.mark.cause("name-constraint")
@two_clients
def test_more_than_can_be_compared(tell, show, pki, client):
    many = [DNS("n%d.test" % i) for i in range(1200)] + [DNS("test")]
    leaf, low, high = chain_of(pki, None, limits(many), [HOST, *("m%d.test" % i for i in range(1000))])
    told = tell(client(show(leaf, low, high).port, pki.root_pem), "name-constraint", leaf)
    assert told.code == 1 and "too many names and limits to compare" in told.text() and "\"Low CA\"" in told.text()
    assert "ExtraCAFile" not in told.help
