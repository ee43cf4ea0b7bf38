"""How long it took: percentiles of what was measured, and the bands of police reports. Pure."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dispatch.closures.bands import DEPARTURE, FEEDBACK, SIGNING, Bands
from dispatch.closures.facts import Interval, list_intervals, measure
from dispatch.closures.overdue import StageName, Targets
from dispatch.figures.cases import Case, Group, Sets, group_of_case, group_of_order, in_order
from dispatch.figures.scope import By
from dispatch.figures.statistics import Quantile, Share, quantile, share

QUANTILES = (0.5, 0.9, 0.95)
_BANDS: Mapping[str, Bands] = {"signing": SIGNING, "departure": DEPARTURE, "feedback": FEEDBACK}
_TARGETS = {
    "arrival": StageName.ARRIVE,
    "signing": StageName.SIGN,
    "departure": StageName.DEPART,
    "feedback": StageName.FEEDBACK,
}
#: of helpers' orders, beside the intervals of leaders' reports
_OF_HELPERS = (("answering", "offered", "accepted"), ("helper_arrival", "offered", "arrived"))
_CARRIED_OUT = frozenset({"completed", "rated"})
ORDER = (
    "dispatching", "signing", "departure", "on_the_way", "arrival", "handling", "feedback", "total",
    "answering", "helper_arrival",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Band:
    """How many of the measured fell into one band."""

    name: str
    count: int
    share: float


@dataclass(frozen=True, kw_only=True)
class IntervalLine:
    """One interval of one group. ``left_out``: known only by word or inference, or not at all."""

    interval: str
    group: Group
    n: int
    left_out: int
    mean_s: float | None
    quantiles: tuple[Quantile, ...]
    target_s: int | None
    within: Share | None
    bands: tuple[Band, ...]
    sets: Mapping[str, frozenset[uuid.UUID]] = field(default_factory=dict)


def interval_lines(cases: Iterable[Case], by: By, targets: Targets) -> list[IntervalLine]:
    """Each interval that can be told apart so; only milestones that were measured count."""
    seconds: dict[tuple[str, Group], list[float]] = defaultdict(list)
    left_out: dict[tuple[str, Group], int] = defaultdict(int)
    sets: dict[tuple[str, Group], Sets] = defaultdict(Sets)
    for case in cases:
        for interval, group in _intervals(case, by):
            key = (interval.name, group)
            if interval.seconds is None or not interval.measured:
                left_out[key] += 1
                sets[key].add("left_out", case)
                continue
            seconds[key].append(interval.seconds)
            sets[key].add("measured", case)
            target = _target_s(interval.name, targets)
            if target is not None:
                sets[key].add("within" if interval.seconds <= target else "late", case)
            if interval.name in _BANDS:
                sets[key].add(f"band:{_BANDS[interval.name].band(interval.seconds)}", case)
    groups = in_order({group for _, group in sets}, by)
    return [
        _line(name, group, sorted(seconds[name, group]), left_out[name, group], targets, sets[name, group])
        for name in ORDER
        for group in groups
        if (name, group) in sets
    ]


def _intervals(case: Case, by: By) -> Iterator[tuple[Interval, Group]]:
    of_case = group_of_case(case, by)
    asked = {one.facts.id: one for one in case.asked}
    for interval in list_intervals(case.facts):
        if interval.order_id is None:
            if of_case is not None and (interval.seconds is not None or _is_missing(interval.name, case.state)):
                yield interval, of_case
        elif interval.order_id in asked:
            one = asked[interval.order_id]
            if interval.seconds is not None or one.facts.state in _CARRIED_OUT:
                yield interval, group_of_order(case, one, by)
    for one in case.asked:
        if not one.facts.police:
            for name, start, end in _OF_HELPERS:
                if end in one.facts.marks:
                    yield measure(name, one.facts.marks, start, end), group_of_order(case, one, by)


def _is_missing(name: str, state: str) -> bool:
    """Whether an interval that is not known should be: of a call that was called off it need not."""
    return state == "closed" or (state == "feedback" and name != "total")


def _target_s(name: str, targets: Targets) -> int | None:
    return round(targets.of_stage(_TARGETS[name]).total_seconds()) if name in _TARGETS else None


def _line(
    name: str, group: Group, ordered: Sequence[float], left_out: int, targets: Targets, sets: Sets
) -> IntervalLine:
    target = _target_s(name, targets)
    counts: dict[str | None, int] = defaultdict(int)
    if name in _BANDS:
        for value in ordered:
            counts[_BANDS[name].band(value)] += 1
    n = len(ordered)
    return IntervalLine(
        interval=name,
        group=group,
        n=n,
        left_out=left_out,
        mean_s=sum(ordered) / n if n else None,
        quantiles=tuple(quantile(ordered, p) for p in QUANTILES) if n else (),
        target_s=target,
        within=share(sum(value <= target for value in ordered), n) if target is not None else None,
        bands=tuple(
            Band(name=band, count=counts[band], share=counts[band] / n)
            for band in (_BANDS[name].names if name in _BANDS and n else ())
        ),
        sets=sets.frozen(),
    )
