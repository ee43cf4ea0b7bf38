"""How the twin's people are: hidden from every policy, and the same under each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from simulation.twin.dice import Dice, Die
from simulation.twin.rota import HOUR_S, LOCAL_S
from simulation.twin.values import Call, Character, Guard, Reaction

#: by night everybody needs longer to set out: 142 s and 102 s are the measured medians (PMID 40816549)
_NIGHT = 142.0 / 102.0
_NIGHT_FROM, _NIGHT_TO = 22, 6
_NETWORK_S, _PUSH_S = 1.5, 4.0
#: a silent phone wakes up again after about so long; half of them hear a push meanwhile
_SILENT_S, _ASLEEP = 300.0, 0.5
_LONGEST_SILENCE_S = HOUR_S
_WITHDRAWS, _STAYS = 0.02, 0.8
_WORK_S = 420.0


@dataclass(frozen=True)
class Silence:
    """A time in which nothing reaches the phone by its socket. ``asleep``: a push still does."""

    begin_s: float
    end_s: float
    asleep: bool


class People:
    """Characters and dice."""

    def __init__(self, characters: Sequence[Character], dice: Dice) -> None:
        self._characters, self._dice = characters, dice

    def react(self, call: Call, guard: Guard, at_s: float) -> Reaction:
        """What he does; depends on the incident and on him, not on who else was asked or when."""
        character, dice, key = self._characters[guard.number], self._dice, (call.number, guard.number)
        received_s: float | None = dice.around(_NETWORK_S, 0.5, Die.NETWORK_S, *key)
        next_channel_s = None
        silence = self.find_silence(guard, at_s)
        if silence is not None:
            received_s = silence.end_s - at_s
            next_channel_s = _PUSH_S if silence.asleep else None
        night = (hour := (at_s + LOCAL_S) / HOUR_S % 24) >= _NIGHT_FROM or hour < _NIGHT_TO
        turnout_s = character.turnout_s * (_NIGHT if night else 1.0)
        return Reaction(
            received_s=received_s,
            next_channel_s=next_channel_s,
            answer=self._answer(character, key),
            answer_s=dice.around(character.answer_s, 0.6, Die.ANSWER_S, *key),
            turnout_s=dice.around(turnout_s, 0.3, Die.TURNOUT_S, *key),
            pace=character.pace * dice.around(1.0, 0.1, Die.PACE, *key),
            withdraws=dice.uniform(Die.WITHDRAW, *key) < _WITHDRAWS,
            stays=dice.uniform(Die.STAY, *key) < _STAYS,
            work_s=dice.around(_WORK_S, 0.5, Die.WORK_S, *key),
        )

    def silent_since(self, guard: Guard, at_s: float) -> float | None:
        silence = self.find_silence(guard, at_s)
        return None if silence is None else silence.begin_s

    def find_silence(self, guard: Guard, at_s: float) -> Silence | None:
        """The silence of his phone that covers ``at_s``."""
        hour = int(at_s // HOUR_S)
        return self._silence(guard, hour, at_s) or self._silence(guard, hour - 1, at_s)

    def _silence(self, guard: Guard, hour: int, at_s: float) -> Silence | None:
        dice, key = self._dice, (guard.number, hour)
        if dice.uniform(Die.OUTAGE, *key) >= self._characters[guard.number].outages:
            return None
        begin_s = (hour + dice.uniform(Die.OUTAGE_BEGIN, *key)) * HOUR_S
        end_s = begin_s + min(dice.around(_SILENT_S, 0.8, Die.OUTAGE_S, *key), _LONGEST_SILENCE_S)
        if not begin_s <= at_s < end_s:
            return None
        return Silence(begin_s, end_s, dice.uniform(Die.OUTAGE_KIND, *key) < _ASLEEP)

    def _answer(self, character: Character, key: tuple[int, int]) -> Literal["accept", "decline", "none"]:
        if self._dice.uniform(Die.ANSWER, *key) < character.accepts:
            return "accept"
        return "none" if self._dice.uniform(Die.KIND_OF_NO, *key) < character.ignores else "decline"
