# SPDX-License-Identifier: ISC
"""What a certificate may be used for: the bit of keyUsage or the purpose that is missing, for the purpose that the program asks for."""
import pytest
from cryptography import x509

from lib.pki import issue, usage_of

from .conftest import HOST, s_client
from .test_anchor import every_client, two_clients

USAGE = x509.oid.ExtensionOID.KEY_USAGE


@pytest.mark.cause("wrong-purpose")
@every_client
def test_key_usage_without_what_a_server_needs(tell, show, pki, client):
    leaf = issue(HOST, pki.intermediate, names=[HOST], usage=usage_of(content_commitment=True, data_encipherment=True))
    told = tell(client(show(leaf, pki.intermediate).port, pki.root_pem), "wrong-purpose", leaf)
    assert told.presented == "keyUsage nonRepudiation, dataEncipherment"
    assert told.expected == "keyUsage digitalSignature, keyEncipherment or keyAgreement"
    assert "digitalSignature in its keyUsage" in told.help and "serverAuth" not in told.help, "that is there"


@pytest.mark.cause("wrong-purpose")
@two_clients
def test_both_are_wrong(tell, show, pki, client):
    leaf = issue(HOST, pki.intermediate, names=[HOST], usage=usage_of(content_commitment=True), purposes=("client",))
    told = tell(client(show(leaf, pki.intermediate).port, pki.root_pem), "wrong-purpose", leaf)
    assert told.presented == "extendedKeyUsage clientAuth" and "its keyUsage has none of digitalSignature" in told.notes


@pytest.mark.cause("wrong-purpose")
@two_clients
def test_ca_as_a_server(tell, show, pki, client):
    leaf = issue(HOST, pki.root, names=[HOST], ca=True)
    told = tell(client(show(leaf).port, pki.root_pem), "wrong-purpose", leaf)
    assert told.presented == "keyUsage keyCertSign, cRLSign" and "certificate of its own" in told.help and "serverAuth" not in told.help


@pytest.mark.cause("wrong-purpose")
def test_purpose_that_the_program_sets(tell, show, pki):
    """openssl s_client -purpose sslclient: what is asked for is a client's certificate."""
    leaf = issue(HOST, pki.intermediate, names=[HOST])
    told = tell(s_client(show(leaf, pki.intermediate).port, pki.root_pem, "-purpose", "sslclient"), "wrong-purpose", leaf)
    assert told.expected == "extendedKeyUsage clientAuth" and "serverAuth" not in told.help


@pytest.mark.cause("wrong-purpose")
@two_clients
def test_neither_server_nor_client(tell, show, pki, client):
    leaf = issue(HOST, pki.intermediate, names=[HOST], purposes=("ocsp",))
    told = tell(client(show(leaf, pki.intermediate).port, pki.root_pem), "wrong-purpose", leaf)
    assert told.expected == "extendedKeyUsage serverAuth" and told.presented == "extendedKeyUsage OCSPSigning"
