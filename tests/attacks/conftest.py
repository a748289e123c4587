# SPDX-License-Identifier: ISC
"""Fixtures of the attacks. What they are made of is in attackkit.py."""
import pytest

pytest.register_assert_rewrite("attackkit")

import attackkit  # noqa: E402


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    directory = tmp_path_factory.mktemp("certificates")
    attackkit.make_certificates(directory)
    return directory


@pytest.fixture
def actor(library, certificates, tmp_path):
    return attackkit.Actor(library, certificates, tmp_path)
