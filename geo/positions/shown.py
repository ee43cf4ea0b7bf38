"""How a last position is shown, written by the database: thousands of them a second, none touched by Python."""

from __future__ import annotations

from sqlalchemy import ColumnElement, String, literal_column

_AXIS = "round(ST_{axis}(responder_index.position::geometry)::numeric, 6)"

#: when it was measured: RFC 3339 in UTC, to the microsecond
CAPTURED_AT: ColumnElement[str] = literal_column(
    "to_char(responder_index.captured_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')", String
)
#: WGS-84 to a tenth of a metre, metres, metres a second, degrees from north, per cent
JSON: ColumnElement[str] = literal_column(
    f"""
    '{{"responder_id":"' || responder_index.responder_id
    || '","position":{{"lon":' || {_AXIS.format(axis="X")} || ',"lat":' || {_AXIS.format(axis="Y")}
    || ',"crs":"wgs84"}},"captured_at":"'
    || to_char(responder_index.captured_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
    || '","accuracy_m":' || coalesce(responder_index.accuracy_m::text, 'null')
    || ',"speed_mps":' || coalesce(responder_index.speed_mps::text, 'null')
    || ',"heading_deg":' || coalesce(responder_index.heading_deg::text, 'null')
    || ',"battery_pct":' || coalesce(responder_index.battery_pct::text, 'null') || '}}'
    """,
    String,
)
