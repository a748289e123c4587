# SPDX-License-Identifier: ISC
"""Does a record prove what it says? Names, limits, identifiers, dates and fingerprints that it shows, against the cause that it tells, without
anything else: no certificate, no log, no library. Runs over every record that a test makes (run.py)."""
import ipaddress
import json
import re


def _date(text):
    return text[:10]


def culprit(record):
    chain, depth = record.get("chain", []), record.get("depth", 0)
    return chain[depth] if 0 <= depth < len(chain) else None


# ---- names against limits (RFC 5280 section 4.2.1.10, as OpenSSL compares) ------------------------------------------------------
def _host_within(host, limit):
    host, limit = host.lower(), limit.lower()
    return not limit or host == limit or host.endswith(limit if limit.startswith(".") else "." + limit)


def _mail_within(mail, limit):
    if "@" in limit.lstrip("@"):
        return mail.partition("@")[0] == limit.partition("@")[0] and mail.lower() == limit.lower()
    host, limit = mail.partition("@")[2].lower(), limit.lstrip("@").lower()
    return not limit or host == limit or (limit.startswith(".") and host.endswith(limit))


def _uri_within(uri, limit):
    host = re.split("[:/]", uri.partition("//")[2].lower(), maxsplit=1)[0]
    return host == limit.lower() or (limit.startswith(".") and host.endswith(limit.lower()))


def _address_within(address, limit):
    net, _, mask = limit.partition("/")
    address, net, mask = (ipaddress.ip_address(x) for x in (address, net, mask))
    return address.version == net.version and int(address) & int(mask) == int(net) & int(mask)


def _directory_within(name, limit):
    name, limit = (re.sub(" +", " ", x.lower()) for x in (name, limit))
    return not limit or name == limit or name.endswith("," + limit)


KINDS = {"DNS": _host_within, "email": _mail_within, "URI": _uri_within, "IP": _address_within, "DirName": _directory_within}


def within(name, kind, limit):
    limit_kind, _, value = limit.partition(":")
    return limit_kind == kind and KINDS[kind](name, "" if value == "(any)" else value)


def _split_limits(text):
    return re.split(", (?=(?:DNS|email|URI|IP|DirName):)", re.sub(r" and \d+ more$", "", text))


def _constraint(record):
    expected, presented, cert = record.get("expected"), record.get("presented"), culprit(record)
    if expected is None or cert is None:
        return
    mark, _, limits = expected.partition(" ")
    limits = _split_limits(limits)
    if mark not in ("only", "not"):
        yield "a limit is shown neither as permitted nor as excluded"
        return
    if re.match("(DNS|email|URI|IP|DirName):", presented):
        kind, _, name = presented.partition(":")
        if presented not in cert.get("san", []):
            yield "%s is no name of the certificate" % presented
    elif presented.startswith("CN="):
        kind, name = "DNS", presented[3:]
        if any(n.startswith("DNS:") for n in cert.get("san", [])):
            yield "a common name is compared, though there is a DNS name"
        if "CN=" + name not in cert.get("subject", ""):
            yield "%s is not in the subject" % presented
    elif presented.startswith("subject "):
        kind, name = "DirName", presented[8:]
        if name != cert.get("subject", ""):
            yield "%s is not the subject" % presented
    elif presented.startswith("emailAddress="):
        kind, name = "email", presented[13:]
        if presented not in cert.get("subject", ""):
            yield "%s is not in the subject" % presented
    else:
        return  # several names of that kind, and none is said to be the one
    inside = [limit for limit in limits if within(name, kind, limit)]
    if mark == "not" and not inside:
        yield "%s is not within what is excluded: %s" % (presented, expected)
    if mark == "only" and (inside or not any(limit.startswith(kind + ":") for limit in limits)):
        yield "%s does not violate: %s" % (presented, expected)


# ---- dates -----------------------------------------------------------------------------------------------------------------------
def _time(record):
    cert = culprit(record)
    shown = re.fullmatch(r"valid (until|from) (\S+)", record.get("presented", ""))
    wanted = re.fullmatch(r"valid on (\S+)", record.get("expected", ""))
    if not shown or not wanted:
        return
    if shown[1] == "until" and not shown[2] <= wanted[1]:
        yield "valid until %s is not before %s" % (shown[2], wanted[1])
    if shown[1] == "from" and not shown[2] >= wanted[1]:
        yield "valid from %s is not after %s" % (shown[2], wanted[1])
    if cert is not None:
        stands = cert.get("not_after" if shown[1] == "until" else "not_before", "")
        if stands and _date(stands) != shown[2]:
            yield "the certificate at depth %d says %s" % (record["depth"], stands)


