"""From the station's log of orders to its experience. Pure."""

from __future__ import annotations

import math
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Literal

from dispatch.matching.experience import (
    DEFAULT_WEIGHT,
    KAPPA,
    PRIORS,
    Experience,
    KindExperience,
    Prior,
    Tally,
    band_of,
)

_LEAST_WEIGHT, _MOST_WEIGHT = 2.0, 100.0
#: fewer groups say nothing about how much groups differ
_GROUPS = 3
#: a departure an hour after the acceptance, or in the same second, is no turnout but a forgotten or a double tap
_TURNOUT_FROM_S, _TURNOUT_TO_S = 1.0, 3600.0
#: an arrival four hours later was told when somebody remembered it
_ARRIVAL_TO_S = 4 * 3600.0


@dataclass(frozen=True, kw_only=True)
class LogRow:
    """One order that ended with an answer or without one. Seconds; None where not known.

    ``accept_s``: from asking to acceptance; ``turnout_s``, ``arrive_s``: from acceptance to departure, to arrival.
    ``predicted``, ``told_turnout_s``, ``told_arrive_s``: what was stored when he was asked, the chance and the times.
    """

    responder_id: uuid.UUID
    kind: str
    scenario: str
    at: datetime
    accepted: bool
    accept_s: float | None = None
    turnout_s: float | None = None
    arrive_s: float | None = None
    predicted: float | None = None
    told_turnout_s: float | None = None
    told_arrive_s: float | None = None


def learn(rows: Iterable[LogRow]) -> Experience:
    """The experience that these rows are; independent of their order."""
    by_kind: dict[str, list[LogRow]] = defaultdict(list)
    responders: dict[uuid.UUID, Tally] = defaultdict(Tally)
    # sums of floats depend on their order, and a calibration is compared with the one before it
    for row in sorted(rows, key=_place):
        by_kind[row.kind].append(row)
        count(responders[row.responder_id], row, PRIORS[row.kind])
    kinds = {kind: _learn_kind(PRIORS[kind], found, responders) for kind, found in sorted(by_kind.items())}
    return Experience(kinds=kinds, responders=dict(sorted(responders.items())))


def _place(row: LogRow) -> tuple[datetime, uuid.UUID, str, float, float]:
    return row.at, row.responder_id, row.scenario, row.accept_s or 0.0, row.turnout_s or 0.0


def _learn_kind(prior: Prior, rows: Sequence[LogRow], responders: dict[uuid.UUID, Tally]) -> KindExperience:
    everything = Tally()
    scenarios: dict[str, Tally] = defaultdict(Tally)
    bands: dict[str, Tally] = defaultdict(Tally)
    for row in rows:
        for tally in (everything, scenarios[row.scenario], bands[band_of(row.at)]):
            count(tally, row, prior)
    people = [responders[id_] for id_ in sorted({row.responder_id for row in rows})]
    answer_s, spread = _learn_answers(prior, [row.accept_s for row in rows if row.accepted and row.accept_s])
    return KindExperience(
        prior=prior,
        all=everything,
        scenarios=dict(sorted(scenarios.items())),
        bands=dict(sorted(bands.items())),
        weights={
            "scenario": estimate_weight(scenarios.values()),
            "band": estimate_weight(bands.values()),
            "responder": estimate_weight(people),
        },
        answer_s=answer_s,
        answer_spread=spread,
    )


def count(tally: Tally, row: LogRow, prior: Prior) -> None:
    """Take one row into a group."""
    tally.asked += 1
    tally.accepted += row.accepted
    if row.turnout_s is not None and _is_turnout(row.turnout_s):
        tally.turnouts += 1
        tally.turnout_log_sum += math.log(row.turnout_s / prior.turnout_s(band_of(row.at)))


def _is_turnout(seconds: float) -> bool:
    return _TURNOUT_FROM_S <= seconds <= _TURNOUT_TO_S


