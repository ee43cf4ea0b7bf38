"""Rules of form, rating, appeal and review, on the real database."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401
from dispatch.access.table import Permission, grant
from dispatch.appeals import service as appeals
from dispatch.appeals.service import Settlement
from dispatch.feedback import service as feedback
from dispatch.feedback.service import FormContent
from dispatch.feedback.times import FormTimes
from dispatch.incidents.model import IncidentMilestone
from dispatch.orders.model import Order
from dispatch.ratings import errors, queries
from dispatch.ratings import service as ratings
from dispatch.ratings.values import Outcome, RatingValues
from dispatch.reviews import service as reviews
from dispatch.reviews.service import Decision
from kit.actor import Role
from kit.errors import Invalid, NotAllowed, NotFound, StaleVersion, VersionRequired
from kit.paging import Slice
from kit.record import RecordEntry
from notifications.outbox.model import Message
from tests.support.closing import Scene, after, make_incident, make_order, make_scene
from tests.support.people import Login, guard, make_account, make_district, make_station, officer

P = Permission
GOOD = RatingValues(
    outcome=Outcome.SEEN, arrived=True, helped=True, followed_instruction=True, safe=True, score=5, tags=("fast",)
)
POOR = RatingValues(outcome=Outcome.SEEN, arrived=True, helped=False, followed_instruction=True, safe=True, score=2)
CONTENT = FormContent(result_code="found", text="老人已找到，家属接回。", times=FormTimes())


@pytest.fixture
def scene(session: Session) -> Scene:
    return make_scene(session)


def rate(session: Session, scene: Scene, n: int = 0, values: Any = GOOD, minutes: float = 25, by: Any = None) -> Any:
    right = grant((by or scene.officer).actor, P.RATING_WRITE)
    return ratings.rate(session, grant=right, order_id=scene.orders[n].id, values=values, at=after(minutes))


def submit(
    session: Session, scene: Scene, *, content: FormContent = CONTENT, version: Any = None, at: Any = after(30)
) -> Any:
    right = grant(scene.officer.actor, P.FEEDBACK_WRITE)
    return feedback.submit(session, grant=right, incident_id=scene.incident.id, content=content, version=version, at=at)


def review(session: Session, scene: Scene, decision: Decision, reason: str = "", at: datetime = after(60)) -> Any:
    right = grant(scene.leader.actor, P.REVIEW_WRITE)
    return reviews.review(session, grant=right, incident_id=scene.incident.id, decision=decision, reason=reason, at=at)


def told(session: Session, login: Login) -> list[str]:
    query = select(Message.kind).where(Message.account_id == login.account.id).order_by(Message.created_at)
    return list(session.scalars(query))


def recorded(session: Session, scene: Scene, action: str) -> list[RecordEntry]:
    session.commit()
    query = select(RecordEntry).where(RecordEntry.action == action, RecordEntry.station_id == scene.station.id)
    return list(session.scalars(query))


class TestForm:
    def test_handing_it_in_ends_the_handling_as_stated(self, session: Session, scene: Scene) -> None:
        form = submit(session, scene)
        assert scene.incident.state == "feedback"
        query = select(IncidentMilestone.name, IncidentMilestone.how)
        rows = session.execute(query.where(IncidentMilestone.incident_id == scene.incident.id))
        how = {row.name: row.how for row in rows}
        assert (how["handled"], how["feedback"], how["arrived"]) == ("stated", "measured", "measured")
        assert (form.departed_at, form.arrived_at, form.handled_at) == (after(1), after(4), after(30))

    def test_an_arrival_that_nobody_measured_is_kept_as_stated(self, session: Session) -> None:
        station = make_station(session)
        incident = make_incident(session, station, state="dispatched")
        car = officer(session, station)
        make_order(session, incident, car, state="accepted")
        content = FormContent(result_code="found", text="已处置", times=FormTimes(arrived_at=after(6)))
        feedback.submit(
            session,
            grant=grant(car.actor, P.FEEDBACK_WRITE),
            incident_id=incident.id,
            content=content,
            version=None,
            at=after(30),
        )
        mark = session.get_one(IncidentMilestone, (incident.id, 0, "arrived"))
        assert (mark.at, mark.how) == (after(6), "stated")
        session.commit()
        query = select(RecordEntry).where(RecordEntry.subject_id == incident.id).order_by(RecordEntry.id)
        entry = next(iter(session.scalars(query)))
        # the record is in the order of writing
        assert (entry.at, entry.detail["happened_at"]) == (after(30), after(6).isoformat())

    def test_an_officer_who_is_not_on_the_incident_cannot_see_it(self, session: Session, scene: Scene) -> None:
        right = grant(officer(session, scene.station).actor, P.FEEDBACK_WRITE)
        with pytest.raises(NotFound):
            feedback.submit(
                session, grant=right, incident_id=scene.incident.id, content=CONTENT, version=None, at=after(30)
            )

    def test_a_change_names_the_version_that_it_changes(self, session: Session, scene: Scene) -> None:
        submit(session, scene)
        with pytest.raises(VersionRequired):
            submit(session, scene)
        with pytest.raises(StaleVersion):
            submit(session, scene, version=7)
        assert submit(session, scene, version=1).version == 2

    def test_after_a_day_only_a_return_opens_it_again(self, session: Session, scene: Scene) -> None:
        submit(session, scene)
        day_later = after(30) + timedelta(hours=24, seconds=1)
        with pytest.raises(feedback.FormLocked):
            submit(session, scene, version=1, at=day_later)
        review(session, scene, Decision.RETURNED, "请补充移交情况", at=day_later)
        assert submit(session, scene, version=1, at=day_later).version == 2

    def test_whom_it_was_handed_over_to_must_be_said(self, session: Session, scene: Scene) -> None:
        with pytest.raises(Invalid):
            submit(session, scene, content=FormContent(result_code="handed_over", text="移交", times=FormTimes()))
        with pytest.raises(Invalid):
            submit(session, scene, content=FormContent(result_code="no_such", text="移交", times=FormTimes()))

    def test_a_cancelled_incident_has_no_form(self, session: Session, scene: Scene) -> None:
        scene.incident.state, scene.incident.ended_at = "cancelled", after(5)
        session.flush()
        with pytest.raises(feedback.IncidentEnded):
            submit(session, scene)

    def test_who_is_there_finishes_by_himself_and_who_is_on_the_way_is_stood_down(
        self, session: Session, scene: Scene
    ) -> None:
        there = make_order(session, scene.incident, _guard(session, scene), state="arrived")
        on_the_way = make_order(session, scene.incident, _guard(session, scene), state="en_route")
        submit(session, scene)
        assert (there.state, on_the_way.state, scene.police_order.state) == ("arrived", "stood_down", "completed")

    def test_an_officer_signs_for_his_order_before_he_reports(self, session: Session) -> None:
        station = make_station(session)
        incident = make_incident(session, station, state="dispatched")
        car = officer(session, station)
        make_order(session, incident, car, state="shown")
        with pytest.raises(feedback.OrderNotSigned):
            feedback.submit(
                session,
                grant=grant(car.actor, P.FEEDBACK_WRITE),
                incident_id=incident.id,
                content=CONTENT,
                version=None,
                at=after(30),
            )


class TestRating:
    def test_it_moves_the_order_and_tells_the_helper(self, session: Session, scene: Scene) -> None:
        rate(session, scene)
        assert session.get_one(Order, scene.orders[0].id).state == "rated"
        assert told(session, scene.guards[0]) == ["rating.made"]
        assert len(recorded(session, scene, "rating.made")) == len(recorded(session, scene, "order.rated")) == 1

    def test_an_order_is_rated_once(self, session: Session, scene: Scene) -> None:
        rate(session, scene)
        with pytest.raises(errors.AlreadyRated):
            rate(session, scene)

    def test_only_an_officer_on_the_incident_rates(self, session: Session, scene: Scene) -> None:
        with pytest.raises(NotFound):
            rate(session, scene, by=officer(session, scene.station))
        for login in (scene.guards[0], scene.leader, scene.dispatcher):
            with pytest.raises(NotAllowed):
                grant(login.actor, P.RATING_WRITE)

    def test_nobody_rates_himself_and_police_are_not_rated(self, session: Session, scene: Scene) -> None:
        colleague = officer(session, scene.station)
        his = make_order(session, scene.incident, colleague, state="arrived")
        right = grant(scene.officer.actor, P.RATING_WRITE)
        with pytest.raises(errors.SelfRating):
            ratings.rate(session, grant=right, order_id=scene.police_order.id, values=GOOD, at=after(25))
        with pytest.raises(errors.NotAHelper):
            ratings.rate(session, grant=right, order_id=his.id, values=GOOD, at=after(25))

    @pytest.mark.parametrize("state", ["accepted", "arrived", "stood_down", "failed"])
    def test_only_a_completed_order_is_rated(self, session: Session, scene: Scene, state: str) -> None:
        late = make_scene(session, guards=0, station=scene.station)
        order = make_order(session, late.incident, _guard(session, scene), state=state)
        with pytest.raises(errors.OrderNotFinished):
            ratings.rate(
                session,
                grant=grant(late.officer.actor, P.RATING_WRITE),
                order_id=order.id,
                values=GOOD,
                at=after(25),
            )

    def test_he_may_change_his_mind_for_a_day_and_the_record_keeps_both(self, session: Session, scene: Scene) -> None:
        made = rate(session, scene)
        right = grant(scene.officer.actor, P.RATING_WRITE)
        ratings.edit(session, grant=right, rating_id=made.id, values=POOR, version=1, at=after(hours=24))
        (entry,) = recorded(session, scene, "rating.edited")
        assert (entry.detail["before"]["score"], entry.detail["after"]["score"]) == (5, 2)
        with pytest.raises(errors.RatingLocked):
            ratings.edit(session, grant=right, rating_id=made.id, values=GOOD, version=2, at=after(26, hours=24))
        with pytest.raises(StaleVersion):
            ratings.edit(session, grant=right, rating_id=made.id, values=GOOD, version=1, at=after(hours=24))

    def test_a_colleague_on_the_incident_may_read_it_but_not_change_it(self, session: Session, scene: Scene) -> None:
        made = rate(session, scene)
        colleague = officer(session, scene.station)
        make_order(session, scene.incident, colleague, state="arrived")
        with pytest.raises(errors.NotTheRater):
            ratings.edit(
                session,
                grant=grant(colleague.actor, P.RATING_WRITE),
                rating_id=made.id,
                values=POOR,
                version=1,
                at=after(26),
            )

    def test_not_seen_is_not_bad(self, session: Session, scene: Scene) -> None:
        rate(session, scene, 0, GOOD)
        other = make_scene(session, guards=0, station=scene.station)
        again = make_order(session, other.incident, scene.guards[0])
        ratings.rate(
            session,
            grant=grant(other.officer.actor, P.RATING_WRITE),
            order_id=again.id,
            values=RatingValues(outcome=Outcome.NOT_SEEN),
            at=after(40),
        )
        rows, _, standing = queries.list_own(session, actor=scene.guards[0].actor, slice_=Slice(limit=10))
        assert len(rows) == 2 and (standing.n, standing.average) == (1, 5.0)

    def test_drills_are_shown_and_do_not_count(self, session: Session, scene: Scene) -> None:
        scene.incident.drill = True
        session.flush()
        rate(session, scene)
        rows, _, standing = queries.list_own(session, actor=scene.guards[0].actor, slice_=Slice(limit=10))
        assert len(rows) == 1 and standing.n == 0


class TestAppeal:
    def make(self, session: Session, scene: Scene, *, at: datetime = after(hours=2)) -> Any:
        made = rate(session, scene, values=POOR)
        right = grant(scene.guards[0].actor, P.APPEAL_WRITE)
        return made, appeals.appeal(session, grant=right, rating_id=made.id, text="我在现场。", at=at)

    def settle(self, session: Session, login: Login, appeal_id: uuid.UUID, corrected: RatingValues | None) -> Any:
        return appeals.settle(
            session,
            grant=grant(login.actor, P.APPEAL_SETTLE),
            appeal_id=appeal_id,
            outcome=Settlement.KEPT if corrected is None else Settlement.CORRECTED,
            reply="已核实。",
            corrected=corrected,
            at=after(hours=3),
        )

    def test_a_corrected_rating_says_what_the_leader_found_and_both_are_told(
        self, session: Session, scene: Scene
    ) -> None:
        made, appeal = self.make(session, scene)
        self.settle(session, scene.leader, appeal.id, GOOD)
        assert (made.score, made.version) == (5, 2)
        assert told(session, scene.guards[0])[-1] == told(session, scene.officer)[-1] == "appeal.settled"
        (entry,) = recorded(session, scene, "rating.corrected")
        assert entry.detail["before"]["score"] == 2

    def test_after_the_settlement_the_officer_cannot_change_it_back(self, session: Session, scene: Scene) -> None:
        made, appeal = self.make(session, scene)
        self.settle(session, scene.leader, appeal.id, GOOD)
        with pytest.raises(errors.RatingLocked):
            ratings.edit(
                session,
                grant=grant(scene.officer.actor, P.RATING_WRITE),
                rating_id=made.id,
                values=POOR,
                version=2,
                at=after(hours=4),
            )

    def test_it_is_made_once_and_settled_once(self, session: Session, scene: Scene) -> None:
        made, appeal = self.make(session, scene)
        right = grant(scene.guards[0].actor, P.APPEAL_WRITE)
        with pytest.raises(appeals.AlreadyAppealed):
            appeals.appeal(session, grant=right, rating_id=made.id, text="再次申诉", at=after(hours=3))
        self.settle(session, scene.leader, appeal.id, None)
        with pytest.raises(appeals.AlreadySettled):
            self.settle(session, scene.leader, appeal.id, GOOD)

    def test_after_seven_days_it_is_too_late(self, session: Session, scene: Scene) -> None:
        with pytest.raises(appeals.AppealTooLate):
            self.make(session, scene, at=after(25) + timedelta(days=7, seconds=1))

    def test_another_guard_cannot_see_what_he_would_appeal(self, session: Session, scene: Scene) -> None:
        made = rate(session, scene, values=POOR)
        right = grant(scene.guards[1].actor, P.APPEAL_WRITE)
        with pytest.raises(NotFound):
            appeals.appeal(session, grant=right, rating_id=made.id, text="不是我的", at=after(30))

    def test_the_leader_of_another_station_does_not_see_it(self, session: Session, scene: Scene) -> None:
        _, appeal = self.make(session, scene)
        stranger = make_scene(session, guards=0, station=make_station(session, make_district(session)))
        with pytest.raises(NotFound):
            self.settle(session, stranger.leader, appeal.id, None)

    def test_a_party_does_not_settle(self, session: Session, scene: Scene) -> None:
        made, appeal = self.make(session, scene)
        # the officer has since become a leader
        made.officer_id = scene.leader.account.id
        session.flush()
        with pytest.raises(appeals.SettlesOwnCase):
            self.settle(session, scene.leader, appeal.id, None)


class TestReview:
    def test_it_waits_until_every_helper_is_rated_and_says_who_is_not(self, session: Session, scene: Scene) -> None:
        submit(session, scene)
        rate(session, scene, 0, minutes=31)
        with pytest.raises(reviews.RatingsMissing) as refusal:
            review(session, scene, Decision.APPROVED)
        assert refusal.value.extra["order_ids"] == [str(scene.orders[1].id)]
        rate(session, scene, 1, minutes=32)
        review(session, scene, Decision.APPROVED)
        assert (scene.incident.state, scene.incident.ended_at) == ("closed", after(60))

    def test_it_waits_until_the_last_helper_has_left(self, session: Session, scene: Scene) -> None:
        submit(session, scene)
        make_order(session, scene.incident, _guard(session, scene), state="arrived")
        with pytest.raises(reviews.OrdersOpen):
            review(session, scene, Decision.APPROVED)

    def test_without_a_form_there_is_nothing_to_review(self, session: Session, scene: Scene) -> None:
        with pytest.raises(reviews.NotUnderReview):
            review(session, scene, Decision.RETURNED, "请补充")

    def test_a_return_needs_a_reason(self, session: Session, scene: Scene) -> None:
        submit(session, scene)
        with pytest.raises(Invalid):
            review(session, scene, Decision.RETURNED)

    def test_an_appeal_does_not_hold_it_up(self, session: Session, scene: Scene) -> None:
        submit(session, scene)
        made = rate(session, scene, 0, POOR, minutes=31)
        rate(session, scene, 1, minutes=32)
        right = grant(scene.guards[0].actor, P.APPEAL_WRITE)
        appeals.appeal(session, grant=right, rating_id=made.id, text="我在现场。", at=after(40))
        assert review(session, scene, Decision.APPROVED).decision == "approved"

    def test_in_a_batch_one_refusal_does_not_hold_up_the_others(self, session: Session, scene: Scene) -> None:
        ready = make_scene(session, guards=0, station=scene.station)
        submit(session, ready)
        submit(session, scene)
        foreign = make_scene(session, guards=0)
        done = reviews.approve_all(
            session,
            grant=grant(scene.leader.actor, P.REVIEW_WRITE),
            incident_ids=[scene.incident.id, ready.incident.id, foreign.incident.id],
            at=after(60),
        )
        by_id = {d.incident_id: d for d in done}
        assert by_id[ready.incident.id].review is not None and ready.incident.state == "closed"
        assert isinstance(by_id[scene.incident.id].refusal, reviews.RatingsMissing)
        assert isinstance(by_id[foreign.incident.id].refusal, NotFound)
        assert scene.incident.state == "feedback"


def _guard(session: Session, scene: Scene) -> Login:
    return guard(session, scene.station)


def test_the_role_of_a_district_admin_reaches_no_closure(session: Session, scene: Scene) -> None:
    account = make_account(session, Role.DISTRICT_ADMIN, scene.station)
    assert account.station_id is None
    with pytest.raises(NotAllowed):
        grant(Login(account=account, session_id=account.id, device_id=account.id, token="").actor, P.CLOSURE_READ)
