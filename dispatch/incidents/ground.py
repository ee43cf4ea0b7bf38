"""From what a caller says to a place: address to point, point to address, point to station."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from dispatch.incidents.errors import AddressAmbiguous, AddressUnknown
from geo.areas.service import Ownership, owner_of
from geo.crs import Position
from geo.places.queries import name_near, search
from geo.places.words import normalise

MAX_CANDIDATES = 8


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Where it is. ``basis`` says what was given: the point, or the address that was looked up."""

    position: Position
    address: str
    place_id: uuid.UUID | None
    basis: Literal["point", "address"]

    def find_owner(self, session: Session, district_id: uuid.UUID) -> Ownership | None:
        """The station whose area the point lies in, None outside every one."""
        return owner_of(session, self.position, district_id=district_id)


def find_ground(
    session: Session,
    *,
    district_id: uuid.UUID,
    position: Position | None,
    address: str | None,
    place_id: uuid.UUID | None = None,
) -> Ground:
    """A point and a readable address from either; a point that was given is never moved.

    Raises AddressUnknown, or AddressAmbiguous whose ``candidates`` the client offers for choice.
    """
    if position is not None:
        readable = address or name_near(session, district_id, position) or _digits(position)
        return Ground(position=position, address=readable, place_id=place_id, basis="point")
    words = address or ""
    found = search(session, district_id, words, limit=MAX_CANDIDATES)
    wanted = normalise(words)
    exact = [p for p in found if wanted in {normalise(word) for word in (p.name, p.address, *p.aliases)}]
    chosen = exact if len(exact) == 1 else found
    if not chosen:
        raise AddressUnknown
    if len(chosen) > 1:
        raise AddressAmbiguous(
            candidates=[
                {
                    "place_id": str(place.id),
                    "name": place.name,
                    "address": place.address,
                    "position": {"lon": place.position.lon, "lat": place.position.lat, "crs": "wgs84"},
                }
                for place in chosen
            ]
        )
    return Ground(position=chosen[0].position, address=words, place_id=chosen[0].id, basis="address")


def _digits(position: Position) -> str:
    """What is written where no place has a name: read out over the radio it still finds the spot."""
    return f"东经{position.lon:.5f}，北纬{position.lat:.5f}"
