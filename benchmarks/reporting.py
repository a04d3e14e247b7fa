"""Figures as a table of ratios, as a plot, and as the tables of docs/performance.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks import cases as all_cases
from benchmarks.case import OURS, TITLES
from benchmarks.places import RESULTS, ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
_BEGIN, _END = "<!-- results: begin -->", "<!-- results: end -->"
Case = dict[str, Any]


def time_of(case: Case, subject: str) -> float | None:
    return (case["figures"].get(subject) or {}).get("median")


def shown(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return f"{seconds * 1000:,.0f} ms" if seconds < 1 else f"{seconds:,.1f} s"


def verdicts(case: Case, cases: dict[str, Case], engine: str) -> list[tuple[str, bool]]:
    """Each goal in words, and whether it is reached; a goal without a figure to compare with is left out."""
    found = []
    for goal in case["goals"]:
        subject = goal["ours"]
        ours = time_of(case, subject)
        if ours is None or goal["engine"] not in ("", engine):
            continue
        if goal["memory"]:
            found += _memory(case, cases, goal)
            continue
        if goal["at_most"]:
            own = time_of(cases.get(goal["case"], {"figures": {}}), subject)
            if own is not None:
                said = f"{ours / own:,.1f} × its own {cases[goal['case']]['title']}"
                found.append(
                    (f"{said} (goal: at most {goal['at_most']:.2g} ×)", ours / own <= goal["at_most"])
                )
            continue
        if goal["under"]:
            found.append(
                (
                    f"{shown(ours)}{_whose(subject)} (goal: under {shown(goal['under'])})",
                    ours <= goal["under"],
                )
            )
            continue
        other = cases.get(goal["case"], case)
        times = [(time_of(other, one), one) for one in goal["against"]]
        known = [(seconds, one) for seconds, one in times if seconds is not None]
        if not known:
            continue
        best, who = min(known)
        ratio = best / ours
        page = f" {other['title']}" if other is not case else ""
        page += _whose(subject)
        found.append(
            (
                f"{ratio:,.1f} × {TITLES[who]}{page} (goal: {goal['at_least']:.2g} ×)",
                ratio >= goal["at_least"],
            )
        )
    return found


def _whose(subject: str) -> str:
    return "" if subject == OURS else f", {TITLES[subject].partition(', ')[2]}"


def _memory(case: Case, cases: dict[str, Case], goal: dict[str, Any]) -> list[tuple[str, bool]]:
    other = cases.get(goal["memory_over"]) if goal["memory_over"] else None
    if goal["memory_over"] and other is None:
        return []
    subject = goal["ours"]
    base, limit = (
        (_peak(other, subject), f"over {other['title']}") if other else (0.0, "above the idle process")
    )
    limit += _whose(subject)
    used = _peak(case, subject) - base
    return [(f"{used:,.0f} MiB {limit} (goal: at most {goal['memory']:.0f})", used <= goal["memory"])]


def _peak(case: Case, subject: str = OURS) -> float:
    """Of the largest process, in MiB above the idle one; a child counts as having been as large when it began."""
    told = case["figures"][subject].get("told") or {}
    idle = float(told.get("idle", 0))
    return max(float(told.get("peak", 0)), float(told.get("child_peak", 0)) - idle)


def table(run: dict[str, Any]) -> list[str]:
    """A run as a Markdown table: times, and what was to be reached."""
    cases = {case["name"]: case for case in run["cases"]}
    subjects = [name for name in TITLES if any(name in case["figures"] for case in run["cases"])]
    seeding = f"; seeding took {run['seeding']:,.0f} s" if run["seeding"] else ""
    lines = [
        f"**{run['engine']}, {run['complaints']:,} complaints**, {run['at'][:10]}, {run['machine']}{seeding}.",
        "",
        "| case | " + " | ".join(TITLES[name] for name in subjects) + " | ratios of medians |",
        "|---|" + "---:|" * len(subjects) + "---|",
    ]
    for case in run["cases"]:
        times = [_cell(case, name) for name in subjects]
        reached = "<br>".join(
            f"{'✓' if ok else '✗'} {said}" for said, ok in verdicts(case, cases, run["engine"])
        )
        lines.append(f"| {case['title']} | " + " | ".join(times) + f" | {reached} |")
    return lines


def _cell(case: Case, subject: str) -> str:
    figures = case["figures"].get(subject) or {}
    told = figures.get("told") or {}
    if case["name"] == "load" and told:
        return f"{told['per_second']:,.0f}/s"
    text = shown(figures.get("median"))
    if "peak" in told:
        text += f", {_peak(case, subject):,.0f} MiB"
    return text


def printed(run: dict[str, Any]) -> str:
    """A run for the terminal."""
    cases = {case["name"]: case for case in run["cases"]}
    lines = []
    for case in run["cases"]:
        lines.append(f"\n{case['title']}")
        for name, figures in case["figures"].items():
            if figures["median"] is None:
                lines.append(f"  {TITLES[name]:<28} {figures['missing'][:80]}")
            else:
                lines.append(f"  {TITLES[name]:<28} {_cell(case, name)}")
        lines += [f"  {'✓' if ok else '✗'} {said}" for said, ok in verdicts(case, cases, run["engine"])]
    return "\n".join(lines)


def plot(run: dict[str, Any], file: Path) -> None:
    """How many times as long as the desk each subject took, on a logarithmic scale."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "desk"
    from matplotlib import pyplot

    rows = [case for case in run["cases"] if time_of(case, OURS)]
    figure, axes = pyplot.subplots(figsize=(9, 0.42 * len(rows) + 1.6))
    subjects = [name for name in TITLES if not name.startswith(OURS)]
    for subject in subjects:
        points = [
            (seconds / (time_of(case, OURS) or 1), index)
            for index, case in enumerate(rows)
            if (seconds := time_of(case, subject)) is not None
        ]
        if points:
            axes.scatter(*zip(*points, strict=True), label=TITLES[subject], s=28)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xscale("log")
    axes.set_yticks(range(len(rows)), [case["title"] for case in rows])
    axes.invert_yaxis()
    axes.set_xlabel(f"times as long as Zhisu ({run['engine']}, {run['complaints']:,} complaints)")
    axes.grid(axis="x", alpha=0.3)
    axes.legend(fontsize=8, loc="best")
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)


