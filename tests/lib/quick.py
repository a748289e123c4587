# SPDX-License-Identifier: ISC
"""What of the suite the quick tier runs (`make check`, pytest --quick): something of everything.

The first case of each test; the cases that carry the mark `quick`; and for each cause that none of these shows, the first case that does. What takes long
(the marks `long` and `slow`) is left out, unless it is marked
`quick` as well.
"""


def _takes_long(item):
    return not item.get_closest_marker("quick") and any(item.get_closest_marker(name) for name in ("long", "slow"))


def _causes(item):
    return {m.args[0] for m in item.iter_markers("cause")}


def choose(items):
    chosen, functions, causes = set(), set(), set()
    able = [i for i in items if not _takes_long(i)]
    for item in able:
        function = item.nodeid.partition("[")[0]
        if function not in functions or item.get_closest_marker("quick"):
            functions.add(function)
            chosen.add(item)
            causes |= _causes(item)
    for item in able:
        if _causes(item) - causes:
            chosen.add(item)
            causes |= _causes(item)
    return chosen
