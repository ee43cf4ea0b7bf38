"""The trade-off as a table, as CSV and as a curve with its knee."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from simulation.twin.tune import Tried

_FIELDS = ("policy", "alerts", "p50_s", "p90_s", "unserved", "on_front", "knee", "inputs")


def table(tried: Sequence[Tried]) -> str:
    """For a terminal: the front only, the knee marked."""
    lines = [f"{'setting':<44}{'alerts':>8}{'p50 s':>8}{'p90 s':>8}{'unserved':>10}"]
    for one in tried:
        if one.on_front:
            mark = "  <- knee" if one.knee else ""
            lines.append(
                f"{one.setting.policy:<44}{one.alerts:>8.2f}{one.p50_s:>8.0f}{one.p90_s:>8.0f}{one.unserved:>10}{mark}"
            )
    return "\n".join(lines)


def advice(tried: Sequence[Tried]) -> str:
    """What to write into the scenario."""
    knee = next(one for one in tried if one.knee)
    wish = knee.setting
    parts = [f"target_chance {wish.target:g}", f"radius_m {wish.radius_m}"]
    parts += [f"alert_factor {wish.factor:g}"] if wish.factor is not None else []
    parts += [f"within_s {wish.within_s}"] if wish.within_s is not None else []
    came = f"{knee.alerts:.2f} alerts an incident, p90 of the first arrival {knee.p90_s:.0f} s"
    return f"proposed: {', '.join(parts)} ({came})"


def to_csv(tried: Sequence[Tried], inputs: Mapping[str, Any]) -> str:
    """Everything that was tried."""
    said = json.dumps(dict(inputs), ensure_ascii=False, sort_keys=True)
    file = io.StringIO()
    writer = csv.DictWriter(file, _FIELDS, lineterminator="\n")
    writer.writeheader()
    for one in tried:
        row = {name: getattr(one, name) for name in _FIELDS if name not in ("policy", "inputs")}
        writer.writerow({"policy": one.setting.policy, **row, "inputs": said})
    return file.getvalue()


def draw(tried: Sequence[Tried], inputs: Mapping[str, Any], path: Path) -> None:
    """Alerts against the p90 of the first arrival."""
    figure = Figure(figsize=(8.5, 5.5), layout="constrained")
    axes = figure.subplots()
    front = [one for one in tried if one.on_front]
    beside = [one for one in tried if not one.on_front]
    axes.scatter([one.alerts for one in beside], [one.p90_s for one in beside], s=20, color="0.7", label="tried")
    axes.plot([one.alerts for one in front], [one.p90_s for one in front], "o-", color="C0", label="nothing is better")
    for one in front:
        axes.annotate(
            one.setting.policy.removeprefix("ours:"), (one.alerts, one.p90_s), textcoords="offset points",
            xytext=(5, 5), fontsize=7,
        )  # fmt: skip
    knee = [one for one in tried if one.knee]
    axes.scatter(
        [one.alerts for one in knee],
        [one.p90_s for one in knee],
        s=160,
        facecolors="none",
        edgecolors="C3",
        label="knee",
    )
    axes.set_xlabel("alerts per incident")
    axes.set_ylabel("p90 of the first arrival, s (nobody came: the whole patience)")
    axes.grid(alpha=0.3)
    axes.legend()
    axes.set_title(
        f"Simulated: {inputs['source']}, {inputs['incidents']} incidents, {inputs['guards']} guards,"
        f" acceptance {inputs['accept']:.0%}, {inputs['ground']}, seed {inputs['seed']}",
        fontsize=9,
    )
    figure.savefig(path, dpi=110, metadata={"Software": None})
