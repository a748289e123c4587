# SPDX-License-Identifier: ISC
"""A handshake on something that is no connection: the program's own fault, said as such, and no other socket of the process is named."""
import contextlib
import socket
import threading

import pytest

from clients.table import DEBIAN_PYTHON
from lib.ports import free_port
from lib.run import HOSTS, only_failure
from lib.servers import reset_on_close

HERE = __file__.rsplit("/", 1)[0]
HOST = "legacy.test"
ADDRESS = HOSTS[HOST]


@pytest.fixture
def bystander():
    """Takes connections and does nothing with them."""
    with socket.create_server((ADDRESS, 0), backlog=8) as s:
        yield s.getsockname()[1]


@contextlib.contextmanager
def resets_the_second():
    """The first connection stays, the second is reset at once."""
    with socket.create_server((ADDRESS, 0), backlog=8) as s:
        s.settimeout(20)
        kept = []

        def serve():
            kept.append(s.accept()[0])
            second, _ = s.accept()
            reset_on_close(second)
            second.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield s.getsockname()[1]
        thread.join()
        kept[0].close()


def perl(kind, port):
    return ["perl", HERE + "/no_transport.pl", kind, ADDRESS, port, free_port(ADDRESS)]


def only(done, says):
    """One record, which blames nobody else."""
    record = only_failure(done, ["no-connection"], HOST, events=("handshake_failed",))
    assert says in record["why"]
    text = " ".join([record["message"], record["why"], *record["help"]])
    assert not any(word in text for word in ("firewall", "the network", "load balancer", "MaxProtocol"))
    return record


KINDS = {
    "none": "without giving OpenSSL a connection",
    "minus-one": "the number -1",
    "closed": "not open any more",
    "reused": "is another file by now",
    "unconnected": "connected to nobody",
    "refused": "connected to nobody",
    "shut": "itself ended the sending",
}


@pytest.mark.cause("no-connection")
@pytest.mark.parametrize("kind", list(KINDS))
def test_each_kind_of_no_connection(run, bystander, kind):
    argv = perl(kind, bystander)
    before = run(argv, library=False)
    done = run(argv)
    assert (done.code, done.out, done.err) == (before.code, before.out, before.err)
    record = only(done, KINDS[kind])
    if kind in ("shut", "refused"):
        assert record["port"] == (bystander if kind == "shut" else argv[-1])
    else:
        assert "port" not in record and "address" not in record, "another socket of the process"


def test_reset_by_the_peer_is_the_peers_doing(run):
    """The error number is the same."""
    with resets_the_second() as port:
        done = run(perl("reset", port))
    record = only_failure(done, ["closed-early"], HOST, port, events=("handshake_failed",))
    assert record["name"] == "Broken pipe"


PYTHON = """
import os, socket, ssl, sys
other = socket.create_connection((sys.argv[1], int(sys.argv[2])))
s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
t = ssl.create_default_context().wrap_socket(s, server_hostname="legacy.test", do_handshake_on_connect=False)
os.close(t.fileno())
try:
    t.do_handshake()
except OSError as e:
    print(e.errno)
t.detach()
"""


def test_closed_under_python(run, bystander):
    done = run([DEBIAN_PYTHON, "-c", PYTHON, ADDRESS, bystander])
    assert done.out == "9\n"
    record = only(done, "not open any more")
    assert "port" not in record and "address" not in record
