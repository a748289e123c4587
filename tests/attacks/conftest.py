# SPDX-License-Identifier: ISC
"""Fixtures of the attacks. What they are made of is in attackkit.py."""
import pytest

pytest.register_assert_rewrite("attackkit")

import attackkit  # noqa: E402


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    """The library under test, as it is at the start: a build beside the tests must not change it."""
    return attackkit.copy_library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    directory = tmp_path_factory.mktemp("certificates")
    attackkit.make_certificates(directory)
    return directory


@pytest.fixture
def actor(library, certificates, tmp_path):
    return attackkit.Actor(library, certificates, tmp_path)
