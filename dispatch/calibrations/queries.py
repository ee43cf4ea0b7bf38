"""What a station has learned, as its leader reads it: with names, and with how much each figure rests on."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.calibrations import repository
from dispatch.matching.experience import (
    DAY,
    EVENING,
    NIGHT,
    PRIORS,
    Experience,
    KindExperience,
    Tally,
    rate_of,
    read_experience,
    turnout_of,
)
from dispatch.matching.learning import judge_predictions
from dispatch.scenarios.model import Scenario
from geo.responders.model import Responder
from kit.actor import Grant
from kit.errors import NotFound

BANDS = {DAY: "白天（6–18 时）", EVENING: "傍晚（18–22 时）", NIGHT: "夜间（22–6 时）"}


def show(session: Session, *, grant: Grant) -> dict[str, Any]:
    """The calibration of the asker's own station; before the first one, what is assumed. Raises NotFound."""
    station_id = grant.actor.station_id
    if station_id is None:
        raise NotFound
    kept = repository.find(session, station_id)
    experience = Experience() if kept is None else read_experience(kept.experience)
    query = select(Scenario.key, Scenario.name).where(Scenario.station_id == station_id, Scenario.current)
    scenarios = {row.key: row.name for row in session.execute(query)}
    return {
        "version": None if kept is None else kept.version,
        "made_at": None if kept is None else kept.made_at,
        "since": None if kept is None else kept.since,
        "log_rows": 0 if kept is None else kept.log_rows,
        "kinds": [_kind(kind, experience.of_kind(kind), scenarios) for kind in PRIORS],
        "responders": _responders(session, station_id, experience),
        # a calibration from before the times were judged has none
        "reliability": asdict(judge_predictions(())) | (kept.reliability if kept else {}),
    }


def _kind(kind: str, known: KindExperience, scenarios: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": kind,
        "prior": asdict(known.prior),
        "station": _figures(known.all, rate_of(known), turnout_of(known, DAY)),
        "answer_s": round(known.answer_s, 1),
        "scenarios": [
            {"key": key, "name": scenarios.get(key, key), **_of_group(known, "scenario", tally, DAY)}
            for key, tally in known.scenarios.items()
        ],
        "bands": [
            {"key": band, "name": name, **_of_group(known, "band", known.bands.get(band, Tally()), band)}
            for band, name in BANDS.items()
        ],
    }


def _responders(session: Session, station_id: uuid.UUID, experience: Experience) -> list[dict[str, Any]]:
    """Whoever was asked, the most often asked first."""
    query = select(Responder.id, Responder.kind, Responder.name, Responder.call_sign).where(
        Responder.station_id == station_id, Responder.id.in_(experience.responders)
    )
    shown = [
        {
            "responder_id": row.id,
            "kind": row.kind,
            "name": row.name,
            "call_sign": row.call_sign,
            **_of_group(experience.of_kind(row.kind), "responder", experience.responders[row.id], DAY),
        }
        for row in session.execute(query)
    ]
    return sorted(shown, key=lambda one: (-one["asked"], one["name"], str(one["responder_id"])))


def _of_group(known: KindExperience, name: str, tally: Tally, band: str) -> dict[str, Any]:
    return _figures(tally, rate_of(known, (name, tally)), turnout_of(known, band, tally))


def _figures(tally: Tally, chance: float, turnout_s: float) -> dict[str, Any]:
    return {
        "asked": tally.asked,
        "accepted": tally.accepted,
        "chance": round(chance, 4),
        "turnouts": tally.turnouts,
        "turnout_s": round(turnout_s, 1),
    }
