# SPDX-License-Identifier: ISC
"""Keys that are laid onto an SSL, and taken off again, in every generation: again.c of the attacks, one SSL for several hosts."""
import pathlib

import pytest

from lib.pki import issue

from .conftest import HERE, build_client

SOURCE = HERE.parent / "attacks" / "again.c"
VERSIONS = ["1.2", "1.3"]
ALL = {
    "CipherString": "AES256:@SECLEVEL=0", "Ciphersuites": "TLS_AES_256_GCM_SHA384", "SignatureAlgorithms": "ECDSA+SHA256:RSA-PSS+SHA256",
    "Groups": "P-384:P-256", "Options": "Bugs, -EncryptThenMac", "IgnoreUnexpectedEOF": "yes", "MaxCertList": "1000000",
    "MinProtocol": "TLSv1", "ServerName": "x.test", "Reason": "x", "Until": "2999-12-31",
}  # fmt: skip


@pytest.fixture
def again(away, root, name, pki, world_directory):
    if name != "own":
        pytest.skip("once for each generation")
    program = build_client(root, world_directory, SOURCE)
    leaf = issue("server", names=["a.test"])
    server = pki.write("again-server.pem", leaf.pem + leaf.key_pem)
    me = issue("me", pki.intermediate, purposes=("client",))
    away.me = pki.write("again-me.pem", me.pem + pki.intermediate.pem + me.key_pem)

    def run(*arguments, **how):
        done = away([program, "--server", server, *arguments], **how)
        assert done.code == 0 and done.err == "" and "STRAY" not in done.out, done
        return [dict(word.split("=", 1) for word in line.split() if "=" in word) for line in done.out.splitlines()]

    run.away = away
    return run


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_is_kept(again, version):
    arguments = ["--ask", "--max", version, "a.test", "b.test", "a.test", "b.test,fresh"]
    rules = again.away.config(("a.test", {**ALL, "Certificate": again.away.me}))
    plain, ruled = again(*arguments, library=False), again(*arguments, config=rules)
    assert ruled[0] == ruled[2] and ruled[0]["sni"] == "x.test" and ruled[0]["name"] == "a.test" and ruled[0]["peer"].startswith("me+")
    assert ruled[0]["list"] == "1000000" and ruled[0]["level"] == "0"
    assert ruled[1] == plain[1] and ruled[3] == plain[3]


@pytest.mark.parametrize("version", VERSIONS)
def test_sessions_and_callbacks(again, version):
    rules = again.away.config(("a.test", {"Certificate": again.away.me}))
    lines = again("--ask", "--resume", "--cert-cb", "later", "--max", version, "b.test", "a.test", "a.test", "b.test", config=rules)
    assert [line["resumed"] for line in lines] == ["0", "0", "1", "0"]
    assert [line["peer"].split("+")[0] for line in lines] == ["-", "me", "me", "-"]
    if version == "1.3":
        lines = again("--ask", "--later", "a.test", "b.test", config=rules)
        assert [line["peer"].split("+")[0] for line in lines] == ["me", "-"]


def test_encrypted_key_and_mismatch(again, pki):
    from cryptography.hazmat.primitives import serialization

    locked = issue("locked").key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.BestAvailableEncryption(b"x"))
    for key, says in (locked, "holds a key with a passphrase"), (issue("other").key_pem, "does not belong to the first certificate"):
        path = pathlib.Path(pki.write("again-key.pem", key))
        rules = again.away.config(("a.test", {"Certificate": again.away.me, "PrivateKey": path}))
        assert again("--ask", "a.test", config=rules)[0]["peer"] == "-+0"
        assert again.away.log_text().count("config_error") == 1 and says in again.away.log_text()
