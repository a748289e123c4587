# SPDX-License-Identifier: ISC
"""The tables (codes.def, api.def, reasons, constants) against the headers and libraries of each generation. OpenSSL 1.0.2, which no
suite has any more, has tests of its own (test_old_openssl.py)."""
import pathlib
import re
import subprocess

import pytest

from lib import roots
from lib.run import TREE

from .conftest import root_or_skip


class System:
    """The OpenSSL that this machine has its headers of."""

    suite = "system"

    def __init__(self):
        self.headers = pathlib.Path("/usr/include")
        self.version = roots.version_in(self.headers)

    header = roots.Root.header


@pytest.fixture(scope="module", params=["system", *roots.SUITES])
def place_of_headers(request):
    if request.param == "system":
        return System()
    return root_or_skip(request.param)


def defines(text, prefix):
    return {name: int(value) for name, value in re.findall(r"#\s*define\s+%s(\w+)\s+(\d+)" % prefix, text)}


# ---- verification codes --------------------------------------------------------------------------------------
def codes(version):
    """{symbol: number} of codes.def for that generation."""
    text = (TREE / "shim/vocabulary/codes.def").read_text()
    lines = re.findall(r"^CODE\((\w+),\s*(-?\d+),\s*(-?\d+),\s*(-?\d+),\s*\w+\)", text, re.M)
    assert len(lines) > 100
    column = 3 if version[0] >= 3 else 2
    return {line[0]: int(line[column]) for line in lines}


def test_codes_are_those_of_the_header(place_of_headers):
    header = defines(place_of_headers.header("x509_vfy.h"), "X509_V_ERR_")
    assert len(header) > 75
    ours = codes(place_of_headers.version)
    assert {k: ours.get(k) for k in header} == header, "a code without a line in codes.def, or with another number"
    # what only later versions have must not stand where this one has something else
    later = {k: v for k, v in ours.items() if v >= 0 and k not in header}
    assert not set(later.values()) & set(header.values())


# ---- reasons -------------------------------------------------------------------------------------------------
# Elsewhere in the code, by number.
REASONS = {
    "sslerr.h": {134: "CERTIFICATE_VERIFY_FAILED", 190: "NO_PRIVATE_KEY_ASSIGNED", 258: "UNSUPPORTED_PROTOCOL", 294: "UNEXPECTED_EOF_WHILE_READING",
                 396: "VERSION_TOO_LOW", 397: "CA_KEY_TOO_SMALL", 398: "CA_MD_TOO_WEAK", 399: "EE_KEY_TOO_SMALL"},
    "x509err.h": {115: "KEY_TYPE_MISMATCH", 116: "KEY_VALUES_MISMATCH"},
}  # fmt: skip
SINCE_3 = {294, 333}


def test_reasons_are_those_of_the_header(place_of_headers):
    text = (TREE / "shim/diagnose/reasons.def").read_text()
    table = {int(n): word for n, word in re.findall(r"^REASON\((\d+), (\w+), \w+\)", text, re.M)}
    assert len(table) > 15
    for name, wanted in (("sslerr.h", {**REASONS["sslerr.h"], **table}), ("x509err.h", REASONS["x509err.h"])):
        header = {v: k for k, v in defines(place_of_headers.header(name), "SSL_R_" if name == "sslerr.h" else "X509_R_").items()}
        for number, word in wanted.items():
            if number == 294 and place_of_headers.version[0] < 3:
                word = "OCSP_CALLBACK_FAILURE"  # so 294 means the end of a file from 3.0 on only
            missing_is_right = number in SINCE_3 and place_of_headers.version[0] < 3
            assert header.get(number, word if missing_is_right else None) == word


# ---- constants -----------------------------------------------------------------------------------------------
NAMES = {
    "SSL_WANT_NOTHING": "SSL_NOTHING", "SSL_WANT_WRITING": "SSL_WRITING", "SSL_WANT_READING": "SSL_READING",
    "BIO_FLAG_SHOULD_RETRY": "BIO_FLAGS_SHOULD_RETRY", "NID_common_name": "NID_commonName", "NID_info_access_": "NID_info_access",
    "NID_ext_key_usage_": "NID_ext_key_usage", "SSL_CTRL_OPTIONS_": None, "SSL_CTRL_CLEAR_OPTIONS_": None,  # 1.0.2 only
}  # fmt: skip


def openssl_name(ours):
    if ours in NAMES:
        return NAMES[ours]
    if ours.startswith("EX_INDEX_"):
        return "CRYPTO_" + ours
    if re.fullmatch(r"SSL_CTRL_[SG]ET_M(IN|AX)_PROTO_", ours):
        return ours + "VERSION"
    return ours.rstrip("_")


def test_constants_are_those_of_the_headers(place_of_headers, tmp_path):
    text = (TREE / "include/tlsmend/openssl.h").read_text()
    block = text[text.index("OpenSSL's numbers that hold in all generations") :]
    ours = re.findall(r"^\t(\w+) = (0x[0-9a-f]+|\d+),", block[: block.index("};")], re.M)
    assert len(ours) > 40
    lines = ["#include <openssl/%s.h>" % h for h in ("bio", "err", "ssl", "x509v3", "x509_vfy", "crypto")]
    for name, value in ours:
        if openssl_name(name):
            lines.append('_Static_assert(%s == %s, "%s");' % (openssl_name(name), value, name))
    source = tmp_path / "constants.c"
    source.write_text("\n".join(lines) + "\n")
    include = [] if place_of_headers.suite == "system" else ["--sysroot=%s" % place_of_headers.path]
    done = subprocess.run(["gcc", *include, "-fsyntax-only", str(source)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


# ---- functions -----------------------------------------------------------------------------------------------
# Which optional functions a generation lacks, beside what api.def knows by another name. A new entry wants a look at what is off there.
# CRYPTO_lock and CRYPTO_add_lock are 1.0.x's; without OPENSSL_atexit the library's own destructor ends all stories.
OLD = {"SSL_state", "CRYPTO_lock", "CRYPTO_add_lock"}
LACKS = {
    1: OLD | {"SSL_is_quic", "X509_VERIFY_PARAM_get0_host", "X509_VERIFY_PARAM_get1_ip_asc", "EVP_PKEY_get_group_name",
        "EVP_PKEY_get0_type_name"},
    3: OLD,
    4: OLD | {"OPENSSL_atexit", "ERR_get_state", "TLSv1_method", "TLSv1_client_method", "TLSv1_1_method", "TLSv1_1_client_method", "TLSv1_2_method",
        "TLSv1_2_client_method"},
}  # fmt: skip


def exports(library):
    listing = subprocess.run(["readelf", "-W", "--dyn-syms", str(library)], capture_output=True, text=True, check=True, timeout=60).stdout
    return {name.split("@")[0] for name in re.findall(r" FUNC +GLOBAL +DEFAULT +\d+ (\S+)", listing)}


def test_functions_are_in_the_libraries(each_root):
    text = (TREE / "shim/openssl/api.def").read_text()
    lines = re.findall(r"^API\((\w+), (\w+), .*?, (\w+), \(.*\), (NULL|\"\w+\")\)", text, re.M)
    assert len(lines) == len(re.findall(r"^API\(", text, re.M))
    there = {name: exports((each_root.lib_directory() / ("lib%s.so" % name)).resolve()) for name in ("ssl", "crypto")}
    missing = {(n, need) for library, need, n, also in lines if not {n, also.strip('"')} & there[library]}
    assert not [n for n, need in missing if need == "required"]
    assert {n for n, _ in missing} == LACKS[each_root.version[0]]
