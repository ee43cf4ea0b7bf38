"""I-11: for every command, a screen that applied the events equals a fresh snapshot, on every screen."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from dispatch.access.table import Permission as P
from dispatch.access.table import grant
from dispatch.chats import service as chats
from dispatch.chats.model import ChatLine, Readers
from dispatch.escalation import alarms
from dispatch.escalation import service as escalation
from dispatch.escalation.model import Alarm
from dispatch.incidents import editing, ending
from dispatch.incidents.model import Incident
from dispatch.live.snapshot import read_entities
from dispatch.orders import service as orders
from dispatch.orders.model import Order
from dispatch.orders.states import OPEN
from geo.duty import service as duty
from kit.clock import ManualClock
from kit.database import make_session_factory
from kit.errors import PinganError
from kit.feed import account_audience, station_audience
from notifications import relay
from notifications.live import log
from notifications.live.log import Mark
from notifications.outbox.model import Message
from pingan_client import Screen
from tests.support.orders import Scene, a_need, a_spec, make_incident, make_scene
from tests.support.people import START, Login, east, point

STEPS = 120
# everybody on duty reports where he is
_MOVE = text(
    """
    UPDATE responder_index SET captured_at = :at, received_at = :at,
        position = coalesce(position, ST_GeogFromText(:point)), accuracy_m = 10
    WHERE on_duty AND NOT fixed
    """
)


class Screens:
    """One screen per audience, fed from the log only."""

    def __init__(self, factory: Callable[[], Session], audiences: list[str]) -> None:
        self._factory = factory
        self._screens = {audience: Screen() for audience in audiences}
        for audience, screen in self._screens.items():
            mark, entities = self._fresh(audience)
            screen.apply(
                {"type": "snapshot", "stream": "it", "epoch": mark.epoch, "seq": mark.seq, "entities": entities}
            )

    def check(self, what: str) -> None:
        """Bring every screen up to date by events and compare."""
        for audience, screen in self._screens.items():
            mine = screen.streams["it"]
            with self._factory() as session:
                missed = log.find_missed(session, audience, Mark(mine.epoch, mine.seq), limit=10_000)
            assert missed is not None
            head, events = missed
            # cut anywhere: applied in pieces, some of them twice
            frame = {"type": "events", "stream": "it", "epoch": head.epoch}
            values = [json.loads(event.json) for event in events]
            screen.apply({**frame, "events": values[: len(values) // 2]})
            screen.apply({**frame, "events": values})
            mark, entities = self._fresh(audience)
            assert mark.seq == screen.streams["it"].seq
            assert screen.streams["it"].entities == entities, f"{audience} after {what}"

    def _fresh(self, audience: str) -> tuple[Mark, dict[str, Any]]:
        with self._factory() as session:
            mark, entities = read_entities(session, audience)
            return mark, json.loads(json.dumps(entities))


class Walk:
    """Random commands by random people on one scene; refusals are part of life."""

    def __init__(self, session: Session, scene: Scene, clock: ManualClock, chance: random.Random) -> None:
        self.session, self.scene, self.clock, self.chance = session, scene, clock, chance
        self.done: Counter[str] = Counter()

    def step(self) -> str:
        name = self.chance.choice(sorted(n for n in dir(self) if n.startswith("do_")))
        self.clock.advance(seconds=self.chance.uniform(0, 3))
        self.session.execute(_MOVE, {"at": self.clock.now(), "point": point(east(self.chance.uniform(-300, 300)))})
        self.session.commit()
        try:
            getattr(self, name)()
            self.session.commit()
            self.done[name] += 1
        except PinganError:
            self.session.rollback()
        return name

    def _person(self) -> Login:
        people = [*self.scene.guards, *self.scene.police]
        busy = [p for p in people if any(o.state in OPEN for o in self.scene.orders(p))]
        return self.chance.choice(busy or people)

    def _order(self, person: Login) -> Order:
        found = [o for o in self.scene.orders(person) if o.state in OPEN] or self.scene.orders(person)
        if not found:
            raise PinganError("nothing to do")
        return self.chance.choice(found)

    def _incident(self) -> Incident:
        query = select(Incident).where(Incident.station_id == self.scene.station.id).order_by(Incident.received_at)
        return self.chance.choice(list(self.session.scalars(query, execution_options={"populate_existing": True})))

    def _room(self, permission: P) -> Any:
        return grant(self.scene.dispatcher.actor, permission)

    def do_dispatch(self) -> None:
        orders.dispatch(
            self.session, grant=self._room(P.ORDER_OFFER), incident_id=self._incident().id, at=self.clock.now()
        )

    def do_chat(self) -> None:
        people = [*self.scene.guards, *self.scene.police, self.scene.dispatcher]
        chats.write(
            self.session,
            grant=grant(self.chance.choice(people).actor, P.CHAT_WRITE),
            incident_id=self._incident().id,
            text="请到南门接应",
            urgent=self.chance.random() < 0.5,
            readers=self.chance.choice(list(Readers)),
            at=self.clock.now(),
        )

    def do_confirm(self) -> None:
        lines = self.session.scalars(select(ChatLine).where(ChatLine.station_id == self.scene.station.id)).all()
        if not lines:
            raise PinganError("nothing to do")
        line = self.chance.choice(lines)
        people = [*self.scene.guards, *self.scene.police, self.scene.dispatcher]
        chats.confirm(
            self.session,
            grant=grant(self.chance.choice(people).actor, P.CHAT_READ),
            incident_id=line.incident_id,
            line_id=line.id,
            at=self.clock.now(),
        )

    def do_receipt(self) -> None:
        person = self.chance.choice([*self.scene.guards, *self.scene.police, self.scene.dispatcher])
        found = self.session.scalars(select(Message).where(Message.account_id == person.account.id)).all()
        if not found:
            raise PinganError("nothing to do")
        step = self.chance.choice(("received", "shown"))
        message = self.chance.choice(found)
        orders.take_receipt(
            self.session,
            actor=person.actor,
            message_id=message.id,
            step=step,  # type: ignore[arg-type]
            at=self.clock.now(),
        )

    def _progress(self, verb: Callable[..., Any], **values: Any) -> None:
        person = self._person()
        order = self._order(person)
        verb(
            self.session,
            grant=grant(person.actor, P.ORDER_PROGRESS),
            order_id=order.id,
            at=self.clock.now(),
            **values,
        )

    def do_accept(self) -> None:
        self._progress(orders.accept)

    def do_decline(self) -> None:
        self._progress(orders.decline, reason="busy")

    def do_depart(self) -> None:
        self._progress(orders.depart)

    def do_arrive(self) -> None:
        self._progress(orders.arrive)

    def do_complete(self) -> None:
        self._progress(orders.complete)

    def do_withdraw(self) -> None:
        self._progress(orders.withdraw, reason="hurt")

    def do_stand_down(self) -> None:
        order = self._order(self._person())
        orders.stand_down(
            self.session, grant=self._room(P.ORDER_CONTROL), order_id=order.id, reason="not_needed", at=self.clock.now()
        )

    def do_cancel_order(self) -> None:
        order = self._order(self._person())
        orders.cancel(
            self.session, grant=self._room(P.ORDER_CONTROL), order_id=order.id, reason="mistake", at=self.clock.now()
        )

    def do_time(self) -> None:
        escalation.tick(self.session, self.clock.advance(seconds=self.chance.choice((1, 5, 15, 40))))

    def do_edit(self) -> None:
        incident = self._incident()
        editing.edit(
            self.session,
            grant=self._room(P.INCIDENT_EDIT),
            incident_id=incident.id,
            version=incident.version,
            changes=editing.Edit(summary=f"两人打架，第{self.chance.randint(1, 99)}次补充"),
            at=self.clock.now(),
        )

    def do_level(self) -> None:
        editing.set_level(
            self.session,
            grant=self._room(P.INCIDENT_EDIT),
            incident_id=self._incident().id,
            level=self.chance.randint(1, 4),
            reason="现场升级",
            at=self.clock.now(),
        )

    def do_note(self) -> None:
        editing.add_note(
            self.session,
            grant=self._room(P.INCIDENT_NOTE),
            incident_id=self._incident().id,
            text="民警已电话联系报警人",
            at=self.clock.now(),
        )

    def do_handle(self) -> None:
        ending.progress_by_hand(
            self.session,
            grant=self._room(P.INCIDENT_EDIT),
            incident_id=self._incident().id,
            event=self.chance.choice(("dispatch", "arrive", "handle")),
            reason="电台报告",
            at=self.clock.now(),
        )

    def do_cancel_incident(self) -> None:
        if self.chance.random() < 0.7:
            raise PinganError("not so often")
        ending.cancel(
            self.session,
            grant=self._room(P.INCIDENT_EDIT),
            incident_id=self._incident().id,
            reason="误报",
            at=self.clock.now(),
        )

    def do_merge(self) -> None:
        if self.chance.random() < 0.7:
            raise PinganError("not so often")
        ending.merge(
            self.session,
            grant=self._room(P.INCIDENT_EDIT),
            incident_id=self._incident().id,
            into_id=self._incident().id,
            reason="同一警情",
            at=self.clock.now(),
        )

    def do_reopen(self) -> None:
        incident = self._incident()
        ending.reopen(
            self.session,
            grant=self._room(P.INCIDENT_EDIT),
            incident_id=incident.id,
            version=incident.version,
            reason="再次报警",
            at=self.clock.now(),
        )

    def do_new_incident(self) -> None:
        if self.chance.random() < 0.5:
            raise PinganError("not so often")
        from kit import feed

        spec = a_spec(a_need("patrol_unit"), a_need(alert_factor=2.0))
        made = make_incident(self.session, self.scene.station, spec, at=self.clock.now())
        feed.changed(self.session, "incident", made.id)

    def do_duty(self) -> None:
        person = self.chance.choice(self.scene.guards)
        assert person.responder is not None
        if self.chance.random() < 0.5:
            duty.start(
                self.session,
                responder_id=person.responder.id,
                planned_end=self.clock.now() + timedelta(hours=8),
                actor=person.actor,
                at=self.clock.now(),
            )
        else:
            duty.end(self.session, responder_id=person.responder.id, actor=person.actor, at=self.clock.now())

    def do_alarm(self) -> None:
        alarm = self.session.scalars(
            select(Alarm).where(Alarm.station_id == self.scene.station.id, Alarm.acknowledged_at.is_(None)).limit(1)
        ).first()
        if alarm is None:
            raise PinganError("nothing to do")
        alarms.acknowledge(self.session, grant=self._room(P.ALARM_ACKNOWLEDGE), alarm_id=alarm.id, at=self.clock.now())


@pytest.mark.parametrize("seed", range(3))
def test_events_lead_every_screen_to_where_a_fresh_snapshot_is(committed_database: Engine, seed: int) -> None:
    factory = make_session_factory(committed_database)
    clock, chance = ManualClock(START), random.Random(seed)
    with factory() as session:
        scene = make_scene(session, a_need("patrol_unit"), a_need(needed=2, alert_factor=2.0), guards=5, police=2)
        session.commit()
        people = [*scene.guards, *scene.police, scene.dispatcher]
        audiences = [station_audience(scene.station.id), *(account_audience(p.account.id) for p in people)]
        screens = Screens(factory, audiences)
        walk = Walk(session, scene, clock, chance)
        for number in range(STEPS):
            what = walk.step()
            session.rollback()
            if number % 10 == 9:
                relay.run_once(factory, clock, {})
            screens.check(f"step {number}: {what}")
    assert len(walk.done) >= 12, walk.done
