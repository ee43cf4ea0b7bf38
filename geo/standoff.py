"""Where somebody stops who is not to go up to the scene."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import Position

#: who comes from inside stops so many metres outside the circle, so that a poor fix leaves him outside, too
WITHDRAW_BEYOND_M = 10.0

_STAND_OFF = text(
    """
    SELECT ST_X(p) AS lon, ST_Y(p) AS lat FROM (
        SELECT place, ST_Project(
            scene,
            CASE WHEN ST_DWithin(helper, scene, :stand_off_m) THEN :withdraw_m ELSE :stand_off_m END,
            -- nobody knows where he is, or he stands on the spot: any way out is as good
            coalesce(ST_Azimuth(scene, helper), 0)
        )::geometry AS p
        FROM (SELECT CAST(:scene AS geography) AS scene, CAST(ewkt AS geography) AS helper, place
              FROM unnest(CAST(:helpers AS text[])) WITH ORDINALITY AS h (ewkt, place)) AS given
    ) AS found
    ORDER BY place
    """
)


def stand_off_point(session: Session, *, scene: Position, helper: Position | None, stand_off_m: float) -> Position:
    """The point on the helper's line to the scene, ``stand_off_m`` metres before it along the ellipsoid.

    Who is nearer already is to withdraw: away from the scene, to a point a few metres outside. Of whom no position
    is known, the point due north is named.
    """
    return stand_off_points(session, scene=scene, helpers=[helper], stand_off_m=stand_off_m)[0]


def stand_off_points(
    session: Session, *, scene: Position, helpers: Sequence[Position | None], stand_off_m: float
) -> list[Position]:
    """The stand-off point of each, in their order."""
    if stand_off_m <= 0:
        return [scene] * len(helpers)
    ewkts = [helper.ewkt if helper is not None else None for helper in helpers]
    values = {
        "scene": scene.ewkt,
        "helpers": ewkts,
        "stand_off_m": float(stand_off_m),
        "withdraw_m": stand_off_m + WITHDRAW_BEYOND_M,
    }
    return [Position(row.lon, row.lat) for row in session.execute(_STAND_OFF, values)]
