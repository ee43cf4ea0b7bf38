"""Where somebody stops who is not to go up to the scene."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import Position

_STAND_OFF = text(
    """
    SELECT ST_X(p) AS lon, ST_Y(p) AS lat FROM (
        SELECT CASE WHEN ST_DWithin(helper, scene, :stand_off_m) THEN helper
               ELSE ST_Project(scene, :stand_off_m, ST_Azimuth(scene, helper)) END::geometry AS p
        FROM (SELECT CAST(:scene AS geography) AS scene, CAST(:helper AS geography) AS helper) AS given
    ) AS found
    """
)
_NORTH_OF = text(
    "SELECT ST_X(p) AS lon, ST_Y(p) AS lat"
    " FROM (SELECT ST_Project(CAST(:scene AS geography), :stand_off_m, 0)::geometry AS p) AS found"
)


def stand_off_point(session: Session, *, scene: Position, helper: Position | None, stand_off_m: float) -> Position:
    """The point on the helper's line to the scene, ``stand_off_m`` metres before it along the ellipsoid.

    Who is nearer already stays where he is. Of whom no position is known, the point due north is named.
    """
    if stand_off_m <= 0:
        return scene
    if helper is None:
        row = session.execute(_NORTH_OF, {"scene": scene.ewkt, "stand_off_m": float(stand_off_m)}).one()
    else:
        values = {"scene": scene.ewkt, "helper": helper.ewkt, "stand_off_m": float(stand_off_m)}
        row = session.execute(_STAND_OFF, values).one()
    return Position(row.lon, row.lat)
