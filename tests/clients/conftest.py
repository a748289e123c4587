# SPDX-License-Identifier: ISC
"""The score of the matrix, after the run."""


def pytest_terminal_summary(terminalreporter):
    cells, wrong = 0, []
    for outcome in ("passed", "failed", "xfailed", "xpassed"):
        for report in terminalreporter.stats.get(outcome, []):
            properties = dict(getattr(report, "user_properties", []))
            if "cell" not in properties or report.when != "call":
                continue
            cells += 1
            if outcome in ("failed", "xfailed"):
                first = properties.get("wrong", "did not end").splitlines()[0]
                wrong.append("%s | %s%s" % (properties["cell"], first, " (known)" if outcome == "xfailed" else ""))
    if cells:
        terminalreporter.section("clients and faults: %d of %d cells right" % (cells - len(wrong), cells))
        for line in sorted(wrong):
            terminalreporter.write_line(line)
