# SPDX-License-Identifier: ISC
"""A client that tries once more and offers less: the first failure is the cause, and what follows from it is not told."""
from clients.table import DEBIAN_PYTHON
from lib import tamper
from lib.run import HOSTS, check_records

HOST = "legacy.test"
RETRIES = """
import socket, ssl, sys
for version in sys.argv[3:]:
    context = ssl.create_default_context()
    context.maximum_version = getattr(ssl.TLSVersion, version)
    try:
        context.wrap_socket(socket.create_connection((sys.argv[1], int(sys.argv[2]))), server_hostname=sys.argv[1])
    except OSError as e:
        print(type(e).__name__)
"""


def refuses(connection, _):
    """Whatever has TLS 1.3: handshake_failure; anything else: protocol_version."""
    hello = tamper.read_record(connection)
    newest = any(k == tamper.SUPPORTED_VERSIONS and b"\x03\x04" in v for k, v in tamper.Hello(hello).extensions)
    connection.sendall(tamper.record(21, bytes([2, 40 if newest else 70])))


def causes(run, port, *versions):
    done = run([DEBIAN_PYTHON, "-c", RETRIES, HOST, port, *versions])
    check_records(done)
    assert len(done.out.split()) == len(versions)
    return [r["cause"] for r in done.records]


def test_the_first_attempt_tells(run, servers):
    port = servers.odd(HOSTS[HOST], refuses)
    assert causes(run, port, "TLSv1_3", "TLSv1_2") == ["handshake-refused"]


def test_another_attempt_that_offers_more_is_told(run, servers):
    port = servers.odd(HOSTS[HOST], refuses)
    assert causes(run, port, "TLSv1_2", "TLSv1_3") == ["client-too-old", "handshake-refused"]
