from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from geo.crs import Position
from geo.places import queries, service
from geo.places.queries import describe, list_near, name_near, search
from geo.places.service import NewPlace
from geo.places.words import normalise
from kit.actor import SYSTEM
from tests.support.database import Clone
from tests.support.people import LAT, LON, START, east, make_district


def put(session: Session, district_id: uuid.UUID, *places: NewPlace) -> None:
    service.put_all(session, district_id=district_id, places=places, attribution=None, actor=SYSTEM, at=START)


def place(name: str, address: str = "", *aliases: str, metre: float = 0) -> NewPlace:
    return NewPlace(name=name, address=address, aliases=aliases, category="other", position=Position(east(metre), LAT))


def names(found: list[queries.PlaceFound]) -> list[str]:
    return [one.name for one in found]


@pytest.fixture
def district(session: Session) -> uuid.UUID:
    return make_district(session).id


#: few characters, so that texts meet; with what LIKE and NFKC treat in their own way
_letters = st.sampled_from(list("剑川路吴泾镇号弄951９Ａaé %_\\'\"；ﬁ㎡"))
_texts = st.text(_letters, min_size=1, max_size=8).filter(lambda s: bool(normalise(s)))


class TestSearch:
    def test_any_part_of_a_chinese_name_finds_it(self, session: Session, district: uuid.UUID) -> None:
        put(session, district, place("吴泾派出所", "剑川路951号"), place("永德小学", "永德路1号"))
        for words in ("吴泾", "派出所", "泾派", "剑川路", "951", "路951号"):
            assert names(search(session, district, words)) == ["吴泾派出所"]

    def test_full_width_digits_and_capitals_are_the_same(self, session: Session, district: uuid.UUID) -> None:
        put(session, district, place("剑川路９５１号ＡＴＭ"))
        assert names(search(session, district, "951号atm")) == ["剑川路９５１号ＡＴＭ"]

    def test_what_like_treats_as_a_sign_means_itself(self, session: Session, district: uuid.UUID) -> None:
        put(session, district, place("100%纯"), place("1000纯"), place("a_b"), place("axb"))
        assert names(search(session, district, "0%纯")) == ["100%纯"]
        assert names(search(session, district, "a_b")) == ["a_b"]
        assert search(session, district, "' OR 1=1 --") == []

    def test_one_character_finds_the_names_that_begin_with_it(self, session: Session, district: uuid.UUID) -> None:
        put(session, district, place("剑川路"), place("宝剑"))
        assert names(search(session, district, "剑")) == ["剑川路"]
        assert search(session, district, "%") == []

    def test_the_very_name_comes_before_a_beginning_a_part_an_alias_and_an_address(
        self, session: Session, district: uuid.UUID
    ) -> None:
        put(
            session,
            district,
            place("甲店", "紫竹路"),
            place("乙店", "丙路", "老紫竹园"),
            place("东紫竹公园"),
            place("紫竹公园"),
            place("紫竹"),
        )
        assert names(search(session, district, "紫竹")) == ["紫竹", "紫竹公园", "东紫竹公园", "乙店", "甲店"]

    def test_of_equal_names_the_nearer_comes_first(self, session: Session, district: uuid.UUID) -> None:
        put(session, district, place("便利店", "远", metre=900), place("便利店", "近", metre=100))
        found = search(session, district, "便利店", near=Position(LON, LAT))
        assert [one.address for one in found] == ["近", "远"]
        assert found[0].distance_m == pytest.approx(100, abs=1)

    def test_numbers_in_names_count_as_numbers(self, session: Session, district: uuid.UUID) -> None:
        put(session, district, *(place(f"剑川路{n}号") for n in (1003, 102, 99)), place("剑川路口"))
        found = names(queries.search(session, district, "剑川路"))
        assert found == ["剑川路口", "剑川路99号", "剑川路102号", "剑川路1003号"]

    def test_another_districts_places_are_not_found(self, session: Session, district: uuid.UUID) -> None:
        put(session, make_district(session).id, place("剑川路"))
        assert search(session, district, "剑川路") == []

    def test_no_words_find_nothing(self, session: Session, district: uuid.UUID) -> None:
        put(session, district, place("剑川路"))
        assert search(session, district, " 　") == []

    def test_a_search_does_not_run_from_the_name_into_the_address(self, session: Session, district: uuid.UUID) -> None:
        put(session, district, place("甲乙", "丙丁"))
        assert search(session, district, "乙丙") == []

    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
    @given(
        rows=st.lists(st.tuples(_texts, st.one_of(st.just(""), _texts), st.lists(_texts, max_size=2)), max_size=12),
        words=_texts,
    )
    def test_search_equals_looking_at_every_place(
        self, session: Session, rows: list[tuple[str, str, list[str]]], words: str
    ) -> None:
        district = make_district(session).id
        unique = {(name, address): aliases for name, address, aliases in rows}
        places = [place(name, address, *aliases) for (name, address), aliases in unique.items()]
        if places:
            put(session, district, *places)
        wanted = normalise(words)

        def matches(one: NewPlace) -> bool:
            if len(wanted) == 1:
                return normalise(one.name).startswith(wanted)
            return any(wanted in normalise(part) for part in (one.name, one.address, *one.aliases))

        found = search(session, district, words, limit=50)
        assert sorted((f.name, f.address) for f in found) == sorted((p.name, p.address) for p in places if matches(p))

    def test_search_reads_the_index_of_character_pairs(self, committed_clone: Clone) -> None:
        # the owner's part: only he may gather the figures by which a plan is chosen
        engine = create_engine(committed_clone.owner_url)
        with Session(engine) as session:
            district = make_district(session).id
            put(session, district, *[place(f"吴泾镇第{n}弄", f"永德路{n}号") for n in range(3000)])
            session.execute(text("ANALYZE places"))
            plan = session.execute(
                text(
                    "EXPLAIN SELECT id FROM places WHERE district_id = :d"
                    f" AND {queries._CONTAINS} ORDER BY {queries._RANK} LIMIT 10"
                ),
                {"d": district, "wanted": "第2718弄", "start": "第2718弄%", "inside": "%第2718弄%"},
            ).scalars()
            assert "gin_places_words" in "\n".join(plan)
            assert names(search(session, district, "第2718弄")) == ["吴泾镇第2718弄"]
        engine.dispose()


