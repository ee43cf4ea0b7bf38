"""Places: added one by one, or taken from a file, all or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.crs import Position
from geo.places import repository
from geo.places.errors import PlaceTaken
from geo.places.model import Place
from geo.places.words import make_words
from kit import record
from kit.actor import Actor, Grant
from kit.errors import NotFound
from kit.ids import new_id

_CHUNK = 1000


@dataclass(frozen=True, kw_only=True)
class NewPlace:
    """A name or address with its point in WGS-84."""

    name: str
    address: str = ""
    aliases: tuple[str, ...] = ()
    category: str
    position: Position


def add(session: Session, *, grant: Grant, new: NewPlace, at: datetime) -> Place:
    """A new place of one's own district; raises PlaceTaken."""
    district_id = grant.actor.district_id
    if district_id is None:
        raise NotFound
    place = Place(
        id=new_id(),
        district_id=district_id,
        name=new.name,
        address=new.address,
        aliases=list(new.aliases),
        category=new.category,
        position=new.position.ewkt,
        words=make_words(new.name, new.address, new.aliases),
        demo=False,
    )
    try:
        with session.begin_nested():
            repository.add(session, place)
    except IntegrityError as exc:
        if getattr(exc.orig, "pgcode", None) == "23505":
            raise PlaceTaken from None
        raise
    record.write(session, "place.added", actor=grant.actor, at=at, subject_kind="place", subject_id=place.id)
    return place


def put_all(
    session: Session,
    *,
    district_id: uuid.UUID,
    places: Sequence[NewPlace],
    attribution: str | None,
    actor: Actor,
    at: datetime,
    demo: bool = False,
) -> int:
    """Add places or bring them up to date by name and address; how many are new. Running it again adds none."""
    before = repository.count(session, district_id)
    for chunk in _chunks(places):
        repository.put_many(
            session,
            [
                {
                    "id": new_id(),
                    "district_id": district_id,
                    "name": new.name,
                    "address": new.address,
                    "aliases": list(new.aliases),
                    "category": new.category,
                    "point": new.position.ewkt,
                    "words": make_words(new.name, new.address, new.aliases),
                    "attribution": attribution,
                    "demo": demo,
                }
                for new in chunk
            ],
        )
    added = repository.count(session, district_id) - before
    record.write(
        session,
        "places.imported",
        actor=actor,
        at=at,
        subject_kind="district",
        subject_id=district_id,
        count=len(places),
        added=added,
    )
    return added


def _chunks(places: Sequence[NewPlace]) -> Iterator[Sequence[NewPlace]]:
    for start in range(0, len(places), _CHUNK):
        yield places[start : start + _CHUNK]
