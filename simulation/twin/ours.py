"""The system's own choice: the very functions that dispatch, with an experience learned from the run's own log."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from dispatch.matching.experience import Asking, Expectation, Experience, Outlook, band_of, expect_late
from dispatch.matching.learning import LogRow, learn
from dispatch.matching.team import plan_team
from dispatch.matching.values import Inputs
from dispatch.scenarios.spec import NeedSpec
from simulation.twin.policies import Choice
from simulation.twin.sight import Question

_ANYBODY = uuid.UUID(int=0)
#: learned anew when the log has grown by so much, and at least by so many rows
_GROWTH, _LEAST_ROWS = 1.1, 50


class Ours:
    """``target``: how sure it is to be that the places are filled ``within_s``; 1: always as many as ``factor`` allows.
    None for any of them: as the scenario has it. ``races``: asks nobody by whom nobody comes earlier. ``log``: what was
    learned before the run."""

    claims, widens, ways = True, True, True

    def __init__(
        self,
        *,
        name: str = "ours",
        target: float | None = None,
        within_s: int | None = None,
        factor: float | None = None,
        radius_m: int | None = None,
        learns: bool = True,
        races: bool = True,
        log: Sequence[LogRow] = (),
    ) -> None:
        self.name, self.learns, self.races = name, learns, races
        changed = {"target_chance": target, "within_s": within_s, "alert_factor": factor, "radius_m": radius_m}
        self._changed = {key: value for key, value in changed.items() if value is not None}
        self._log = list(log)
        self._known: dict[tuple[uuid.UUID, str, str, float, float], Expectation] = {}
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
        accept_s, within_s = inputs.need.accept_s or 0.0, inputs.need.within_s or 0.0
        kind, band = inputs.need.kind, band_of(inputs.now)

        def asking(responder_id: uuid.UUID) -> Asking:
            return Asking(
                kind=kind, responder_id=responder_id, scenario=question.scenario, at=inputs.now,
                accept_s=accept_s, within_s=within_s,
            )  # fmt: skip

        outlook = Outlook(self._experience, asking(_ANYBODY))
        candidates = []
        for candidate in inputs.candidates:
            key = (candidate.responder_id, question.scenario, band, accept_s, within_s)
            expected = self._known.get(key)
            if expected is None:
                expected = self._known[key] = outlook.of(candidate.responder_id)
            candidates.append(
                replace(
                    candidate,
                    chance=round(expected.chance, 4),
                    turnout_s=round(expected.turnout_s, 1),
                    tries=expected.tries,
                )
            )
        pending = tuple(
            round(expect_late(self._experience, asking(responder_id), waited_s=waited_s), 4)
            for responder_id, waited_s in question.waiting
        )
        need = replace(inputs.need, pending=pending)
        if self.races:
            experience = self._experience.of_kind(kind)
            need = replace(
                need, answer_s=round(experience.answer_s, 1), answer_spread=round(experience.answer_spread, 2)
            )  # fmt: skip
        return replace(inputs, need=need, candidates=tuple(candidates))

    def _study(self) -> None:
        self._experience = learn(self._log)
        self._known.clear()
        self._next_rows = max(len(self._log) + _LEAST_ROWS, round(len(self._log) * _GROWTH))
