"""From rows to the values that are weighed: what a station knows is put beside what was read."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, cast

from dispatch.matching.experience import Asking, Expectation, Experience, Outlook, expect_late
from dispatch.matching.model import Need
from dispatch.matching.policy import Policy
from dispatch.matching.race import ALERT_S
from dispatch.matching.values import Candidate, NeedValue, Weights
from dispatch.scenarios.spec import ScenarioSpec

#: what a station pays, in seconds, for each guard below a post's minimum, where it allows that at all
BELOW_POST_S = 180.0


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What holds for all needs of one incident. ``posts``: (people there, minimum) by post."""

    scenario: str
    spec: ScenarioSpec
    level: int
    policy: Policy
    experience: Experience
    posts: Mapping[uuid.UUID, tuple[int, int]]
    at: datetime

    def need(self, need: Need, pending: Sequence[Any]) -> NeedValue:
        """What the need still wants; ``pending``: who was asked, when, and has not answered."""
        civilian = need.mode == "offer"
        known = self.experience.of_kind(need.kind)
        return NeedValue(
            kind=need.kind,
            mode=cast(Literal["command", "offer"], need.mode),
            skills=tuple(sorted(need.skills)),
            places=need.needed - need.accepted,
            waiting=len(pending),
            alert_factor=need.alert_factor,
            radius_m=float(need.radius_m),
            target_chance=need.target_chance,
            within_s=self._within_s(need),
            accept_s=float(need.accept_s),
            answer_s=round(known.answer_s, 1) if civilian else None,
            answer_spread=round(known.answer_spread, 2) if civilian else None,
            pending=tuple(self._late(row, need) for row in pending),
            barred=civilian and self.spec.bars(need.kind, self.level),
            danger_skills=tuple(sorted(self.spec.danger_skills)) if civilian else (),
        )

    def weights(self, need: Need, *, fresh_s: float) -> Weights:
        """What is weighed for it. Police are commanded: nobody spares them."""
        policy, spec = self.policy, self.spec
        weights = replace(
            Weights(),
            fresh_s=fresh_s,
            proven_s=float(policy.proven_s) or None,
            below_post_s=BELOW_POST_S if policy.post_rule == "price" else None,
        )
        if need.mode == "command":
            return weights
        rest_s = policy.rest_s if spec.rest_s is None else spec.rest_s
        per_hour = policy.alerts_per_hour if spec.alerts_per_hour is None else spec.alerts_per_hour
        return replace(
            weights,
            alert_s=ALERT_S,
            rest_s=float(rest_s) or None,
            alerts_per_hour=per_hour or None,
            alerts_per_shift=policy.alerts_per_shift or None,
        )

    def candidates(self, rows: Sequence[Any], need: Need) -> tuple[Candidate, ...]:
        """The rows of the pool."""
        outlooks: dict[str, Outlook] = {}
        for row in rows:
            if row.kind not in outlooks:
                outlooks[row.kind] = Outlook(self.experience, self._asking(row.kind, row.id, need, self.at))
        return tuple(self._candidate(row, outlooks[row.kind].of(row.id)) for row in rows)

    def _candidate(self, row: Any, expected: Expectation) -> Candidate:
        present = spare = None
        if row.post_id in self.posts:
            present, minimum = self.posts[row.post_id]
            spare = present - minimum
        return Candidate(
            responder_id=row.id,
            kind=row.kind,
            station_id=row.station_id,
            skills=tuple(sorted(row.skills)),
            on_duty=row.on_duty,
            engaged=row.engaged,
            asked=row.asked,
            distance_m=None if row.distance_m is None else round(row.distance_m, 2),
            fixed=row.fixed,
            captured_at=row.captured_at,
            has_account=row.has_account,
            reachable=row.reachable,
            post_id=row.post_id,
            post_spare=spare,
            post_present=present,
            chance=round(expected.chance, 4),
            turnout_s=round(expected.turnout_s, 1),
            tries=expected.tries,
            proven_at=row.proven_at,
            last_done_at=row.last_done_at,
            alerts_hour=row.alerts_hour,
            alerts_shift=row.alerts_shift,
            familiar=None if row.kind == "patrol_unit" else row.familiar,
            in_beat=row.in_beat,
            house_id=row.house_id,
            keeps_house=row.house_needed,
        )

    def _late(self, row: Any, need: Need) -> float:
        asking = self._asking(need.kind, row.responder_id, need, row.offered_at)
        waited_s = max(0.0, (self.at - row.offered_at).total_seconds())
        return round(expect_late(self.experience, asking, waited_s=waited_s), 4)

    def _asking(self, kind: str, responder_id: uuid.UUID, need: Need, at: datetime) -> Asking:
        return Asking(
            kind=kind,
            responder_id=responder_id,
            scenario=self.scenario,
            at=at,
            accept_s=float(need.accept_s),
            within_s=self._within_s(need),
        )

    @staticmethod
    def _within_s(need: Need) -> float:
        return float(min(need.accept_s, need.within_s or need.accept_s))
