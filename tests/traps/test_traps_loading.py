# SPDX-License-Identifier: ISC
"""Traps of loading: RTLD_LOCAL, dlsym, other interposers, several copies, unloading, RTLD_DEEPBIND, foreign definers."""

import glob
import os

import pytest

from trapkit import build, build_plugin, own_mounts, without_front

HOST = "legacy.test"


@pytest.fixture
def plugin():
    return build("libplugin.so")


def anchors(trap, good):
    return trap.certificates / ("root.pem" if good else "unrelated.pem")


@pytest.mark.long
@pytest.mark.parametrize("flags", ["now", "lazy"])
def test_rtld_local(trap, plugin, server, flags):
    for good in (True, False):
        result = trap.equal("rtld_local", plugin, flags, server, HOST, anchors(trap, good))
        assert "libssl in the global scope: no" in result.out and result.code == (0 if good else 1)
        assert len(result.of("verify_failed")) == (0 if good else 1), result.records
    assert result.records[0]["host"] == HOST and result.records[0]["port"] == server


def test_rtld_local_mended(trap, plugin, server):
    wanted = trap.plain("rtld_local", plugin, "now", server, HOST, anchors(trap, True))
    mended = trap.preloaded("rtld_local", plugin, "now", server, HOST, anchors(trap, False), rules=trap.trust_root)
    assert mended.seen == wanted.seen
    assert [r["event"] for r in mended.records] == ["mended"]


@without_front
def test_bare_name_by_runpath(trap, plugin, server):
    """dlopen("libplugin.so") looks in the RUNPATH of its caller, which must still be the host."""
    result = trap.equal("rtld_local", plugin.name, "now", server, HOST, anchors(trap, True))
    assert result.code == 0


@without_front
@pytest.mark.parametrize("good", [True, False], ids=["good", "bad"])
def test_deepbind_left_alone(trap, plugin, server, good):
    for rules in (None, trap.trust_root):
        trap.equal("rtld_local", plugin, "deepbind", server, HOST, anchors(trap, good), rules=rules)


@without_front
@pytest.mark.parametrize("name", ["path", "bare"])
def test_deepbind_dropped(trap, plugin, server, name):
    given = plugin if name == "path" else plugin.name
    wanted = trap.plain("rtld_local", given, "now", server, HOST, anchors(trap, True))
    mended = trap.preloaded("rtld_local", given, "deepbind", server, HOST, anchors(trap, False),
                            rules=trap.trust_root, env={"TLSMEND_DEEPBIND": "drop"})
    assert mended.seen == wanted.seen
    assert [r["event"] for r in mended.records] == ["mended"]


@pytest.mark.parametrize("when", ["main", "ctor", "versioned"])
def test_dlsym_user(trap, server, when):
    extra = [when] if when != "main" else []
    for good in (True, False):
        result = trap.equal("dlsym_user", server, HOST, anchors(trap, good), *extra)
        assert len(result.of("verify_failed")) == (0 if good else 1), result.records
    wanted = trap.plain("dlsym_user", server, HOST, anchors(trap, True), *extra)
    mended = trap.preloaded("dlsym_user", server, HOST, anchors(trap, False), *extra, rules=trap.trust_root)
    assert mended.seen == wanted.seen
    assert [r["event"] for r in mended.records] == ["mended"]


@without_front
def test_dlsym_user_past_us(trap, server):
    """RTLD_DEEPBIND: libssl verifies without the library's hook. Explained, mended and enforced all the same."""
    def run(how, good, **more):
        return how("dlsym_user", server, HOST, anchors(trap, good), "deep", **more)

    assert run(trap.equal, True).records == []
    assert [(r["cause"], r["code"]) for r in run(trap.equal, False).records] == [("issuer-unknown", 20)]
    mended = run(trap.preloaded, False, rules=trap.trust_root)
    assert mended.seen == run(trap.plain, True).seen and [r["event"] for r in mended.records] == ["mended"]
    only = "[%s]\nOnlyCAFile = %s/unrelated.pem\n" % (HOST, trap.certificates)
    refused = run(trap.preloaded, True, rules=only)
    assert refused.code == 1 and "failed" in refused.out and refused.records[0]["event"] == "verify_failed"
    assert run(trap.preloaded, True, rules=only.replace(HOST, "other.test")).code == 0
    assert run(trap.preloaded, True, rules=only.replace("unrelated", "root")).code == 0


