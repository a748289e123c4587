# SPDX-License-Identifier: ISC
"""scripts/setup: what it does where a package cannot be installed. With an apt-get of the test's own."""
import os
import pathlib
import subprocess

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]
# Knows all packages but those that begin with "no"; "-s" only looks.
APT_GET = """#!/bin/sh
echo "$*" >>calls
[ "$1 $2" != "-q update" ] || exit 0
words=
for word; do
	case $word in
	no*) exit 100 ;;
	-* | install | Dpkg*) ;;
	*) words="$words $word" ;;
	esac
done
case "$*" in *" -s "*) exit 0 ;; esac
[ ! -e offline ] || exit 100
touch $words
"""


def run_script(tmp_path, function, *names):
    table = "".join("%s file ./%s\n" % (name, name) for name in names)
    for name, text in (("apt-get", APT_GET), ("sudo", '#!/bin/sh\nexec "$@"\n')):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    # no daemons, so that nothing outside of here is touched
    script = 'set -eu; . "$1/scripts/lib.sh"; SERVICES=; %s "$2"; echo went on' % function
    return subprocess.run(["sh", "-c", script, "sh", str(TREE), table], cwd=tmp_path, capture_output=True, text=True, timeout=60,
                          env={"PATH": "%s:%s" % (tmp_path / "bin", os.environ["PATH"]), "TMPDIR": str(tmp_path)})


def installs(tmp_path):
    return [line for line in (tmp_path / "calls").read_text().splitlines() if " install " in line and " -s " not in line]


def test_one_that_is_not_there_keeps_no_other_away(tmp_path):
    r = run_script(tmp_path, "offer", "first", "none-such", "second")
    assert r.returncode == 0 and r.stdout.endswith("went on\n"), r
    assert (tmp_path / "first").exists() and (tmp_path / "second").exists(), r
    assert r.stderr.endswith("going on without: none-such \n") and len(installs(tmp_path)) == 2, r


@pytest.mark.parametrize("names", [("first", "second"), ()])
def test_all_at_once_where_all_are_there(tmp_path, names):
    r = run_script(tmp_path, "offer", *names)
    assert r.returncode == 0 and r.stderr == "" and all((tmp_path / name).exists() for name in names), r
    assert not names or len(installs(tmp_path)) == 1


def test_no_second_try_without_a_network(tmp_path):
    (tmp_path / "offline").touch()
    r = run_script(tmp_path, "offer", "first", "second")
    assert r.returncode == 0 and "going on without: first second" in r.stderr and len(installs(tmp_path)) == 1, r


def test_what_is_needed_has_to_be_there(tmp_path):
    r = run_script(tmp_path, "need", "first", "none-such")
    assert r.returncode != 0 and "went on" not in r.stdout, r
