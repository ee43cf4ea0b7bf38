"""What a station's own log says about who accepts, how soon, and how soon he leaves; and what is assumed before. Pure.

**Acceptance.** k of n asked accepted. Beta-Binomial: with a prior worth m askings at rate p₀ the posterior mean is

    shrink(k, n; p₀, m) = (k + m·p₀) / (n + m)                      (Gelman et al., Bayesian Data Analysis, 2.4, 5.3)

Station: s, shrunken towards the prior of the kind. Each scenario, band of hours and responder: g, shrunken towards the
station's rate as it was seen, r, where m is learned from how much the groups differ (``learning.estimate_weight``).
Their deviations add up on the log-odds scale: logit p = logit s + Σ (logit gᵢ - logit r). That the three act
independently is an assumption; a log that is all one scenario, one band and one guard gives no deviation at all.

**Turnout.** The logarithm of (departure - acceptance) over the prior's median; the station's mean is drawn towards 0,
those of its groups towards the station's as seen, by the credibility n / (n + κ) (Bühlmann, ASTIN Bulletin 4, 1967).
What comes out is a median.

**Time to accept.** Log-normal with the station's shrunken mean and variance per kind: the chance within t of those who
are given a seconds is p·F(t)/F(a).
"""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import NormalDist
from typing import Any

from pydantic import TypeAdapter

LOCAL = timedelta(hours=8)  # China knows one time
DAY, EVENING, NIGHT = "day", "evening", "night"
_NIGHT_FROM, _NIGHT_TO, _EVENING_FROM = 22, 6, 18
#: nobody is certain to come, and nobody certain to stay away
LEAST, MOST = 0.02, 0.98
#: observations of turnout at the mean above it that each mean is lent; as for ratings
KAPPA = 5.0


@dataclass(frozen=True, kw_only=True)
class Prior:
    """What is assumed of a kind before anything is known. Seconds are medians."""

    accept: float
    #: how many askings the assumption is worth
    weight: float
    turnout_day_s: float
    turnout_night_s: float
    answer_s: float
    answer_spread: float
    source: str

    def turnout_s(self, band: str) -> float:
        return self.turnout_night_s if band == NIGHT else self.turnout_day_s


#: Volunteers answer 17 to 47 % of alerts; guards on paid duty should answer more often, so their prior stands just
#: above that range and is worth few askings. Turnout: medians of 4 138 volunteer operations. A patrol is commanded:
#: it cannot decline, only be out of reach; 60 s is the usual target of an ambulance crew. Spreads: judgement.
_VOLUNTEERS = "JMIR mHealth 2023 e41551（志愿者响应率 17–47 %）；PMID 40816549（出发准备：昼 102 秒、夜 142 秒）"
PRIORS: dict[str, Prior] = {
    "guard": Prior(
        accept=0.5, weight=6.0, turnout_day_s=102.0, turnout_night_s=142.0, answer_s=12.0, answer_spread=0.8,
        source=_VOLUNTEERS + "；在岗保安员略高于该范围，属本项目判断",
    ),
    "safe_house": Prior(
        accept=0.4, weight=6.0, turnout_day_s=102.0, turnout_night_s=142.0, answer_s=15.0, answer_spread=0.8,
        source=_VOLUNTEERS + "；店主可能正在营业，属本项目判断",
    ),
    "patrol_unit": Prior(
        accept=0.95, weight=12.0, turnout_day_s=60.0, turnout_night_s=60.0, answer_s=10.0, answer_spread=0.7,
        source="警力按指令出警；急救车组出车目标 60 秒（NFPA 1710），属本项目判断",
    ),
}  # fmt: skip


@dataclass(kw_only=True)
class Tally:
    """What is counted of one group: askings with an outcome, acceptances, log-turnouts over the prior."""

    asked: int = 0
    accepted: int = 0
    turnouts: int = 0
    turnout_log_sum: float = 0.0


@dataclass(kw_only=True)
class KindExperience:
    """One kind of responder at one station. ``weights``: askings at the station's rate that a group is lent."""

    prior: Prior
    all: Tally = field(default_factory=Tally)
    scenarios: dict[str, Tally] = field(default_factory=dict)
    bands: dict[str, Tally] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    #: median seconds from asking to acceptance, and the spread of their logarithm
    answer_s: float = 12.0
    answer_spread: float = 0.8


