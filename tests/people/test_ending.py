from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401
from dispatch.access.table import Permission, grant
from dispatch.accounts import management
from dispatch.sessions import repository
from dispatch.sessions.repository import Fingerprint, list_good
from geo.duty import service as duty
from geo.duty.model import Duty
from geo.responders.model import ResponderIndex
from kit.actor import Role
from kit.ids import new_id
from notifications.devices.model import Device
from tests.support.people import LON, START, Login, guard, make_organization, make_station, staff


@pytest.fixture
def sent(session: Session) -> Login:
    return guard(session, make_station(session), lon=LON, on_duty=False)


class TestWhoIsClosed:
    @pytest.mark.parametrize("verb", ["deactivate", "revoke"])
    def test_is_no_longer_on_duty_and_no_longer_located(self, session: Session, verb: str) -> None:
        station = make_station(session)
        leader, sent = staff(session, Role.LEADER, station), guard(session, station, lon=LON, on_duty=False)
        assert sent.responder is not None
        duty.start(session, responder_id=sent.responder.id, planned_end=None, actor=sent.actor, at=START)
        values = {"version": 1} if verb == "deactivate" else {}
        getattr(management, verb)(
            session,
            grant=grant(leader.actor, Permission.ACCOUNT_WRITE),
            account_id=sent.account.id,
            reason="手机丢失",
            at=START,
            **values,
        )
        session.flush()
        index = session.get(ResponderIndex, sent.responder.id)
        assert index is not None
        assert (index.on_duty, index.position) == (False, None)
        assert session.query(Duty).filter_by(responder_id=sent.responder.id).one().ended_how == "revoked"


class TestGood:
    """What the sockets ask every two seconds."""

    def test_a_live_login_is_not_dead(self, session: Session, sent: Login) -> None:
        assert list_good(session, {sent.session_id}, START).keys() == {sent.session_id}

    def test_an_unknown_login_is_dead(self, session: Session) -> None:
        unknown = new_id()
        assert list_good(session, [unknown], START) == {}

    def test_nothing_is_asked_for_nobody(self, session: Session) -> None:
        assert list_good(session, [], START) == {}

    @pytest.mark.parametrize("how", ["revoked", "run out", "account closed", "device revoked"])
    def test_a_login_is_dead_when(self, session: Session, sent: Login, how: str) -> None:
        other = guard(session, make_station(session))
        at = START
        if how == "revoked":
            repository.revoke(session, at=START, reason="test", account_id=sent.account.id)
        if how == "run out":
            at = START + timedelta(days=30)
            other = guard(session, make_station(session), at=at)
        if how == "account closed":
            sent.account.active = False
        if how == "device revoked":
            device = session.get(Device, sent.device_id)
            assert device is not None
            device.revoked_at = START
        session.flush()
        assert list_good(session, {sent.session_id, other.session_id}, at).keys() == {other.session_id}

    def test_a_changed_role_or_organization_changes_the_fingerprint(self, session: Session) -> None:
        station = make_station(session)
        leader = staff(session, Role.LEADER, station)
        login = staff(session, Role.OFFICER, station)
        before = list_good(session, [login.session_id], START)
        company = make_organization(session, station)
        management.edit(
            session,
            grant=grant(leader.actor, Permission.ACCOUNT_WRITE),
            account_id=login.account.id,
            version=1,
            changes={"role": "guard", "organization_id": company.id},
            at=START,
        )
        after = list_good(session, [login.session_id], START)
        assert before == {login.session_id: Fingerprint("officer", str(station.id), None)}
        assert after == {login.session_id: Fingerprint("guard", str(station.id), str(company.id))}
