"""One flush: a batch of fixes in one transaction."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from geo.positions import repository
from geo.positions.errors import NotLocated
from geo.positions.fix import DUPLICATE, OFF_DUTY, STORED, SUSPECT, Fix, Kind, Outcome
from geo.positions.pipeline import SUSPECT_AFTER, Interval, Tracked, count_suspects, find_duty, fold, prefer
from geo.positions.repository import Cursor, Held, Move, Seen

#: half of what makes a position stale (settings.position_fresh_s): who was silent for longer is noted as there again
LOST_AFTER = timedelta(seconds=60)
NOT_LOCATED = Outcome(Kind.REFUSED, NotLocated.slug)
UNKNOWN = Outcome(Kind.REFUSED, "not-found")
NOT_STORABLE = Outcome(Kind.REFUSED, "invalid")


@dataclass
class _Plan:
    """What a flush is going to write."""

    fresh: list[tuple[Tracked, str]] = field(default_factory=list)
    among: list[tuple[Tracked, str]] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    seen: dict[str, Seen] = field(default_factory=dict)
    turned: list[uuid.UUID] = field(default_factory=list)
    appeared: list[uuid.UUID] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Flushed:
    """One outcome for each fix, None: his row is held by somebody else, try again.

    ``turned``: the responders whose position has become suspect, or is so no longer.
    """

    outcomes: list[Outcome | None]
    turned: list[uuid.UUID]


def flush(cursor: Cursor, fixes: Sequence[Fix], *, careful: bool = False) -> Flushed:
    """Write what may be written.

    The duty is read after the rows of the index are held. Whoever ends a duty takes the same row and then
    removes what was captured after the end, so that no fix lands outside a duty, whoever comes first.
    ``careful`` compares with the track in any case, not only when a fix is older than what was seen.
    """
    outcomes: list[Outcome | None] = [None] * len(fixes)
    ids: dict[str, uuid.UUID] = {}
    by_responder: dict[str, list[int]] = defaultdict(list)
    for number, fix in enumerate(fixes):
        responder_id = str(fix.responder_id)
        ids[responder_id] = fix.responder_id
        by_responder[responder_id].append(number)
    held = repository.lock(cursor, ids)
    if len(held) < len(ids):
        missing = ids.keys() - held.keys()
        for responder_id in missing - repository.list_known(cursor, missing):
            _answer(outcomes, by_responder[responder_id], UNKNOWN)
    duties = repository.list_duties(
        cursor,
        held,
        first=min(fix.captured_at for fix in fixes),
        last=max(fix.captured_at for fix in fixes),
    )
    plan = _Plan()
    for responder_id, row in held.items():
        numbers = by_responder[responder_id]
        if row.fixed:
            _answer(outcomes, numbers, NOT_LOCATED)
            continue
        intervals = duties.get(responder_id, [])
        by_duty: dict[Interval, list[int]] = defaultdict(list)
        for number in numbers:
            duty = find_duty(intervals, fixes[number].captured_at)
            if duty is None:
                outcomes[number] = OFF_DUTY
            else:
                by_duty[duty].append(number)
        for duty in sorted(by_duty, key=lambda d: d.start):
            mine = by_duty[duty]
            told = _plan_duty(cursor, plan, row, duty, [fixes[number] for number in mine], in_order=not careful)
            for number, outcome in zip(mine, told, strict=True):
                outcomes[number] = outcome
    repository.append(cursor, plan.fresh)
    repository.put(cursor, plan.among)
    repository.move(cursor, plan.moves)
    repository.see(cursor, plan.seen)
    repository.appear(cursor, plan.appeared)
    return Flushed(outcomes=outcomes, turned=plan.turned)


def _plan_duty(
    cursor: Cursor, plan: _Plan, row: Held, duty: Interval, fixes: list[Fix], *, in_order: bool
) -> list[Outcome]:
    """Fold the fixes of one duty into its track."""
    responder_id = fixes[0].responder_id
    current = duty.end is None and row.on_duty
    first = min(fix.captured_at for fix in fixes)
    newest = max(fix.captured_at for fix in fixes)
    known: dict[datetime, Tracked] = {}
    in_order = in_order and current and (row.seen_at is None or first > row.seen_at)
    if in_order:
        last = row.last if row.last is not None and duty.holds(row.last.captured_at) else None
    else:
        last, rows = repository.read_since_good_fix(cursor, responder_id, duty, first)
        known = {tracked.fix.captured_at: tracked for tracked in rows}
    wanted = {instant: tracked.fix for instant, tracked in known.items()}
    for fix in fixes:
        held = wanted.get(fix.captured_at)
        wanted[fix.captured_at] = fix if held is None or prefer(held, fix) is not held else held
    folded = fold(wanted.values(), last=last)
    target = plan.fresh if in_order else plan.among
    target += [(t, row.station_id) for t in folded.track if known.get(t.fix.captured_at) != t]

    seen_at = max(newest, row.seen_at) if row.seen_at is not None else newest
    suspects = row.suspect_fixes
    if current:
        suspects = count_suspects(folded.track, before=row.suspect_fixes if in_order else 0)
        if (suspects >= SUSPECT_AFTER) != (row.suspect_fixes >= SUSPECT_AFTER):
            plan.turned.append(fixes[0].responder_id)
    if current and folded.last is not None and not _same_instant(folded.last, row.last):
        corrected = row.last is not None and folded.last.captured_at <= row.last.captured_at
        plan.moves.append(Move(folded.last, seen_at, suspects, corrected))
        if row.last is None or folded.last.captured_at - row.last.captured_at > LOST_AFTER:
            plan.appeared.append(responder_id)
    else:
        plan.seen[str(responder_id)] = Seen(seen_at, suspects)
    return _tell(fixes, folded.track, known)


def _tell(fixes: list[Fix], track: Sequence[Tracked], known: dict[datetime, Tracked]) -> list[Outcome]:
    """What became of each: the first that carries what the track now says is the one stored."""
    now = {tracked.fix.captured_at: tracked for tracked in track}
    told: set[datetime] = set()
    outcomes = []
    for fix in fixes:
        tracked = now[fix.captured_at]
        before = known.get(fix.captured_at)
        if fix.captured_at in told or fix != tracked.fix or (before is not None and before.fix == fix):
            outcomes.append(DUPLICATE)
            continue
        told.add(fix.captured_at)
        outcomes.append(SUSPECT if tracked.suspect else STORED)
    return outcomes


def _same_instant(one: Fix, other: Fix | None) -> bool:
    return (
        other is not None
        and one.captured_at == other.captured_at
        and one.position == other.position
        and one.accuracy_m == other.accuracy_m
    )


def _answer(outcomes: list[Outcome | None], numbers: Sequence[int], outcome: Outcome) -> None:
    for number in numbers:
        outcomes[number] = outcome
