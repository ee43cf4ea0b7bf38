"""How the matcher's reasons become sentences; the words of each language stand in ``labels`` and ``labels_en``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dispatch.matching.values import Exclusion, Plan, Scored


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """Templates of one language. ``costs``: a part of the score → what it says against somebody."""

    seconds: str
    minutes: str
    there: str
    chance: str
    asked_before: str
    never_asked: str
    way: str
    costs: Mapping[str, str]
    waived: str
    between: str
    stop: str
    asked: str
    gathered: str
    held: str
    basis: Mapping[str, str]
    exclusions: Mapping[Exclusion, str]

    def say_why(self, scored: Scored) -> str:
        """Read in two seconds: when he is there, how surely he comes, and what speaks against him."""
        first = self.there.format(eta=self.say_time(scored.eta_s))
        if scored.chance is not None:
            seen = self.asked_before.format(tries=scored.tries) if scored.tries else self.never_asked
            first += self.chance.format(percent=round(scored.chance * 100), seen=seen)
        basis = self.basis.get(scored.basis, scored.basis)
        turnout = self.say_time(scored.parts.turnout_s)
        said = [first, self.way.format(m=scored.travel_m, basis=basis, turnout=turnout)]
        said += [text for part, text in self.costs.items() if getattr(scored.parts, part)]
        if scored.waived is not None:
            reason = self.exclusions[scored.waived]
            said.append(self.waived.format(reason=reason[:1].lower() + reason[1:]))
        return self.between.join(said) + self.stop

    def say_plan(self, plan: Plan, *, places: int) -> str | None:
        """One line about the whole choice; None where nothing is known of chances."""
        if plan.chance is None or places <= 0:
            return None
        line = self.asked.format(asked=len(plan.chosen), places=places, percent=round(plan.chance * 100))
        if plan.expected_s is not None:
            line += self.gathered.format(expected=self.say_time(plan.expected_s))
        return line + self.held if plan.held else line

    def say_time(self, seconds: float) -> str:
        """A span as it is said on the radio."""
        whole = round(seconds)
        return self.seconds.format(s=whole) if whole < 60 else self.minutes.format(m=whole // 60, s=whole % 60)