@dataclass(kw_only=True)
class Experience:
    """All that a station has learned. Without rows it is the priors."""

    kinds: dict[str, KindExperience] = field(default_factory=dict)
    responders: dict[uuid.UUID, Tally] = field(default_factory=dict)

    def of_kind(self, kind: str) -> KindExperience:
        found = self.kinds.get(kind)
        if found is not None:
            return found
        prior = PRIORS[kind]
        return KindExperience(prior=prior, answer_s=prior.answer_s, answer_spread=prior.answer_spread)


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Who is asked for what, when, and how long he has. ``within_s`` is the wanted time, at most ``accept_s``."""

    kind: str
    responder_id: uuid.UUID
    scenario: str
    at: datetime
    accept_s: float
    within_s: float


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """``chance`` to accept within the wanted time, median ``turnout_s``, and how often he was asked so far."""

    chance: float
    turnout_s: float
    tries: int


#: of whom nothing is known
_NOTHING = Tally()
#: groups of which nothing is known yet are lent so many askings
DEFAULT_WEIGHT = 10.0


def band_of(at: datetime) -> str:
    """Day 6–18, evening 18–22, night 22–6, local time."""
    hour = (at + LOCAL).hour
    if hour >= _NIGHT_FROM or hour < _NIGHT_TO:
        return NIGHT
    return EVENING if hour >= _EVENING_FROM else DAY


def shrink(successes: float, tries: float, *, towards: float, weight: float) -> float:
    """The rate of a group, drawn towards a common one that is worth ``weight`` tries."""
    return (successes + weight * towards) / (tries + weight)


def shrink_mean(total: float, n: int, *, towards: float, weight: float = KAPPA) -> float:
    """The mean of ``n`` values with that sum, drawn towards a common mean."""
    return (total + weight * towards) / (n + weight)


def expect(experience: Experience, asking: Asking) -> Expectation:
    """What is to be expected of one who is asked now."""
    return Outlook(experience, asking).of(asking.responder_id)


class Outlook:
    """``expect`` for many who are asked the same: what they have in common is reckoned once, whoever they are."""

    def __init__(self, experience: Experience, asking: Asking) -> None:
        """``asking``: of any of them."""
        self._own = experience.responders
        self._known = known = experience.of_kind(asking.kind)
        band = band_of(asking.at)
        scenario, hours = known.scenarios.get(asking.scenario, _NOTHING), known.bands.get(band, _NOTHING)
        self._odds = _add(known, _odds(known), ("scenario", scenario), ("band", hours))
        self._shift = _shift(known, _mean_shift(known), scenario, hours)
        self._turnout_s = known.prior.turnout_s(band)
        self._share = answered_by(known, asking.within_s, asking.accept_s)
        self._stranger = self._of(_NOTHING)

    def of(self, responder_id: uuid.UUID) -> Expectation:
        """What is to be expected of this one."""
        own = self._own.get(responder_id)
        return self._stranger if own is None else self._of(own)

    def _of(self, own: Tally) -> Expectation:
        accept = _rate(_add(self._known, self._odds, ("responder", own)))
        return Expectation(
            chance=_bounded(accept * self._share),
            turnout_s=self._turnout_s * math.exp(_shift(self._known, self._shift, own)),
            tries=own.asked,
        )


def expect_late(experience: Experience, asking: Asking, *, waited_s: float) -> float:
    """Chance of one who was asked ``waited_s`` ago and has not answered to accept within the wanted time from now."""
    known = experience.of_kind(asking.kind)
    accept = expect_acceptance(experience, asking)
    by_now = accept * answered_by(known, waited_s, asking.accept_s)
    by_then = accept * answered_by(known, waited_s + asking.within_s, asking.accept_s)
    return max(0.0, (by_then - by_now) / (1.0 - by_now))


def expect_acceptance(experience: Experience, asking: Asking) -> float:
    """Chance to accept before his time is over."""
    known = experience.of_kind(asking.kind)
    return rate_of(
        known,
        ("scenario", known.scenarios.get(asking.scenario, _NOTHING)),
        ("band", known.bands.get(band_of(asking.at), _NOTHING)),
        ("responder", experience.responders.get(asking.responder_id, _NOTHING)),
    )


def rate_of(known: KindExperience, *groups: tuple[str, Tally]) -> float:
    """The rate of acceptance of whoever belongs to these groups; of none: the station's."""
    return _rate(_add(known, _odds(known), *groups))


def turnout_of(known: KindExperience, band: str, *groups: Tally) -> float:
    """Median seconds from acceptance to departure of whoever belongs to these groups."""
    return known.prior.turnout_s(band) * math.exp(_shift(known, _mean_shift(known), *groups))


def _station(known: KindExperience) -> float:
    return _bounded(shrink(known.all.accepted, known.all.asked, towards=known.prior.accept, weight=known.prior.weight))


def _odds(known: KindExperience) -> float:
    return _logit(_station(known))


def _add(known: KindExperience, odds: float, *groups: tuple[str, Tally]) -> float:
    seen = known.all.accepted / known.all.asked if known.all.asked else _station(known)
    for name, tally in groups:
        weight = known.weights.get(name, DEFAULT_WEIGHT)
        odds += _logit(shrink(tally.accepted, tally.asked, towards=seen, weight=weight)) - _logit(seen)
    return odds


def _rate(odds: float) -> float:
    return _bounded(1.0 / (1.0 + math.exp(-odds)))


def _mean_shift(known: KindExperience) -> float:
    return shrink_mean(known.all.turnout_log_sum, known.all.turnouts, towards=0.0)


def _shift(known: KindExperience, shift: float, *groups: Tally) -> float:
    seen = known.all.turnout_log_sum / known.all.turnouts if known.all.turnouts else 0.0
    for tally in groups:
        shift += shrink_mean(tally.turnout_log_sum, tally.turnouts, towards=seen) - seen
    return shift


def answered_by(known: KindExperience, seconds: float, accept_s: float) -> float:
    """Of those who accept within ``accept_s``, the share that has accepted by ``seconds``."""
    if seconds >= accept_s:
        return 1.0
    if seconds <= 0.0:
        return 0.0
    times = NormalDist(math.log(known.answer_s), known.answer_spread)
    return times.cdf(math.log(seconds)) / max(times.cdf(math.log(accept_s)), 1e-9)


def _logit(rate: float) -> float:
    rate = _bounded(rate)
    return math.log(rate / (1.0 - rate))


def _bounded(rate: float) -> float:
    return min(MOST, max(LEAST, rate))


_EXPERIENCE = TypeAdapter(Experience)


def write_experience(experience: Experience) -> dict[str, Any]:
    """JSON."""
    written: dict[str, Any] = _EXPERIENCE.dump_python(experience, mode="json")
    return written


def read_experience(value: dict[str, Any]) -> Experience:
    return _EXPERIENCE.validate_python(value)
