# SPDX-License-Identifier: ISC
"""A method of one version, which a rule may lift for one host: the SSL_CTX serves others, too, and those keep that one version."""
import pytest

from attackkit import NOTHING

OLD = "[old.test]\nMinProtocol = TLSv1.2\n"


def verdict(actor, rules, line):
    (answer,) = actor.run(f"connect store=public sni=%s server=c-public level=0 {line}\n" % "c.test", rules)
    return answer.split()[0], answer.split()[-1]


@pytest.mark.parametrize("line", ["fixed=1.2 smax=1.0", "fixed=1.2 loose smax=1.0", "fixed=1.2 after=1.0 smax=1.0", "fixed=1.2 loose min=1.0 max=1.3 smin=1.3",
                                  "fixed=1.0 loose smin=1.2", "fixed=1.0 max=1.3 smin=1.2"])
def test_other_hosts_keep_the_one_version(actor, line):
    assert verdict(actor, NOTHING, line)[0] == "bad"
    assert verdict(actor, OLD, line)[0] == "bad"


@pytest.mark.parametrize("line,version", [("fixed=1.2", "TLSv1.2"), ("fixed=1.2 loose", "TLSv1.2"), ("fixed=1.0", "TLSv1"), ("fixed=1.0 loose", "TLSv1")])
def test_other_hosts_have_that_version(actor, line, version):
    assert verdict(actor, NOTHING, line) == ("good", version)
    assert verdict(actor, OLD, line) == ("good", version)


def test_the_host_itself_is_lifted(actor):
    line = "connect store=public sni=old.test server=c-public fixed=1.0 level=0 smin=1.2 %s\n"
    assert actor.run(line % "", NOTHING)[0].startswith("bad")
    for more in "", "loose", "max=1.0":
        assert actor.run(line % more, OLD)[0].endswith("TLSv1.3")


def test_it_is_lifted_again_with_a_session(actor):
    """SSL_set_session() and SSL_clear() give an SSL its context's method back."""
    line = "connect store=public sni=old.test server=c-public fixed=1.0 level=0 smin=1.2 %s\n"
    answers = actor.run(line % "ctx=0 save=0 keep=1" + line % "ctx=0 session=0" + line % "reuse=1" + line % "ctx=0 session=0 reuse=1", OLD)
    assert [a.split()[0] for a in answers] == ["good"] * 4
    assert "resumed=1" in answers[1]


def test_a_session_of_other_trust_is_dropped(actor):
    """... and so does dropping a session at the start of a handshake."""
    rules = "[old.test]\nMinProtocol = TLSv1.2\nOnlyCAFile = CERTS/public.pem\n[c.test]\n"
    line = "connect store=public sni=%s server=%s fixed=1.0 level=0 %s\n"
    script = line % ("c.test", "c-public", "ctx=0 save=0") + line % ("old.test", "c-public", "ctx=0 session=0 smin=1.2")
    answers = actor.run(script, rules + "MaxProtocol = TLSv1.3\n")
    assert answers[0].startswith("good") and answers[1].startswith("bad")
