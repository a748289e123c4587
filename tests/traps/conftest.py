# SPDX-License-Identifier: ISC
"""Fixtures of the traps. What they are made of is in trapkit.py."""

import pytest

pytest.register_assert_rewrite("trapkit")

import copies  # noqa: E402
import trapkit  # noqa: E402
from lib.once import locked  # noqa: E402
from trapkit import OUT  # noqa: E402


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    directory = tmp_path_factory.mktemp("certificates")
    trapkit.make_certificates(directory)
    return directory


@pytest.fixture
def trap(library, certificates, tmp_path):
    return trapkit.Runner(library, certificates, tmp_path)


@pytest.fixture(scope="session")
def server(certificates):
    """Port of a server with the certificate of legacy.test."""
    with trapkit.running_server(certificates, "legacy") as port:
        yield port


def made_once(name, make):
    directory = OUT / name
    directory.mkdir(parents=True, exist_ok=True)
    with locked(OUT / (name + ".lock")):
        found = make(directory)
    if found is None:
        pytest.skip("no OpenSSL 3 among the system's libraries")
    return found


@pytest.fixture(scope="session")
def renamed_openssl():
    """[libssl, libcrypto]: the system's OpenSSL under other names."""
    return made_once("renamed", copies.renamed_copy)


@pytest.fixture(scope="session")
def leaving_openssl():
    """... that dlclose takes away."""
    return made_once("leaving", copies.leaving_copy)


@pytest.fixture(scope="session")
def openssl_111():
    with locked(OUT / "generation.lock"):
        found = copies.other_generation(OUT / "bullseye")
    if found is None:
        pytest.skip("OpenSSL 1.1.1: not in $TLSMEND_TEST_OPENSSL_111, and Debian 11's package cannot be fetched")
    return found