def estimate_weight(groups: Collection[Tally]) -> float:
    """How many askings at the common rate a group is lent: few where groups differ much, many where hardly.

    Moments of the Beta-Binomial (Kleinman, "Proportions with extraneous variance", JASA 68, 1973). With
    S = Σ nᵢ(pᵢ - p)², p = Σkᵢ/Σnᵢ and Var pᵢ = p(1-p)(1 + (nᵢ - 1)ρ)/nᵢ the expectation of S gives

        ρ = (S / (p(1-p)) - (K - 1)) / Σ (1 - nᵢ/N)(nᵢ - 1),    m = 1/ρ - 1,

    held between 2 and 100. Fewer than three groups, or all of one mind: 10 or 100.
    """
    seen = [tally for tally in groups if tally.asked > 0]
    asked = sum(tally.asked for tally in seen)
    room = math.fsum((1 - tally.asked / asked) * (tally.asked - 1) for tally in seen)
    if len(seen) < _GROUPS or room <= 0.0:
        return DEFAULT_WEIGHT
    rate = sum(tally.accepted for tally in seen) / asked
    if rate in (0.0, 1.0):
        return _MOST_WEIGHT
    scatter = math.fsum(tally.asked * (tally.accepted / tally.asked - rate) ** 2 for tally in seen)
    likeness = (scatter / (rate * (1 - rate)) - (len(seen) - 1)) / room
    if likeness <= 0.0:
        return _MOST_WEIGHT
    return min(_MOST_WEIGHT, max(_LEAST_WEIGHT, 1.0 / likeness - 1.0))


def _learn_answers(prior: Prior, seconds: Sequence[float]) -> tuple[float, float]:
    """Median and spread of the time to accept, the prior being worth KAPPA observations."""
    logs = [math.log(max(value, 0.5)) for value in seconds]
    n, assumed = len(logs), math.log(prior.answer_s)
    mean = (math.fsum(logs) + KAPPA * assumed) / (n + KAPPA)
    squares = math.fsum((value - mean) ** 2 for value in logs) + KAPPA * prior.answer_spread**2
    return math.exp(mean), math.sqrt(squares / (n + KAPPA))


@dataclass(frozen=True, kw_only=True)
class Decile:
    """Of those to whom a chance between ``low`` and ``high`` was given: what was promised, and what came."""

    low: float
    high: float
    n: int
    predicted: float
    observed: float


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Times of one kind of responder as expected and as they came, from the acceptance on; medians in seconds.

    ``off_s``: median of the distance between both, either way. ``kept``: share of those who were not later.
    """

    kind: str
    until: Literal["departure", "arrival"]
    n: int
    predicted_s: float
    observed_s: float
    off_s: float
    kept: float


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """Whether chances and times are to be believed. ``brier``: mean squared error, 0 is best, 0.25 is a coin."""

    n: int
    brier: float | None
    deciles: tuple[Decile, ...]
    times: tuple[Timing, ...]


def judge_predictions(rows: Sequence[LogRow]) -> Reliability:
    """Chances as they were stored when people were asked, beside what these people did (Brier 1950).

    Nothing is predicted in hindsight: rows without a stored chance do not count.
    """
    told = [(row.predicted, row.accepted) for row in rows if row.predicted is not None]
    boxes: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for predicted, accepted in told:
        boxes[min(9, int(predicted * 10))].append((predicted, accepted))
    return Reliability(
        n=len(told),
        brier=round(math.fsum((p - a) ** 2 for p, a in told) / len(told), 4) if told else None,
        deciles=tuple(
            Decile(
                low=box / 10,
                high=(box + 1) / 10,
                n=len(found),
                predicted=round(math.fsum(p for p, _ in found) / len(found), 4),
                observed=round(sum(a for _, a in found) / len(found), 4),
            )
            for box, found in sorted(boxes.items())
        ),
        times=judge_times(rows),
    )


def judge_times(rows: Iterable[LogRow]) -> tuple[Timing, ...]:
    """Times as they were stored when people were asked, beside those that were measured; by kind, departure first."""
    pairs: dict[tuple[str, Literal["departure", "arrival"]], list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        if row.told_turnout_s is not None and row.turnout_s is not None and _is_turnout(row.turnout_s):
            pairs[row.kind, "departure"].append((row.told_turnout_s, row.turnout_s))
        if row.told_arrive_s is not None and row.arrive_s is not None and 0 < row.arrive_s <= _ARRIVAL_TO_S:
            pairs[row.kind, "arrival"].append((row.told_arrive_s, row.arrive_s))
    return tuple(
        Timing(
            kind=kind,
            until=until,
            n=len(found),
            predicted_s=round(median(told for told, _ in found), 1),
            observed_s=round(median(came for _, came in found), 1),
            off_s=round(median(abs(came - told) for told, came in found), 1),
            kept=round(sum(came <= told for told, came in found) / len(found), 4),
        )
        for kind in PRIORS
        for until in ("departure", "arrival")
        if (found := pairs[kind, until])
    )