# ---- who issued what ---------------------------------------------------------------------------------------------------------------
def _issuers(record):
    cause, chain, why = record["cause"], record.get("chain", []), record.get("why", "")
    if not 0 < len(chain) < 32 or "the rule at" in why:
        return  # a longer one is shown in part
    linked = [chain[0]]
    for cert in chain[1:]:
        if cert.get("subject", "") != linked[-1].get("issuer", ""):
            break
        linked.append(cert)
    top = linked[-1]
    own = top.get("subject", "") == top.get("issuer", "")
    if cause == "self-signed" and chain[0].get("subject", "") != chain[0].get("issuer", ""):
        yield "self-signed, but issued by %s" % chain[0].get("issuer", "")
    if cause == "untrusted-root" and not own:
        yield "the chain ends in no root: %s" % top.get("subject", "")
    if cause in ("issuer-unknown", "intermediate-not-sent", "incomplete-chain", "anchor-not-root"):
        if own and "bear one name" not in why and "certified each other" not in why:
            yield "no issuer found, but %s is its own" % top.get("subject", "")
        if any(c.get("subject", "") == top.get("issuer", "") and c is not top for c in chain) and "certified each other" not in why and not own:
            yield "%s is there" % top.get("issuer", "")
    if cause == "intermediate-not-sent" and why and "It is no root: " not in why:
        yield "nothing proves that an intermediate is missing"
    if cause == "anchor-not-root" and top["from"] == "presented" and "the client's store holds" not in why:
        yield "the top of the chain is from no store"


# ---- names -------------------------------------------------------------------------------------------------------------------------
def names_host(san, host):
    if not san.startswith("DNS:"):
        return False
    san, host = san[4:].lower(), host.lower()
    return san == host or (san.startswith("*.") and re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", san[2:]) and "." in host and host.partition(".")[2] == san[2:] and "_" not in host.partition(".")[0]
                           and not host.partition(".")[0].startswith("xn--"))  # fmt: skip


def _mismatch(record):
    chain, asked = record.get("chain"), record.get("expected", "")
    if not chain or not asked or record["level"] != "error" or "any of" in record.get("why", ""):
        return
    address = ":" in asked or re.fullmatch("[0-9.]+", asked)
    if not address and any(names_host(n, asked) for n in chain[0].get("san", [])):
        yield "the certificate names %s" % asked
    if "IP:" + asked in chain[0].get("san", []):
        yield "the certificate names the address %s" % asked
    if record["cause"] == "no-san" and any(n.startswith("DNS:") for n in chain[0].get("san", [])):
        yield "there is a DNS name"


# ---- the rest ------------------------------------------------------------------------------------------------------------------------
def _shown_of(key):
    def check(record):
        cert = culprit(record)
        if cert is not None and record.get("presented") and cert.get(key) and record["presented"] != cert[key]:
            yield "presented is %s, and the certificate has %s" % (record["presented"], cert[key])

    return check


def _path_length(record):
    limit = re.match(r"at most (\d+) CAs below", record.get("expected", ""))
    chain, depth = record.get("chain", []), record.get("depth", 0)
    if limit and depth < len(chain):
        below = [c for c in chain[1:depth] if c.get("subject", "") != c.get("issuer", "")]
        if len(below) <= int(limit[1]):
            yield "%d CAs are no more than %s" % (len(below), limit[1])


def _refused(record):
    hexes = [record[k].replace(":", "") for k in ("expected", "presented") if record.get(k)]
    if len(hexes) == 2 and hexes[0] == hexes[1]:
        yield "the identifiers are the same"


CHECKS = {
    "name-constraint": [_constraint], "expired": [_time], "not-yet-valid": [_time], "clock-wrong": [_time], "name-mismatch": [_mismatch],
    "address-mismatch": [_mismatch], "no-san": [_mismatch], "sni-not-sent": [_mismatch], "weak-key": [_shown_of("key")],
    "weak-digest": [_shown_of("signature")], "path-length": [_path_length], "issuer-refused": [_refused], "self-signed": [_issuers],
    "untrusted-root": [_issuers], "issuer-unknown": [_issuers], "intermediate-not-sent": [_issuers], "incomplete-chain": [_issuers],
    "anchor-not-root": [_issuers],
}  # fmt: skip
LIES_IN_CERTIFICATE = ("expired", "not-a-ca", "weak-key", "weak-digest", "unknown-critical-extension", "strict-profile", "explicit-curve")


def _whoever_mends(record):
    """What is from this machine is not the server's operator's first."""
    cert, first = culprit(record), (record.get("help") or [""])[0]
    if record.get("cause") in LIES_IN_CERTIFICATE and cert and record.get("depth", 0) > 0 and cert["from"] != "presented":
        if first.startswith("the server's operator"):
            yield "the certificate is from this machine (%s), and help begins with the server's operator" % cert["from"]
        if not any("is in " in h or "where it is" in h for h in record.get("help", [])):
            yield "nothing says where on this machine the certificate is"


# What records of the running test say and do not prove: the test fails for it (conftest.py).
unproven = []


def ask(record):
    unproven.extend("%s\n%s" % (v, json.dumps(record)) for v in violations(record))


def violations(record):
    found = []
    if record.get("expected") is not None and record.get("expected") == record.get("presented"):
        found.append("expected and presented are the same: %s" % record["expected"])
    for check in [*CHECKS.get(record.get("cause"), []), _whoever_mends]:
        found.extend(check(record))
    text = "\n".join([record.get("why", ""), *record.get("notes", [])])
    if "no further CA would help" in text and "ExtraCAFile" in "\n".join(record.get("help", [])):
        found.append("a CA is proposed, and said not to help")
    return ["%s: %s" % (record.get("cause"), f) for f in found]