@without_front
@pytest.mark.parametrize("kind", ["plain", "plain_whole", "plain_sysv"])
def test_one_object_with_libcrypto(trap, kind):
    """... its calls bound by the linker, or by ld.so through a hash table of the old kind only."""
    if kind != "plain" and not glob.glob("/usr/lib/*/libssl.a"):
        pytest.skip("no static libssl here")
    bad, good = [kind, "unrelated", "legacy", HOST], [kind, "root", "legacy", HOST]
    assert trap.equal(*good).records == []
    assert [(r["cause"], r["code"]) for r in trap.equal(*bad).records] == [("issuer-unknown", 20)]
    mended = trap.preloaded(*bad, rules=trap.trust_root)
    assert mended.seen == trap.plain(*good).seen and [r["event"] for r in mended.records] == ["mended"]
    assert trap.preloaded(*good, rules="[%s]\nOnlyCAFile = %s/unrelated.pem\n" % (HOST, trap.certificates)).code == 1


@without_front
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="made by hand for x86-64")
@pytest.mark.parametrize("program", ["no_libc", "no_libc_fixed"])
def test_program_without_libc(trap, program):
    result = trap.equal(program)
    assert (result.code, result.out, result.log) == (0, "hello\n", b"")


@own_mounts
@without_front
def test_without_proc(trap):
    def away(anchors, preload=""):
        script = 'mount -t tmpfs none /proc && LD_PRELOAD=%s TLSMEND_LOG=off exec "$@"' % preload
        return trap.plain("/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, "sh", build("plain"), anchors, "legacy", HOST, 2,
                          env={"TLSMEND_EXTRA_CA": "%s=%s/root.pem" % (HOST, trap.certificates)} if preload else None)  # fmt: skip

    assert away("root", trap.preload).seen == away("root").seen
    assert away("unrelated", trap.preload).seen == away("root").seen != away("unrelated").seen


def test_dlsym_off(trap, server):
    """TLSMEND_DLSYM=off: a plain jump. The verification is still seen, libssl's call of libcrypto is no dlsym."""
    trap.equal("dlsym_user", server, HOST, anchors(trap, False), env={"TLSMEND_DLSYM": "off"})
    trap.equal("dlsym_meaning", build("libfake.so"), env={"TLSMEND_DLSYM": "off"})


def test_dlsym_keeps_its_meaning(trap):
    result = trap.equal("dlsym_meaning", build("libfake.so"))
    assert "fake SSL_connect: the library's own" in result.out
    assert "default SSL_CTX_new: NULL [undefined symbol: SSL_CTX_new]" in result.out
    assert "libssl SSL_CTX_new: found [no error]" in result.out


@pytest.mark.parametrize("anchors_name", ["root", "unrelated"])
def test_dlerror_is_the_hosts(trap, anchors_name):
    result = trap.equal("dlerror_state", anchors_name, "legacy", HOST)
    assert "after the first SSL_CTX_new: undefined symbol: the_hosts_own_failure" in result.out
    assert "when none is pending: none" in result.out


def test_dlsym_from_many_threads(trap):
    for _ in range(5):
        assert "differs" not in trap.equal("dlsym_threads").out


@without_front
def test_foreign_definer_linked(trap, plugin, server):
    result = trap.equal("fake_linked")
    assert f"SSL_connect 42\nX509_verify_cert 38\nSSL_CTX_new {2 << 40}\n" in result.out
    for good in (True, False):
        result = trap.equal("fake_linked", plugin, server, HOST, anchors(trap, good))
        assert result.out.count("SSL_connect 42\n") == 2


