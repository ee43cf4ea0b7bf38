"""Reports, photos and the call for help, over the wire."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.escalation.model import Alarm
from dispatch.reports.model import Photo
from kit.actor import Role
from notifications.outbox.model import Message
from tests.api.conftest import Server
from tests.reports.test_pictures import CANARY, bomb, encoded, plain, with_gps
from tests.support.closing import Scene, make_order, make_scene
from tests.support.people import Login, guard, make_organization, staff

Send = Callable[..., httpx.Response]
PICTURE = encoded(plain())


@pytest.fixture
def scene(committing: Session) -> Scene:
    """The first guard still stands at the scene, the second has finished."""
    scene = make_scene(committing, still_there=1)
    committing.commit()
    return scene


def upload(send: Send, client: httpx.Client, scene: Scene, content: bytes = PICTURE, n: int = 0, **more: Any) -> Any:
    url = f"/api/v1/orders/{scene.orders[n].id}/photos"
    return send(client, "post", url, files={"file": ("../../etc/passwd.svg", content, "image/svg+xml")}, **more)


def slug(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return str(answer.json()["type"]).rsplit("/", 1)[-1]


def test_a_report_reaches_those_who_work_on_the_incident(server: Server, scene: Scene, send: Send) -> None:
    url = f"/api/v1/orders/{scene.orders[0].id}/reports"
    body = {"text": "老人已找到。", "checklist": [{"key": "stayed", "done": True}]}
    with server.client(scene.guards[0]) as client:
        assert send(client, "post", url, json=body).status_code == 201
        server.clock.advance(minutes=3)
        assert send(client, "post", url, json={"text": "家属已到。"}).status_code == 201
    for login in (scene.guards[0], scene.officer, scene.leader, scene.dispatcher):
        with server.client(login) as client:
            texts = [report["text"] for report in client.get(url).json()["reports"]]
            assert texts == ["老人已找到。", "家属已到。"]
    with server.client(scene.guards[1]) as client:
        assert client.get(url).status_code == 404


def test_a_report_answers_the_orders_own_checklist(server: Server, scene: Scene, send: Send) -> None:
    url = f"/api/v1/orders/{scene.orders[0].id}/reports"
    with server.client(scene.guards[0]) as client:
        for checklist in (
            [{"key": "no_such", "done": True}],
            [{"key": "stayed", "done": True}, {"key": "stayed", "done": False}],
            [{"key": "stayed", "done": "yes"}],
        ):
            assert send(client, "post", url, json={"text": "到位", "checklist": checklist}).status_code == 422


def test_one_may_report_for_a_day_after_completion(server: Server, scene: Scene, send: Send) -> None:
    url = f"/api/v1/orders/{scene.orders[1].id}/reports"
    with server.client(scene.guards[1]) as client:
        server.clock.advance(hours=24)
        assert send(client, "post", url, json={"text": "补充"}).status_code == 201
        server.clock.advance(hours=1)
        refused = send(client, "post", url, json={"text": "补充"})
    assert (refused.status_code, slug(refused)) == (410, "report-too-late")


def test_nobody_reports_from_an_order_that_he_has_not_accepted(server: Server, committing: Session, send: Send) -> None:
    scene = make_scene(committing, guards=0)
    helper = guard(committing, scene.station)
    order = make_order(committing, scene.incident, helper, state="shown")
    committing.commit()
    with server.client(helper) as client:
        answer = send(client, "post", f"/api/v1/orders/{order.id}/reports", json={"text": "到位"})
    assert (answer.status_code, slug(answer)) == (409, "report-not-possible")


def test_a_photo_is_kept_without_the_place_where_it_was_made(server: Server, scene: Scene, send: Send) -> None:
    with server.client(scene.guards[0]) as client:
        made = upload(send, client, scene, with_gps())
        assert made.status_code == 201, made.text
        got = client.get(f"/api/v1/photos/{made.json()['id']}")
    assert CANARY not in got.content and b"Exif" not in got.content
    assert got.headers["content-type"] == "image/jpeg"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cache-control"] == "private, no-store"
    assert got.headers["content-disposition"].startswith("attachment; filename=")
    assert "passwd" not in got.headers["content-disposition"]
    with Image.open(io.BytesIO(got.content)) as image:
        assert image.format == "JPEG"


def test_the_same_photo_twice_is_one_photo(server: Server, scene: Scene, send: Send, committing: Session) -> None:
    with server.client(scene.guards[0]) as client:
        ids = {upload(send, client, scene).json()["id"] for _ in range(3)}
        with ThreadPoolExecutor(4) as pool:
            ids |= {answer.json()["id"] for answer in pool.map(lambda _: upload(send, client, scene), range(4))}
    assert len(ids) == 1
    assert len(committing.scalars(select(Photo.id).where(Photo.order_id == scene.orders[0].id)).all()) == 1


def test_a_phone_that_sends_its_command_again_gets_the_same_answer(server: Server, scene: Scene, send: Send) -> None:
    with server.client(scene.guards[0]) as client:
        first = upload(send, client, scene, key="photo-0001")
        again = upload(send, client, scene, key="photo-0001")
        other = upload(send, client, scene, encoded(plain(colour="blue")), key="photo-0001")
    assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")
    assert (other.status_code, slug(other)) == (422, "idempotency-key-reused")


def test_an_order_holds_ten_photos(server: Server, scene: Scene, send: Send) -> None:
    with server.client(scene.guards[0]) as client:
        for n in range(10):
            assert upload(send, client, scene, encoded(plain((64, 40 + n)))).status_code == 201
        refused = upload(send, client, scene, encoded(plain((64, 99))))
        assert (refused.status_code, slug(refused)) == (409, "too-many-photos")
        assert upload(send, client, scene, encoded(plain((64, 40)))).status_code == 201


@pytest.mark.parametrize(
    ("content", "status", "name"),
    [
        (b"", 422, "file-empty"),
        (b"<svg onload=alert(1)>", 415, "media-type"),
        (b"PK\x03\x04" + b"\0" * 64, 415, "media-type"),
        (bomb(13_000, 13_000), 413, "image-too-large"),
        (b"\xff\xd8\xff" + b"\0" * (13 << 20), 413, "payload-too-large"),
    ],
    ids=["empty", "svg", "zip", "bomb", "13 MiB"],
)
def test_what_is_no_photo_is_refused_with_a_reason(
    server: Server, scene: Scene, send: Send, content: bytes, status: int, name: str
) -> None:
    with server.client(scene.guards[0]) as client:
        answer = upload(send, client, scene, content)
    assert (answer.status_code, slug(answer)) == (status, name)


def test_a_large_photo_passes_where_other_bodies_may_not(server: Server, scene: Scene, send: Send) -> None:
    noise = Image.effect_noise((1600, 1600), 100).convert("RGB")
    content = encoded(noise, quality=95)
    assert len(content) > 2 << 20
    with server.client(scene.guards[0]) as client:
        assert upload(send, client, scene, content).status_code == 201
        url = f"/api/v1/orders/{scene.orders[0].id}/reports"
        refused = send(client, "post", url, json={"text": "x" * (2 << 20)})
    assert (refused.status_code, slug(refused)) == (413, "payload-too-large")
    assert refused.json()["instance"] == refused.headers["x-request-id"]


def test_a_photo_is_one_file_in_a_form(server: Server, scene: Scene, send: Send) -> None:
    url = f"/api/v1/orders/{scene.orders[0].id}/photos"
    file = ("a.jpg", PICTURE, "image/jpeg")
    with server.client(scene.guards[0]) as client:
        assert slug(send(client, "post", url, json={"file": "x"})) == "media-type"
        assert slug(send(client, "post", url, files=[("file", file), ("file", file)])) == "upload-format"
        assert slug(send(client, "post", url, files={"other": file})) == "upload-format"
        assert slug(send(client, "post", url, files={"file": file}, data={"role": "admin"})) == "upload-format"
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        assert slug(send(client, "post", url, content=b"garbage", headers=headers)) == "upload-format"
        assert client.post(url, files={"file": file}).status_code == 400


def test_nobody_adds_a_photo_to_somebody_elses_order(server: Server, scene: Scene, send: Send) -> None:
    with server.client(scene.guards[1]) as client:
        assert upload(send, client, scene).status_code == 404
    with server.client(scene.dispatcher) as client:
        assert upload(send, client, scene).status_code == 403
    with server.client() as client:
        assert upload(send, client, scene).status_code == 401


def test_a_photo_is_seen_by_those_who_work_on_it_only(
    server: Server, scene: Scene, send: Send, committing: Session
) -> None:
    elsewhere = make_scene(committing)
    company = make_organization(committing, scene.station)
    manager = staff(committing, Role.COMPANY_MANAGER, scene.station, organization=company)
    committing.commit()
    with server.client(scene.guards[0]) as client:
        url = f"/api/v1/photos/{upload(send, client, scene).json()['id']}"

    def status(login: Login) -> int:
        with server.client(login) as client:
            return client.get(url).status_code

    assert [status(s) for s in (scene.guards[0], scene.officer, scene.leader, scene.dispatcher)] == [200] * 4
    assert [status(s) for s in (scene.guards[1], elsewhere.officer, elsewhere.leader, elsewhere.guards[0])] == [404] * 4
    assert status(manager) == 403


def test_a_call_for_help_alarms_the_room_and_the_officers_once(
    server: Server, scene: Scene, send: Send, committing: Session
) -> None:
    url = f"/api/v1/orders/{scene.orders[0].id}/sos"
    with server.client(scene.guards[0]) as client:
        answers = [send(client, "post", url) for _ in range(5)]
        with ThreadPoolExecutor(4) as pool:
            answers += pool.map(lambda _: send(client, "post", url), range(4))
    assert {answer.status_code for answer in answers} == {201}
    (alarm_id,) = {answer.json()["id"] for answer in answers}
    told = committing.scalars(select(Message).where(Message.subject_id == alarm_id)).all()
    assert {m.account_id for m in told} == {scene.dispatcher.account.id, scene.officer.account.id}
    assert len(told) == 2 and all(m.urgent and m.kind == "alarm.raised" for m in told)


def test_once_it_was_taken_up_a_new_call_is_a_new_alarm(
    server: Server, scene: Scene, send: Send, committing: Session
) -> None:
    url = f"/api/v1/orders/{scene.orders[0].id}/sos"
    with server.client(scene.guards[0]) as client:
        first = send(client, "post", url).json()
        alarm = committing.get_one(Alarm, first["id"])
        alarm.acknowledged_at, alarm.acknowledged_by = server.clock.now(), scene.dispatcher.account.id
        committing.commit()
        assert send(client, "post", url).json()["id"] != first["id"]


def test_a_call_for_help_comes_from_ones_own_order_at_work(server: Server, scene: Scene, send: Send) -> None:
    finished = f"/api/v1/orders/{scene.orders[1].id}/sos"
    with server.client(scene.guards[1]) as client:
        assert send(client, "post", finished).status_code == 201
        server.clock.advance(hours=2)
        assert slug(send(client, "post", finished)) == "sos-not-possible"
        assert send(client, "post", f"/api/v1/orders/{scene.orders[0].id}/sos").status_code == 404


def test_a_photo_of_untold_length_is_cut_off_at_the_limit(server: Server, scene: Scene) -> None:
    def endless() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        for _ in range(13):
            yield b"\xff" * (1 << 20)

    headers = {"Idempotency-Key": "photo-endless", "Content-Type": "multipart/form-data; boundary=x"}
    with server.client(scene.guards[0]) as client:
        answer = client.post(f"/api/v1/orders/{scene.orders[0].id}/photos", content=endless(), headers=headers)
    assert (answer.status_code, slug(answer)) == (413, "payload-too-large")
