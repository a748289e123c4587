# SPDX-License-Identifier: ISC
"""The quick tier (`make check`): something of everything, and no more than that."""
import os
import subprocess
import sys

import pytest

from lib.run import TREE

# Past it choose what is left out (`long`), or leave it to the whole check: nobody waits for a tier that is not quick.
MOST = 1400


@pytest.fixture(scope="module")
def collect(tmp_path_factory):
    """(what `pytest ARGUMENTS` would run, the causes that it shows)"""
    words = tmp_path_factory.mktemp("quick") / "causes"

    def of(*arguments):
        argv = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *arguments, str(TREE / "tests")]
        done = subprocess.run(argv, env={**os.environ, "TLSMEND_TEST_LIST_CAUSES": str(words)}, check=True, timeout=120, capture_output=True, text=True)
        return [line for line in done.stdout.splitlines() if "::" in line], words.read_text().split()

    return of


@pytest.mark.long
def test_something_of_everything(collect):
    (quick, shown), (all_cases, causes) = collect("--quick"), collect()
    files = {case.partition("::")[0] for case in quick}
    assert {f.partition("/")[0] for f in files} == {case.partition("/")[0] for case in all_cases} - {"generations", "suites"}, "those are slow, all of them"
    assert shown == causes
    assert len(files) < len(quick) <= MOST
