# SPDX-License-Identifier: ISC
"""Many connections of one process at once, of clients that hand the bytes over by themselves: all sockets look alike then. Each failure is told once, with the
port and the cause of its own, and none is lost."""
import collections
import contextlib
import pathlib
import re

import pytest

from lib import dotnet
from lib.once import compile_once
from lib.run import BUILD

from .matrix import server, tables

HOST = server.HOST
CLOSED, CERTIFICATE = "closed-early", "client-certificate-missing"
FAULTS = {
    "good": None, "self-signed": "self-signed", "reset": CLOSED, "close": CLOSED, "reset-cert-1.3": CERTIFICATE, "wants-cert-1.3": CERTIFICATE,
    "hasty-cert-1.3": CERTIFICATE,
}  # fmt: skip


@pytest.fixture(scope="module")
def world(pki, servers):
    """[(port, cause)]"""
    certificates = server.Certificates(pki)
    with contextlib.ExitStack() as until:
        yield [(server.site(servers, certificates, "http", tables.FAULTS[name], until).port, cause) for name, cause in FAULTS.items()]


def _counted(records):
    """{(cause, port): how many failures}; a record may stand for several."""
    count = collections.Counter()
    for r in records:
        again = [int(m[1]) for n in r.get("notes") or [] for m in [re.match(r"repeated (\d+) times", n)] if m]
        count[r["cause"], r.get("port")] += 1 + sum(again)
    return dict(count)


def _asyncio(ca, count, ports):
    return ["/usr/bin/python3", "-B", pathlib.Path(__file__).with_name("parallel.py"), HOST, ca, count, *ports], 1


def _threads(ca, count, ports):
    program = compile_once(BUILD / "clients" / "parallel", pathlib.Path(__file__).with_name("parallel.c"), ["-lssl", "-lcrypto", "-lpthread"])
    return [program, HOST, ca, count, *ports], 12


def _dotnet(ca, count, ports):
    reason = dotnet.missing()
    if reason:
        pytest.skip(reason)
    return ["dotnet", dotnet.build(), "parallel", count, *("https://%s:%s/" % (HOST, p) for p in ports)], 1


@pytest.mark.parametrize("client", [_asyncio, _threads, _dotnet], ids=["asyncio", "threads", "dotnet"])
def test_each_with_its_own_port(run, world, pki, client):
    count = 6
    argv, times = client(pki.root_pem, count, [port for port, _ in world])
    done = run(argv, env={"SSL_CERT_FILE": pki.root_pem}, timeout=120)
    assert _counted(done.records) == {(cause, port): times * count for port, cause in world if cause}, done.records