class TestNaming:
    def test_a_point_is_named_by_the_nearest_place_and_its_distance(
        self, session: Session, district: uuid.UUID
    ) -> None:
        put(session, district, place("剑川路951号", metre=0), place("永德小学", metre=200))
        assert name_near(session, district, Position(east(41), LAT)) == "剑川路951号 旁 40 米"
        assert name_near(session, district, Position(east(4), LAT)) == "剑川路951号"

    def test_where_nothing_is_near_nothing_is_said(self, session: Session, district: uuid.UUID) -> None:
        put(session, district, place("剑川路951号"))
        assert name_near(session, district, Position(east(400), LAT)) is None

    def test_near_places_come_in_the_order_of_their_distance(self, session: Session, district: uuid.UUID) -> None:
        put(session, district, *[place(f"店{metre}", metre=metre) for metre in (250, 50, 150)])
        found = list_near(session, district, Position(LON, LAT))
        assert names(found) == ["店50", "店150", "店250"]

    @pytest.mark.parametrize(("lon", "lat"), [(0.0, 0.0), (90.0, 0.0), (180.0, 0.0), (-90.0, 0.0), (0.0, 90.0)])
    def test_a_point_where_the_index_has_no_slack_is_named_like_any_other(
        self, session: Session, district: uuid.UUID, lon: float, lat: float
    ) -> None:
        """A scan in the index's own order fails there with "index returned tuples in wrong order"."""
        points = [Position(lon - step, lat - step) for step in (0.0, 1e-14, 1e-9, 1e-5, 1e-3)]
        put(session, district, *[NewPlace(name=f"店{n}", category="other", position=at) for n, at in enumerate(points)])
        session.execute(text("SET LOCAL enable_seqscan = off"))
        session.execute(text("SET LOCAL enable_sort = off"))
        found = list_near(session, district, points[0])
        assert sorted(names(found)) == ["店0", "店1", "店2", "店3", "店4"]
        assert [one.distance_m for one in found] == sorted(one.distance_m or 0.0 for one in found)

    @pytest.mark.parametrize(
        ("metres", "said"), [(0, "甲"), (15, "甲 旁 20 米"), (94, "甲 旁 90 米"), (16, "甲 旁 20 米")]
    )
    def test_distances_are_said_in_tens_of_metres(self, metres: float, said: str) -> None:
        found: Any = queries.PlaceFound(
            id=uuid.uuid4(), name="甲", address="", aliases=(), category="other", position=Position(LON, LAT),
            attribution=None, demo=False, distance_m=metres,
        )  # fmt: skip
        assert describe(found) == said


class TestKeeping:
    def test_importing_again_adds_nothing_and_brings_up_to_date(self, session: Session, district: uuid.UUID) -> None:
        put(session, district, place("甲", "一路"))
        added = service.put_all(
            session,
            district_id=district,
            places=[place("甲", "一路", "老甲"), place("乙")],
            attribution=None,
            actor=SYSTEM,
            at=START,
        )
        assert added == 1
        assert names(search(session, district, "老甲")) == ["甲"]
