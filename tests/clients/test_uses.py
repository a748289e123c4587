# SPDX-License-Identifier: ISC
"""Where a rule is used: said once a day for each host and rule in each process, each time at level info."""
import json
import subprocess

import pytest

from clients.table import DEBIAN_PYTHON, HERE
from lib.run import COMMAND, check_records

HOST = "legacy.test"
OTHER = "other.test"
LEVELS = ("warning", "info")


def loop(run, sites, hosts, level, **how):
    """One process that connects to each of these hosts in turn."""
    lines = "".join("%s %d\n" % (h, sites.https(h)[0]) for h in hosts)
    done = run([DEBIAN_PYTHON, HERE / "loop.py"], stdin=lines, settings={"TLSMEND_LOG_LEVEL": level}, **how)
    check_records(done)
    return done


def told(done, event):
    return [(r["host"], r["level"]) for r in done.of(event)]


@pytest.mark.parametrize("level", LEVELS)
def test_mended_is_told_once_a_day(run, sites, pki, level):
    rules = {HOST: pki.root_pem, OTHER: pki.root_pem}
    done = loop(run, sites, [HOST, HOST, OTHER, HOST, OTHER], level, extra_ca=rules)
    assert done.out.count("OK") == 5 and not done.failures
    firsts = [(HOST, "warning"), (OTHER, "warning")]
    again = [(HOST, "info"), (HOST, "info"), (OTHER, "info")] if level == "info" else []
    assert sorted(told(done, "mended")) == sorted(firsts + again)
    assert all("repeated" not in r["message"] for r in done.records)


@pytest.mark.parametrize("level", LEVELS)
def test_weakened_is_told_once_a_day(run, sites, pki, level):
    config = run.config((HOST, {"ExtraCAFile": pki.root_pem, "CipherString": "DEFAULT:@SECLEVEL=0", "Reason": "old firmware"}))
    done = loop(run, sites, [HOST] * 3, level, config=config)
    assert done.out.count("OK") == 3 and not done.failures
    wanted = ["warning", "info", "info"] if level == "info" else ["warning"]
    assert told(done, "weakened") == told(done, "mended") == [(HOST, w) for w in wanted]
    assert "old firmware" in str(done.of("weakened")[0]["notes"])


@pytest.mark.parametrize("level", LEVELS)
def test_key_past_its_until_is_told_once_a_day(run, sites, pki, level):
    config = run.config((HOST, {"ExtraCAFile": pki.root_pem, "CipherString": "DEFAULT:@SECLEVEL=0", "Until": "2020-01-31"}))
    done = loop(run, sites, [HOST] * 3, level, config=config)
    assert done.out.count("OK") == 3 and not done.of("weakened")
    assert told(done, "config_error") == [(HOST, w) for w in (["error", "info", "info"] if level == "info" else ["error"])]
    message = done.of("config_error")[0]["message"]
    assert "CipherString = DEFAULT:@SECLEVEL=0 for legacy.test:" in message and "2020-01-31" in message


def test_report_says_where(run, sites, pki):
    rules = {HOST: pki.root_pem, OTHER: pki.root_pem}
    done = loop(run, sites, [HOST, HOST, OTHER], "info", extra_ca=rules)
    got = subprocess.run([COMMAND, "report", "--format=json", "-"], input=done.log, text=True, capture_output=True, timeout=30)
    assert json.loads(got.stdout)["uses"]["mended"] == {"count": 3, "rules": 2, "hosts": 2, "programs": 1}


def test_a_child_tells_for_itself(run, sites, pki):
    """Each process says its own: nothing is kept outside of them."""
    port, _ = sites.https(HOST)
    argv = ["curl", "-sS", "-m", "20", "https://%s:%d/" % (HOST, port)]
    for _ in range(2):
        done = run(argv, extra_ca={HOST: pki.root_pem})
        assert done.code == 0 and told(done, "mended") == [(HOST, "warning")]
