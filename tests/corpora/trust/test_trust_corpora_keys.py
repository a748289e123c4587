# SPDX-License-Identifier: ISC
"""The same chains under the keys that add no trust, but have a chain looked at otherwise."""
import pytest

from test_trust_corpora import CORPORA, Runs, differences, listed

WAYS = ["none", "trusted-first", "strict-no", "expect-same", "expect-other", "pin-wrong"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(480),
    pytest.mark.skipif(not (CORPORA / "limbo-core.json").exists(), reason="no corpora beside the checkout (%s)" % CORPORA),
    pytest.mark.xdist_group("trust-corpora-keys"),
]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return Runs(tmp_path_factory.mktemp("trust"), WAYS).lines


def gained(runs, way):
    """What is good under the key alone."""
    return [x for key, x in runs[way].items() if x.good and not runs["none"][key].good]


def test_trusted_first(runs):
    """... is what this OpenSSL does by itself."""
    assert differences(runs["none"], runs["trusted-first"]) == []


def test_the_name_that_is_asked_for_anyway(runs):
    assert listed(gained(runs, "expect-same")) == []


def test_another_name(runs):
    assert listed(gained(runs, "expect-other")) == []


def test_form_that_is_not_looked_at(runs):
    """Good is what is good without the strict profile, or for want of an anchor is not: that profile takes intermediates for anchors, too."""
    no_anchor = {2, 20}
    for x in gained(runs, "strict-no"):
        loose = runs["none"][x.id.replace("limbo-strict/", "limbo/"), x.way]
        assert x.way == "ssl" and x.id.startswith("limbo-strict/") and (loose.good or loose.error in no_anchor), (x.id, x.way, loose.error)
    assert gained(runs, "strict-no"), "the key does nothing any more"


def test_pin_that_no_chain_has(runs):
    assert listed(gained(runs, "pin-wrong")) == []
    assert listed(x for x in runs["pin-wrong"].values() if x.good and x.way == "ssl") == []
