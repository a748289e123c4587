# SPDX-License-Identifier: ISC
"""Fixtures of the end-to-end tests. See lib/ for certificates, servers and the runner, clients/table.py for clients."""
import contextlib
import os
import pathlib
import shutil
import tempfile

import pytest

from clients.table import SYSTEM_BUNDLE
from lib import pki as pki_module
from lib import proof, quick
from lib import run as run_module
from lib import servers as servers_module


@pytest.fixture(scope="session")
def world_directory():
    """Below /tmp, not below pytest's own directory: unprivileged users (PostgreSQL, nobody) must get in."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="tlsmend-tests-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    """The library under test, as it is at the start: a build beside the tests must not change it. Its absence fails a test."""
    assert run_module.LIBRARY.exists(), f"{run_module.LIBRARY} is not built"
    return shutil.copy(run_module.LIBRARY, tmp_path_factory.mktemp("library") / run_module.LIBRARY.name)


@pytest.fixture(scope="session")
def pki(world_directory):
    return pki_module.Pki(world_directory / "pki")


@pytest.fixture(scope="session")
def servers(world_directory):
    with contextlib.closing(servers_module.Servers(world_directory / "servers")) as s:
        yield s


@pytest.fixture(autouse=True)
def odd_servers_end(request):
    yield
    if "servers" in request.fixturenames:
        request.getfixturevalue("servers").end_test()


class Sites:
    """The servers that many tests share, started when first asked for."""

    def __init__(self, pki, servers):
        self._pki, self._servers = pki, servers
        self._https = None
        self._postgres = None
        self._variants = None

    def https(self, host):
        """(port, identity) of nginx for a host, certificate from the private CA."""
        if self._https is None:
            sites = [(a, [h], self._pki.good(h), "") for h, a in run_module.HOSTS.items()]
            ports = self._servers.nginx(sites)
            self._https = {h: (port, site[2]) for h, port, site in zip(run_module.HOSTS, ports, sites)}
        return self._https[host]

    def postgres(self, host):
        reason = self._servers.postgres_missing()
        if reason:
            pytest.skip(reason)
        if self._postgres is None:
            names = ["legacy.test", "other.test"]
            identity = self._pki.good(*names)
            port = self._servers.postgres(identity, [run_module.HOSTS[n] for n in names])
            self._postgres = (port, identity)
        return self._postgres

    def variant(self, name, host="legacy.test"):
        """(port, identity) of nginx with a certificate that is wrong in one way."""
        if self._variants is None:
            names = list(pki_module.VARIANTS)
            sites = [(run_module.HOSTS[host], [host], self._pki.variant(n, host), "") for n in names]
            ports = self._servers.nginx(sites)
            self._variants = {n: (port, site[2]) for n, port, site in zip(names, ports, sites)}
        return self._variants[name]

    def of(self, client, host):
        return getattr(self, client.server)(host)


@pytest.fixture(scope="session")
def sites(pki, servers):
    return Sites(pki, servers)


OLD = "old.test"


@pytest.fixture(scope="session")
def old_server(pki, servers):
    """Port of one at old.test that speaks TLS 1.0 alone."""
    return servers.s_server(pki.good(OLD), run_module.HOSTS[OLD], "-tls1", "-cipher", "DEFAULT:@SECLEVEL=0").port


@pytest.fixture(scope="session")
def new_server(pki, servers):
    """... TLS 1.2 alone."""
    only_1_2 = ["-no_tls1", "-no_tls1_1", "-no_tls1_3", "-cipher", "DEFAULT:@SECLEVEL=2"]
    return servers.s_server(pki.good(OLD), run_module.HOSTS[OLD], *only_1_2).port


@pytest.fixture
def plain(world_directory, request, pki):
    """A runner for tests that go without the library."""
    if not os.path.exists(SYSTEM_BUNDLE):
        pytest.fail("no %s (ca-certificates): clients without a store fail otherwise" % SYSTEM_BUNDLE, pytrace=False)
    base = world_directory / "runs"
    base.mkdir(exist_ok=True)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="t", dir=base))
    # clients that run as another user write their log here
    scratch.chmod(0o777)
    yield run_module.Runner(scratch, world_directory)
    shutil.rmtree(scratch, ignore_errors=True)


@pytest.fixture
def run(plain):
    """A runner for tests of the library. Without the library these tests fail, they are not skipped."""
    if not run_module.LIBRARY.exists():
        pytest.fail("%s is not built; run make first" % run_module.LIBRARY, pytrace=False)
    return plain


skipped = pytest.StashKey()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    item.stash[skipped] = (yield).get_result().skipped


@pytest.fixture(autouse=True)
def cause_is_told(request):
    """A test that carries the marker cause(WORD) has shown that word in a record of a real client or a real library call; one that was skipped
    has shown nothing, and its own line says so."""
    run_module.told.clear()
    proof.unproven.clear()
    yield
    if request.node.stash.get(skipped, False):
        return
    if proof.unproven:
        pytest.fail("a record does not prove what it says:\n" + "\n".join(proof.unproven), pytrace=False)
    for marker in request.node.iter_markers("cause"):
        if marker.args[0] not in run_module.told:
            pytest.fail("no record of this test has the cause " + marker.args[0], pytrace=False)


def pytest_addoption(parser):
    parser.addoption("--quick", action="store_true", help="the first case of each test, and more where a test says so (lib/quick.py)")


def _list_causes(items):
    """For tests/causes/test_complete.py: the causes that have a case."""
    path = os.environ.get("TLSMEND_TEST_LIST_CAUSES")
    if path:
        words = sorted({m.args[0] for item in items for m in item.iter_markers("cause")})
        pathlib.Path(path).write_text("".join(w + "\n" for w in words))


@pytest.hookimpl(hookwrapper=True)
def pytest_collection_modifyitems(config, items):
    """A test that has the library and the clients it needs, but takes long for one client, says so itself."""
    for item in items:
        client = getattr(item, "callspec", None) and item.callspec.params.get("client")
        if client is not None and not getattr(client, "quick", True) and item.get_closest_marker("every_client") is None:
            item.add_marker(pytest.mark.slow)
    yield
    if config.getoption("quick"):
        chosen = quick.choose(items)
        config.hook.pytest_deselected(items=[i for i in items if i not in chosen])
        items[:] = [i for i in items if i in chosen]
    _list_causes(items)
