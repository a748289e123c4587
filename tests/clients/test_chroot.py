# SPDX-License-Identifier: ISC
"""Daemons that go into another root directory (chroot(2)) before they connect: what rules name is not to be found there."""
import os

import pytest

from clients.matrix import tables
from clients.table import DEBIAN_PYTHON, HERE
from lib import schema
from lib.run import HOSTS

HOST = "legacy.test"
PROGRAMS = HERE / "matrix/programs"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: chroot(2)")
@pytest.mark.parametrize("daemon, before, chroot, answer", [
    ("haproxy", "global\n", "\tchroot @here@\n", "200 OK"),
    ("stunnel", "pid =\n", "chroot = @here@\n", "HTTP/1.1"),
])
def test_daemon(run, pki, servers, daemon, before, chroot, answer):
    if tables.CLIENTS[daemon].missing():
        pytest.skip(tables.CLIENTS[daemon].missing())
    text = (PROGRAMS / (daemon + ".conf")).read_text()
    assert before in text
    run.write(daemon + ".conf", text.replace(before, before + chroot))
    port, = servers.nginx([(HOSTS[HOST], [HOST], pki.good(HOST), "")])
    argv = [DEBIAN_PYTHON, "-B", PROGRAMS / "front.py", run.scratch / daemon, HOST, port, 3, pki.stranger_pem]
    how = {"settings": {"TLSMEND_LOG": "stderr"}}  # a file is not to be found there either
    refused = run(argv, **how)
    assert answer not in refused.out and '"issuer-unknown"' in refused.err
    done = run(argv, **how, config=run.config((HOST, {"ExtraCAFile": pki.root_pem})))
    assert answer in done.out
    records = schema.records("".join(line + "\n" for line in done.err.splitlines() if line.startswith("{")))
    assert [r["event"] for r in records] == ["mended"]