@without_front
@pytest.mark.parametrize("order", ["before", "after"])
def test_other_interposer(trap, order):
    other = build("libinterposer.so")
    around = {"before": (other, ""), "after": ("", other)}[order]
    plain = trap.plain("interposed", env={"LD_PRELOAD": other})
    assert "SSL_CTX_new 4 times" in plain.out, plain.out
    result = trap.preloaded("interposed", around=around)
    assert result.seen == plain.seen
    assert len(result.of("verify_failed")) == 1, result.records
    mended = trap.preloaded("interposed", around=around, rules=trap.trust_root)
    assert "failed" not in mended.out and mended.of("mended")


def test_copy_is_kept(trap, server, leaving_openssl):
    """A copy of OpenSSL that was worked with stays, where dlclose would take it away: what is known of it points into it."""
    command = ["reload", build_plugin("libplugin_leaving.so", leaving_openssl), server, HOST, anchors(trap, False), leaving_openssl[0]]
    plain, result = trap.plain(*command), trap.preloaded(*command)
    assert (plain.code, result.code) == (0, 0) and plain.out.endswith("the copy: gone\n")
    # without the library in it (LD_PRELOAD of a file that is just being built) nothing would be kept either, and ld.so would say so
    assert result.err == plain.err and result.of("verify_failed"), result
    assert result.out == plain.out.replace("gone", "kept")


@without_front
@pytest.mark.parametrize("how,program", [("linked", "load_wait"), ("iterate", "load_wait"), ("local", "load_wait_local"),
                                         ("global", "load_wait_local"), ("dlsym", "load_wait_dlsym")])
def test_constructor_waits_for_a_thread(trap, how, program):
    """While one thread is in dlopen (or in a callback of dl_iterate_phdr), the first connection of all is made by another."""
    result = trap.equal(program, how, "unrelated", "legacy", HOST)
    assert f"{HOST}: failed, verify result 20\n" in result.out and result.code == 0, result.out
    assert len(result.of("verify_failed")) == 1
    mended = trap.preloaded(program, how, "unrelated", "legacy", HOST, rules=trap.trust_root)
    assert f"{HOST}: connected, verify result 0\n" in mended.out
    assert trap.equal(program, how, "unrelated", "legacy", HOST, env={"TLSMEND_DISABLE": "1"}).log == b""


@pytest.mark.parametrize("where", ["end", "start", "execute-only"])
def test_call_from_the_edge_of_a_page(trap, where):
    trap.equal("page_edge", where)


def check_two_copies(trap, server, plugins):
    command = ["two_copies", *plugins, server, HOST]
    for good in (True, False):
        result = trap.equal(*command, anchors(trap, good), 4)
        assert "one copy or two: two" in result.out
        assert bool(result.of("verify_failed")) != good
    wanted = trap.plain(*command, anchors(trap, True), 4)
    mended = trap.preloaded(*command, anchors(trap, False), 4, rules=trap.trust_root)
    assert mended.seen == wanted.seen
    assert mended.of("mended") and not mended.of("verify_failed")


def test_two_copies(trap, plugin, server, renamed_openssl):
    other = build_plugin("libplugin_renamed.so", renamed_openssl)
    check_two_copies(trap, server, [plugin, other])
    check_two_copies(trap, server, [other, plugin])


@pytest.mark.long
def test_two_generations(trap, plugin, server, openssl_111):
    other = build_plugin("libplugin_111.so", openssl_111)
    assert "OpenSSL 1.1.1" in trap.plain("two_copies", plugin, other, server, HOST, anchors(trap, True), 1).out
    check_two_copies(trap, server, [plugin, other])
    check_two_copies(trap, server, [other, plugin])


@pytest.mark.parametrize("good", [True, False], ids=["good", "bad"])
def test_library_that_is_loaded_again(trap, plugin, server, good):
    result = trap.equal("reload", plugin, server, HOST, anchors(trap, good))
    assert result.code == 0 and result.out.count("\n") == 10, result.out


def test_reload_under_a_rule(trap, plugin, server):
    wanted = trap.plain("reload", plugin, server, HOST, anchors(trap, True))
    mended = trap.preloaded("reload", plugin, server, HOST, anchors(trap, False), rules=trap.trust_root)
    assert mended.seen == wanted.seen
