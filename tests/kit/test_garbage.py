"""A server's process looks for garbage rarely, and only while it serves."""

from __future__ import annotations

import gc

from kit.garbage import collecting_rarely


def test_what_was_loaded_is_set_aside_and_taken_back_at_the_end() -> None:
    before = gc.get_threshold()
    with collecting_rarely():
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold() != before
    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == before
