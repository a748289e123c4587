# SPDX-License-Identifier: ISC
"""Chains with one fault each: every kind of fault, at every place of a chain, in every situation of trust. In the form of x509-limbo."""
import json
import random
import sys

from certs import Cert, Chain, key, pem
from faults import FAULTS, LOWER_CAS, TELLS

import odd_forms  # noqa: F401
import odd_lists  # noqa: F401
import odd_names  # noqa: F401

# ---- output ----------------------------------------------------------------------------------------------------------------
def case(label, chain, root_sent):
    sent = chain.sent if chain.sent is not None else [chain.lower, chain.upper]
    if root_sent:
        sent = [*sent, chain.root]
    trusted = chain.trusted if chain.trusted is not None else [chain.root]
    return {
        "id": label, "validation_kind": "SERVER", "trusted_certs": [c.pem() for c in trusted],
        "untrusted_intermediates": [c.pem() for c in sent], "peer_certificate": chain.leaf.pem(),
        "validation_time": chain.now + "T00:00:00+00:00", "expected_peer_name": {"kind": getattr(chain, "host_kind", "DNS"), "value": chain.host},
        "expected_peer_names": [], "max_chain_depth": getattr(chain, "depth", None), "crls": [pem(x, "X509 CRL") for x in getattr(chain, "lists", [])],
        "further_ca": [c.pem() for c in getattr(chain, "extra", [])],
    }  # fmt: skip


# What nobody can know while the root is neither sent nor trusted.
HIDDEN = {"wrong-signature/upper", "signature-empty/upper", "signature-short/upper", "signature-garbage/upper", "signature-unknown/upper",
          "signed-by-a-stranger-of-that-name/upper", "algorithms-differ/upper"}


TRUST_FAULTS = ("only-this-trusted", "only-the-leaf-trusted", "trusts-another-root-of-that-name", "trusts-a-stranger", "nothing-trusted", "certified-twice", "roots-that-certified-each-other",
                "stale-copy-in-the-store", "expired-in-the-store-and-not-sent")  # fmt: skip


def hidden(label):
    """Would the root's own faults, or a signature that only the root can check, show only once it is there?"""
    *faults, trust = label.replace("+", "/+").split("/")
    places = list(zip(faults[0::2], faults[1::2]))
    unseen = trust == "unknown" or (trust == "trusted" and any(f.lstrip("+") in TRUST_FAULTS for f, _ in places))
    if trust != "trusted" and any(f.lstrip("+").startswith("list-") for f, _ in places):
        return True  # revocation is looked at last
    if trust != "trusted" and any(f.lstrip("+") == "too-many-limits" for f, _ in places):
        return True  # too dear to be verified once more, which the record says
    return unseen and any((place == "root" and f.lstrip("+") not in TRUST_FAULTS) or f"{f.lstrip('+')}/{place}" in HIDDEN
                          for f, place in places)  # fmt: skip


ANCHOR = {"trusted": [], "unknown": ["issuer-unknown"], "untrusted": ["untrusted-root"]}


def _in_situations(label, make, causes):
    for trust in ANCHOR:
        chain = make()
        if chain is None:
            return
        if trust != "trusted":
            if chain.trusted is not None:
                continue
            chain.trusted = [Cert("Stranger", "Stranger", key("stranger"), key("stranger"), True)]
            chain.extra = [chain.root]
        yield case(f"{label}/{trust}", chain, trust == "untrusted"), causes | set(ANCHOR[trust])


def taken_back(chain, cn, signer, trusted, sent):
    """Has the second fault put another one in the place of the first?"""
    own = signer is chain.leaf.key or chain.leaf.cn == chain.leaf.issuer
    return (own and (chain.leaf.cn != cn or chain.leaf.signer is not signer)) or (trusted is not None and chain.trusted is not trusted) or (
        sent is not None and chain.sent is not sent)  # fmt: skip


def cases(pairs=0, seed=1):
    """(case, causes that are right): every fault at every place, and `pairs` chains with two faults."""
    single = [(label, f, place, causes) for label, (f, places, causes) in FAULTS.items() for place in places]

    def one(f, place):
        chain = Chain()
        f(chain, place)
        return chain

    def two(f1, place1, f2, place2):
        try:
            chain = one(f1, place1)
            before = chain.leaf.cn, chain.leaf.signer, chain.trusted, chain.sent
            f2(chain, place2)
            if taken_back(chain, *before):
                return None
            for c in [*chain.certs().values(), *getattr(chain, "lists", [])]:
                c.der()
        except (KeyError, TypeError):
            return None  # the second needs what the first took away
        return chain

    for label, f, place, causes in single:
        yield from _in_situations(f"{label}/{place}", lambda f=f, place=place: one(f, place), causes)
    chance = random.Random(seed)
    for _ in range(pairs):
        (l1, f1, p1, c1), (l2, f2, p2, c2) = chance.sample(single, 2)
        yield from _in_situations(f"{l1}/{p1}+{l2}/{p2}", lambda f1=f1, p1=p1, f2=f2, p2=p2: two(f1, p1, f2, p2), c1 | c2)


# A CA that has two certificates, as after a cross-signing: one is good and the other has a fault. OpenSSL takes the first that fits.
def alternatives():
    for label, (function, places, causes) in FAULTS.items():
        for place in LOWER_CAS:
            if place not in places:
                continue
            faulty = Chain()
            function(faulty, place)
            good = Chain()
            if faulty.sent is not None or faulty.trusted is not None or faulty.certs()[place].key is not good.certs()[place].key:
                continue
            twin = faulty.certs()[place]
            for order in ("first", "last"):
                chain = Chain()
                pair = [twin, chain.certs()[place]] if order == "first" else [chain.certs()[place], twin]
                chain.sent = [*pair, chain.upper] if place == "lower" else [chain.lower, *pair]
                yield case(f"two/{order}/{label}/{place}/trusted", chain, False), {"wrong-path"}


def told(label):
    """What the record says and never says, or None."""
    fault_label, _, rest = label.partition("/")
    place, _, trust = rest.partition("/")
    return TELLS[fault_label](place) if trust == "trusted" and "+" not in label and fault_label in TELLS else None


if __name__ == "__main__":
    out, right = [], {}
    for test, causes in [*cases(int(sys.argv[2]) if len(sys.argv) > 2 else 0), *alternatives()]:
        out.append(test)
        right[test["id"]] = [sorted(causes), hidden(test["id"]), told(test["id"])]
    with open(sys.argv[1] + "/limbo-core.json", "w") as f:
        json.dump({"version": 1, "testcases": out}, f)
    with open(sys.argv[1] + "/right.json", "w") as f:
        json.dump(right, f)
