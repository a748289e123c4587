# SPDX-License-Identifier: ISC
"""What the sources and the documents point at is there."""
import functools
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXT = {".c", ".h", ".S", ".def", ".py", ".sh", ".md", ".1", ".5", ""}
DOCUMENTS = sorted(p.relative_to(ROOT) for p in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def sources():
    for top in ("include", "shim", "tests", "scripts", "docs", "man"):
        for directory, folders, names in os.walk(ROOT / top):
            folders[:] = [f for f in folders if f != "__pycache__"]
            for name in names:
                path = pathlib.Path(directory, name)
                if path.suffix in TEXT and path != pathlib.Path(__file__):
                    yield path


@functools.cache
def headings(path):
    """As GitHub makes anchors of them."""
    found = re.findall(r"^#+ (.*)$", path.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_comments_point_at_headings():
    seen, dangling = 0, []
    for path in sources():
        text = path.read_text(errors="replace")
        for document, anchor in re.findall(r"\b(design|causes)\.md#([\w-]+)", text):
            seen += 1
            if anchor not in headings(ROOT / "docs" / (document + ".md")):
                dangling.append(f"{path.relative_to(ROOT)}: {document}.md#{anchor}")
    assert seen > 50 and dangling == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_lead_somewhere(document):
    text = (ROOT / document).read_text()
    for target in re.findall(r"\]\(([^)#:]+)(?:#[\w-]+)?\)", text):
        assert (ROOT / document.parent / target).exists(), target


def test_rooms_and_tables_are_those_of_the_tree():
    """Each room with its tables stands in the design, and where calls are checked."""
    told = dict(re.findall(r"^\| `(shim/[\w/]+)/` \|.*\|([^|]*)\|$", (ROOT / "docs/design.md").read_text(), re.M))
    there = {p.parent for p in (ROOT / "shim").rglob("*.c")}
    assert {room: set(re.findall(r"`(\w+\.def)`", told.get(room, ""))) for room in told} == {
        str(room.relative_to(ROOT)): {p.name for p in room.glob("*.def")} for room in there
    }
    doors = re.search(r"^\| `include/tlsmend/`.*$", (ROOT / "docs/design.md").read_text(), re.M)[0]
    for header in (ROOT / "include/tlsmend").iterdir():
        assert "`%s`" % header.name in doors or f"shim/{header.stem}" in told, header
    checked = set(re.findall(r"^(\w+)(?: {2,}.*)?$", re.search(r"may_call='\n(.*?)'", (ROOT / "scripts/check-rooms").read_text(), re.S)[1], re.M))
    bottom = set(re.search(r"^bottom='(.*)'$", (ROOT / "scripts/check-rooms").read_text(), re.M)[1].split())
    assert checked | bottom == {room.name for room in there if "cli" not in room.parts}


def test_files_of_hooks_have_their_place():
    part = (ROOT / "docs/design.md").read_text().partition("### Where in hooks?")[2].partition("\n### ")[0]
    assert set(re.findall(r"`(\w+\.c)`", part)) == {p.name for p in (ROOT / "shim/hooks").glob("*.c")}


def test_figures_of_the_design():
    """Limits that are told are those that are kept."""
    design = " ".join((ROOT / "docs/design.md").read_text().split())
    check = (ROOT / "scripts/check-library").read_text()
    assert "refuses more than %s such pointers" % re.search(r"^RELOCATIONS_MOST = (\d+)$", check, re.M)[1] in design
    assert "%s bytes of thread-local data at most" % re.search(r"^MOST_TLS = (\d+)$", check, re.M)[1] in design
    names = re.findall(r'^    "(\w+)": ', re.search(r"^IMPORTS = \{$(.*?)^\}$", check, re.M | re.S)[1], re.M)
    assert all(n.startswith("_") or n in ("malloc", "calloc", "realloc", "free") for n in names), "more than the `malloc` family"


def test_seeds_are_of_fuzz_targets():
    """The Makefile reads the seeds of a target from the folder of its name."""
    targets = {p.stem for p in (ROOT / "tests/fuzz").glob("fuzz_*.c")}
    seeds = {p.name for p in (ROOT / "tests/fuzz/corpus").iterdir()}
    assert seeds and seeds <= targets


def test_nothing_points_outside():
    """No document is named that is not part of the tree."""
    named = re.compile(r"\b(DESIGN|CAUSES)( [0-9]|\.md)")
    assert [str(p.relative_to(ROOT)) for p in sources() if named.search(p.read_text(errors="replace"))] == []


def test_commits_of_walk_throughs():
    """The commits that CONTRIBUTING.md tells to read are part of the history, where there is one, and change the table that they are named with."""
    told = {}
    for paragraph in re.split(r"\n\n", (ROOT / "CONTRIBUTING.md").read_text()):
        for commit in re.findall(r"[Cc]ommit ([0-9a-f]{7,40})", paragraph):
            told[commit] = re.search(r"`\S*?(\w+\.(?:def|table))`", paragraph)[1]
    assert len(told) >= 6
    if subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True).returncode != 0:
        pytest.skip("no history here (an unpacked archive)")
    shallow = subprocess.run(["git", "-C", ROOT, "rev-parse", "--is-shallow-repository"], capture_output=True, text=True).stdout.strip()
    if shallow == "true":
        pytest.skip("a shallow clone")
    for commit, table in told.items():
        changed = subprocess.run(["git", "-C", ROOT, "show", "--name-only", "--format=", commit], capture_output=True, text=True).stdout
        assert table in [pathlib.Path(name).name for name in changed.split()], commit
