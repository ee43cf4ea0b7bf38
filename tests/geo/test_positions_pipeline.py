from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.positions.fix import Fix
from geo.positions.pipeline import Interval, count_suspects, find_duty, fold, is_jump, refuse_untimely, sort_unique
from tests.geo.fixes import fix, tracks
from tests.support.people import START


class TestTimeliness:
    @pytest.mark.parametrize(
        ("offset_s", "code"),
        [
            (0, None),
            (30, None),
            (30.001, "timestamp-in-future"),
            (7200, "timestamp-in-future"),
            (-86_400, None),
            (-86_400.001, "timestamp-too-old"),
        ],
    )
    def test_a_fix_is_at_most_half_a_minute_ahead_and_a_day_old(self, offset_s: float, code: str | None) -> None:
        assert refuse_untimely(START + timedelta(seconds=offset_s), START) == code


class TestDuty:
    def test_the_start_belongs_to_the_duty_and_its_end_does_not(self) -> None:
        duty = Interval(START, START + timedelta(hours=8))
        assert find_duty([duty], START) == duty
        assert find_duty([duty], START + timedelta(hours=8)) is None
        assert find_duty([duty], START - timedelta(milliseconds=1)) is None

    def test_an_open_duty_has_no_end(self) -> None:
        duty = Interval(START, None)
        assert find_duty([duty], START + timedelta(days=3)) == duty


class TestFold:
    def test_the_newest_good_fix_is_the_last(self) -> None:
        folded = fold([fix(20, 10), fix(0), fix(10, 5)])
        assert folded.last == fix(20, 10)
        assert [row.fix for row in folded.track] == [fix(0), fix(10, 5), fix(20, 10)]

    def test_a_jump_of_300_km_in_5_seconds_stays_in_the_track_and_never_becomes_the_last(self) -> None:
        folded = fold([fix(0), fix(5, 300_000)])
        assert folded.last == fix(0)
        assert [row.suspect for row in folded.track] == [False, True]

    def test_after_a_jump_the_next_plausible_fix_counts_again(self) -> None:
        folded = fold([fix(0), fix(5, 300_000), fix(10, 12)])
        assert folded.last == fix(10, 12)
        assert [row.suspect for row in folded.track] == [False, True, False]

    def test_jumps_in_a_row_are_counted_until_a_good_fix(self) -> None:
        jumps = [fix(n, 300_000) for n in (1, 2, 3)]
        assert count_suspects(fold([fix(0), *jumps]).track) == 3
        assert count_suspects(fold([fix(0), *jumps, fix(4, 9_999, accuracy_m=5000)]).track) == 3
        assert count_suspects(fold([fix(0), *jumps, fix(4, 1)]).track) == 0
        assert count_suspects(fold(jumps, last=fix(0)).track, before=2) == 5
        assert count_suspects((), before=2) == 2

    def test_a_patrol_car_at_full_speed_is_no_jump(self) -> None:
        assert not is_jump(fix(0), fix(10, 600))

    def test_what_a_receiver_admits_not_to_know_is_no_jump(self) -> None:
        assert not is_jump(fix(0), fix(1, 900, accuracy_m=800))
        assert is_jump(fix(0), fix(1, 900, accuracy_m=20))

    def test_a_fix_coarser_than_a_kilometre_is_kept_in_the_track_only(self) -> None:
        folded = fold([fix(0), fix(10, 40, accuracy_m=1000.1)])
        assert folded.last == fix(0)
        assert [row.suspect for row in folded.track] == [False, False]

    def test_of_two_devices_at_one_instant_the_more_accurate_counts(self) -> None:
        assert fold([fix(0, 0, accuracy_m=60), fix(0, 30, accuracy_m=8)]).last == fix(0, 30, accuracy_m=8)

    def test_a_coarse_one_takes_no_place_from_one_whose_accuracy_is_unknown(self) -> None:
        shown = fix(0, 0, accuracy_m=None)
        assert fold([shown, fix(0, 30, accuracy_m=5000)]).last == shown

    @given(tracks, st.randoms(use_true_random=False))
    def test_any_order_and_repetition_folds_to_the_same(self, fixes: list[Fix], random: object) -> None:
        shuffled = [*fixes, *fixes[::2]]
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        assert fold(shuffled) == fold(sort_unique(fixes)) == fold(fixes)

    @given(tracks, st.integers(0, 14))
    def test_folding_in_two_parts_is_folding_at_once(self, fixes: list[Fix], cut: int) -> None:
        ordered = sort_unique(fixes)
        first = fold(ordered[:cut])
        second = fold(ordered[cut:], last=first.last)
        whole = fold(ordered)
        assert (*first.track, *second.track) == whole.track
        assert second.last == whole.last

    @given(tracks)
    def test_the_last_position_never_goes_back(self, fixes: list[Fix]) -> None:
        ordered = sort_unique(fixes)
        lasts = [fold(ordered[:n]).last for n in range(1, len(ordered) + 1)]
        instants = [last.captured_at for last in lasts if last]
        assert instants == sorted(instants)
