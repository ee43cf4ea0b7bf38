"""The comparison as a table, as CSV and as a picture."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from simulation.twin.compare import Difference, Result
from simulation.twin.equal import Standing
from simulation.twin.measures import rows

_COLUMNS = (
    ("policy", "policy", 34),
    ("served", "served", 8),
    ("p50", "p50 s", 18),
    ("p90", "p90 s", 18),
    ("within_target", "in time", 9),
    ("alerts", "alerts", 8),
    ("needless", "needless", 10),
    ("unserved", "unserved", 10),
    ("gini", "gini", 7),
    ("bare_post_min", "bare min", 10),
)


def table(results: Sequence[Result]) -> str:
    """For a terminal."""
    lines = ["".join(title.ljust(width) if name == "policy" else title.rjust(width) for name, title, width in _COLUMNS)]
    for row in rows(result.figures for result in results):
        row |= {
            "p50": _interval(row["p50_s"], row["p50_low_s"], row["p50_high_s"]),
            "p90": _interval(row["p90_s"], row["p90_low_s"], row["p90_high_s"]),
            "served": f"{row['served']:.1%}",
            "within_target": f"{row['within_target']:.1%}",
        }
        lines.append(
            "".join(
                str(row[name]).ljust(width) if name == "policy" else str(row[name]).rjust(width)
                for name, _, width in _COLUMNS
            )
        )
    return "\n".join(lines)


def differences(found: Sequence[Difference]) -> str:
    """Each pair as a sentence."""
    return "\n".join(
        f"{d.one} less {d.other}: in time {d.in_time[0]:+.1%} ({d.in_time[1]:+.1%} to {d.in_time[2]:+.1%}),"
        f" alerts {d.alerts[0]:+.2f} ({d.alerts[1]:+.2f} to {d.alerts[2]:+.2f})"
        for d in found
    )


def standings(found: Sequence[Standing]) -> str:
    """Each of ours beside the best that the others can do together."""
    lines = []
    for one in found:
        said = f"{one.policy}: {one.alerts:.2f} alerts, mean wait {one.wait_s:.0f} s; the others"
        said += " never ask so few" if one.hull_wait_s is None else f" with as many alerts {one.hull_wait_s:.0f} s"
        said += ", never so early" if one.hull_alerts is None else f", for as short a wait {one.hull_alerts:.2f} alerts"
        lines.append(said)
    return "\n".join(lines)


def to_csv(results: Sequence[Result], inputs: Mapping[str, Any]) -> str:
    """One line per policy; every line carries what it was made from."""
    found = rows(result.figures for result in results)
    said = json.dumps(dict(inputs), ensure_ascii=False, sort_keys=True)
    file = io.StringIO()
    writer = csv.DictWriter(file, [*found[0], "inputs"], lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "inputs": said} for row in found)
    return file.getvalue()


def draw(results: Sequence[Result], inputs: Mapping[str, Any], path: Path) -> None:
    """Alerts against arrival, and the whole distribution of first arrivals. The same results give the same bytes."""
    figure = Figure(figsize=(12, 5.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    for number, result in enumerate(results):
        figures = result.figures
        colour = f"C{number % 10}"
        left.scatter([figures.alerts], [figures.within_target * 100], color=colour, s=60)
        left.annotate(
            figures.policy, (figures.alerts, figures.within_target * 100), textcoords="offset points", xytext=(6, 4),
            fontsize=8,
        )  # fmt: skip
        waits = sorted(value / 60 for value in result.first_s.tolist() if value != float("inf"))
        shares = [100 * (n + 1) / len(result.first_s) for n in range(len(waits))]
        right.step(waits, shares, where="post", color=colour, label=figures.policy)
    left.set_xlabel("alerts per incident")
    left.set_ylabel(f"incidents with a helper within {inputs['target_s']:g} s, %")
    right.set_xlabel("minutes from the call to the first helper")
    right.set_ylabel("incidents, %")
    right.set_ylim(0, 100)
    right.legend(fontsize=8, loc="lower right")
    for axes in (left, right):
        axes.grid(alpha=0.3)
    figure.suptitle(
        f"Simulated: {inputs['source']}, {inputs['incidents']} incidents, {inputs['guards']} guards,"
        f" mean acceptance {inputs['accept']:.0%}, {inputs['ground']}, seed {inputs['seed']}",
        fontsize=10,
    )
    figure.savefig(path, dpi=110, metadata={"Software": None})


def _interval(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return "never"
    return f"{value:.0f} ({_whole(low)}-{_whole(high)})"


def _whole(value: float | None) -> str:
    return "never" if value is None else f"{value:.0f}"