def save(run: dict[str, Any]) -> Path:
    """The run as JSON and as a plot, under the engine and size of its data.

    Cases that it did not measure stay as an earlier run left them: each case is of one run as a whole.
    """
    RESULTS.mkdir(parents=True, exist_ok=True)
    file = RESULTS / f"{run['engine']}-{run['complaints']}.json"
    if file.exists():
        run = joined(json.loads(file.read_text()), run)
    file.write_text(json.dumps(run, ensure_ascii=False, indent=1) + "\n")
    plot(run, file.with_suffix(".svg"))
    return file


def joined(earlier: dict[str, Any], run: dict[str, Any]) -> dict[str, Any]:
    """`run` with the cases of the earlier one that it did not measure, in the order of the cases."""
    measured = {case["name"]: case for case in (*earlier["cases"], *run["cases"])}
    order = {name: place for place, name in enumerate(all_cases.names())}
    return run | {"cases": sorted(measured.values(), key=lambda case: order.get(case["name"], len(order)))}


def write_document() -> None:
    """Put the tables of all kept results between the marks of docs/performance.md."""
    parts: list[str] = []
    for file in sorted(RESULTS.glob("*.json")):
        run = json.loads(file.read_text())
        picture = f"../benchmarks/results/{file.stem}.svg"
        parts += [*table(run), "", f"![Times as long as Zhisu]({picture})", ""]
    text = DOCUMENT.read_text()
    head, _, rest = text.partition(_BEGIN)
    _, _, tail = rest.partition(_END)
    DOCUMENT.write_text(f"{head}{_BEGIN}\n" + "\n".join(parts) + f"{_END}{tail}")
