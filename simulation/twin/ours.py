"""The system's own choice: the very functions that dispatch, with an experience learned from the run's own log."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from dispatch.matching.experience import Asking, Expectation, Experience, band_of, expect, expect_late
from dispatch.matching.learning import LogRow, learn
from dispatch.matching.team import plan_team
from dispatch.matching.values import Inputs
from dispatch.scenarios.spec import NeedSpec
from simulation.twin.policies import Choice
from simulation.twin.sight import Question

#: learned anew when the log has grown by so much, and at least by so many rows
_GROWTH, _LEAST_ROWS = 1.1, 50


class Ours:
    """``target``: how sure it is to be that the places are filled ``within_s``; None for both: always as many as the
    alert factor says, nobody's chance being known."""

    claims, widens, ways = True, True, True

    def __init__(
        self,
        *,
        name: str = "ours",
        target: float | None = 0.9,
        within_s: float | None = None,
        factor: float | None = None,
        radius_m: int | None = None,
        learns: bool = True,
        log: Sequence[LogRow] = (),
    ) -> None:
        self.name, self.target, self.within_s, self.learns = name, target, within_s, learns
        changed = {"alert_factor": factor, "radius_m": radius_m}
        self._changed = {key: value for key, value in changed.items() if value is not None}
        self._log = list(log)
        self._known: dict[tuple[uuid.UUID, str, str, float], Expectation] = {}
        self._next_rows = 0
        self._experience = Experience()
        self._study()

    def adapt(self, spec: NeedSpec) -> NeedSpec:
        return spec.model_copy(update=self._changed)

    def hear(self, row: LogRow) -> None:
        self._log.append(row)
        if self.learns and len(self._log) >= self._next_rows:
            self._study()

    def choose(self, team: Sequence[Question]) -> list[Choice]:
        planned = plan_team([self._enrich(question) for question in team])
        return [
            Choice(
                [scored.responder_id for scored in (*plan.chosen, *plan.reserves)],
                plan.ask,
                {s.responder_id: s.chance for s in (*plan.chosen, *plan.reserves) if s.chance is not None},
            )
            for _, plan in planned
        ]

    def _enrich(self, question: Question) -> Inputs:
        """What the log says of everybody."""
        inputs = question.inputs
        if self.target is None:
            return inputs
        accept_s = inputs.need.accept_s or 0.0
        within_s = min(self.within_s or accept_s, accept_s)
        kind, band = inputs.need.kind, band_of(inputs.now)

        def asking(responder_id: uuid.UUID) -> Asking:
            return Asking(
                kind=kind, responder_id=responder_id, scenario=question.scenario, at=inputs.now,
                accept_s=accept_s, within_s=within_s,
            )  # fmt: skip

        candidates = []
        for candidate in inputs.candidates:
            key = (candidate.responder_id, question.scenario, band, accept_s)
            expected = self._known.get(key)
            if expected is None:
                expected = self._known[key] = expect(self._experience, asking(candidate.responder_id))
            candidates.append(
                replace(candidate, chance=expected.chance, turnout_s=expected.turnout_s, tries=expected.tries)
            )
        pending = tuple(
            expect_late(self._experience, asking(responder_id), waited_s=waited_s)
            for responder_id, waited_s in question.waiting
        )
        need = replace(inputs.need, target_chance=self.target, within_s=within_s, pending=pending)
        return replace(inputs, need=need, candidates=tuple(candidates))

    def _study(self) -> None:
        self._experience = learn(self._log)
        self._known.clear()
        self._next_rows = max(len(self._log) + _LEAST_ROWS, round(len(self._log) * _GROWTH))
