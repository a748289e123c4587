# SPDX-License-Identifier: ISC
"""Memory runs out at any one call of the library's, or from one on: nothing that a rule demands is passed by, and no trust counts for another host."""
import pytest

from attackkit import A, HERE, OUT, Actor
from lib import once

pytestmark = pytest.mark.slow

UNTIL_BOUND = 10  # without any memory from the start, the library cannot even find OpenSSL's functions, and is not there
RENEGOTIATED = "connect store=public sni=a.test server=%s max=1.2 again=b.test %s\n"
CHECKED = "connect store=public sni=a.test check=b.test server=b-public\n"
SESSION = "connect store=public sni=a.test server=a save=0 ctx=0 max=%s\nconnect store=public sni=b.test server=b session=0 via=%s ctx=0 max=%s\n"
RESUMED = ("connect store=public sni=a.test server=%s max=1.2 ctx=0 save=0\n"
           "connect store=public sni=a.test server=%s max=1.2 ctx=0 session=0 again=b.test shortly\n")
ONLY = "[b.test]\nOnlyCAFile = CERTS/stranger.pem\n"
ADDRESS = "[127.0.0.0/8]\nOnlyCAFile = CERTS/stranger.pem\n"
PIN = "[b.test]\nPinSHA256 = " + "A" * 43 + "=\n"
ENFORCE = "[b.test]\nEnforceVerification = yes\n"


@pytest.mark.parametrize("how", ["FAIL_AT", "FAIL_FROM"])
@pytest.mark.parametrize("script,rules", [
    ("connect store=public sni=b.test server=c-public mode=none\n", ENFORCE),
    (CHECKED, PIN), (CHECKED, ONLY), (CHECKED.replace("b-", "c-").replace("\n", " mode=none\n"), ENFORCE),
    (RENEGOTIATED % ("ab", "then=ab"), A), (RENEGOTIATED % ("a", "shortly"), A), (RENEGOTIATED % ("a-public", "shortly"), ONLY),
    ("connect store=public also=a.test,b.test server=b-public\n", ONLY), ("connect store=public sni=a.test ip=127.0.0.1 server=loopback-public\n", ADDRESS),
    (RESUMED % ("a-public", "a-public"), ONLY), (RESUMED % ("a", "a"), A),
    (SESSION % ("1.2", "data", "1.2"), A), (SESSION % ("1.3", "data-der", "1.3"), A),
])
def test_memory_runs_out(library, certificates, tmp_path, script, rules, how):
    failing = once.compile_once(OUT / "libbad_malloc.so", HERE.parent / "traps/bad_malloc.c", ["-shared", "-fPIC", "-fno-builtin"])
    actor, count = Actor(f"{failing}:{library}", certificates, tmp_path), tmp_path / "count"
    actor.run(script, rules, FAIL_COUNT=str(count), TLSMEND_LOG="off")
    calls = int(count.read_text())
    assert calls > UNTIL_BOUND
    wrong = []
    for n in range(1 if how == "FAIL_AT" else UNTIL_BOUND, calls + 2):
        last = actor.attempt(script, rules, TLSMEND_LOG="off", **{how: str(n)})[-1]
        if last.startswith("good"):
            wrong.append((n, last))
    assert not wrong, calls
