# SPDX-License-Identifier: ISC
"""A client that uses DANE (RFC 6698), as mail servers do: a TLSA record is one more anchor, which is not in the client's store. OnlyCAFile says that
nothing but its CAs counts, and a record that only restricts (usages 0 and 1) restricts as before."""
import pytest

from attackkit import A, NOTHING

ONLY = "[a.test]\nOnlyCAFile = CERTS/%s.pem\n"
ENFORCE = "[a.test]\nEnforceVerification = yes\n"
anchors = pytest.mark.parametrize("usage", [2, 3])


def line(server, usage, store="public", more=""):
    return f"connect store={store} sni=a.test server={server} dane={usage} {more}\n"


@anchors
def test_dane_good_connection_is_not_touched(actor, usage):
    plain = actor.run(line("a-stranger-all", usage))
    assert plain[0].startswith("good")
    assert actor.run(line("a-stranger-all", usage), NOTHING) == plain
    assert actor.run(line("a-stranger-all", usage), A) == plain
    assert actor.records() == []


@anchors
@pytest.mark.parametrize("store", ["public", "stranger"])
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_only_ca_file_holds_against_a_tlsa_record(actor, usage, store, version):
    script = line("a-stranger-all", usage, store, f"max={version}")
    assert actor.verdicts(script, ONLY % "public") == ["bad"]
    assert actor.verdicts(script, ONLY % "none") == ["bad"]
    assert actor.verdicts(script, ONLY % "stranger") == ["good"]
    assert actor.verdicts(script, ENFORCE + "OnlyCAFile = CERTS/public.pem\n") == ["bad"]


@anchors
def test_not_mended_where_the_record_did_it(actor, usage):
    assert actor.verdicts(line("a-all", usage), A) == ["good"]
    assert actor.records("mended") == []


@pytest.mark.parametrize("usage,extra,only", [(0, "good", "good"), (1, "bad", "bad")])
def test_what_restricts_goes_on_restricting(actor, usage, extra, only):
    """For usage 0 the record is of the CA, which sent it; for usage 1 it should be of the leaf, and is not."""
    assert actor.verdicts(line("a-all", usage), NOTHING) == ["bad"]
    assert actor.verdicts(line("a-all", usage), A) == [extra]
    assert actor.verdicts(line("a-all", usage), ONLY % "corp") == [only]
