"""Fixes for tests of the pipeline: offsets in seconds and metres from one start."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from geo.crs import Position
from geo.positions.fix import Fix, make_fix
from tests.support.people import LAT, START, east

WHO = uuid.UUID(int=1)


def fix(
    second: float = 0, metre: float = 0, *, who: uuid.UUID = WHO, accuracy_m: float | None = 10, **values: Any
) -> Fix:
    return make_fix(
        responder_id=who,
        captured_at=START + timedelta(seconds=second),
        position=Position(east(metre), LAT),
        accuracy_m=accuracy_m,
        source="test",
        received_at=START + timedelta(hours=1),
        **values,
    )


#: walks with jumps of 300 km, coarse fixes, two devices at one instant
tracks = st.lists(
    st.builds(
        fix,
        st.integers(0, 60),
        st.one_of(st.integers(-50, 50), st.sampled_from([20_000, 300_000])),
        accuracy_m=st.sampled_from([None, 5.0, 40.0, 5000.0]),
    ),
    min_size=1,
    max_size=14,
)
