# SPDX-License-Identifier: ISC
"""Verifications that are suspended and go on in any order: what is known of one hangs on its store context, not on the thread."""
import subprocess

import pytest

import attackkit
from attackkit import NOTHING

ONLY = "[a.test]\nOnlyCAFile = CERTS/stranger.pem\n"


def run(actor, rules, *args):
    done = subprocess.run([attackkit.build("jobs"), *args], env=actor.environment(rules), text=True, capture_output=True, timeout=attackkit.TIMEOUT)
    assert (done.returncode, done.stderr) == (0, ""), (done.returncode, done.stdout, done.stderr)
    return done.stdout.splitlines()


@pytest.mark.parametrize("jobs", [1, 2, 5])
@pytest.mark.parametrize("held", [0, 1, 4])
def test_suspended_verifications(actor, jobs, held):
    args = str(jobs), str(held)
    plain = run(actor, None, *args)
    assert plain == ["before 3", f"jobs {jobs} suspended 1", "after 20"]
    assert run(actor, NOTHING, *args) == plain
    assert run(actor, ONLY, *args) == ["before 0", f"jobs {jobs} suspended 1", "after 0"]
