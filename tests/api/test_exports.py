"""What leaves the house: asked for, agreed to, stamped, recorded, masked."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import httpx
import openpyxl
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from dispatch.accounts.logins import PHONE_CONTEXT, vault
from dispatch.exports import page
from dispatch.exports.document import SYNTHETIC, Document, Section, Stamp
from dispatch.incidents.caller import Caller, seal
from kit import fonts
from kit.actor import Role
from kit.record import RecordEntry
from tests.api.conftest import Server
from tests.support.closing import Scene, after, make_scene
from tests.support.matrix import ROLES, Town, build_town
from tests.support.people import Login, staff
from tests.support.work import Spot, Work, build_work

Send = Callable[..., httpx.Response]
WEEK = {"from": "2026-11-23T00:00:00+08:00", "to": "2026-11-30T00:00:00+08:00"}
ROSTER = {"kind": "roster"}
CANARY = "13987650123"


@pytest.fixture
def scene(server: Server, committing: Session) -> Scene:
    made = make_scene(committing, guards=2, state="handled")
    made.guards[0].account.name = "=HYPERLINK(1)"
    assert made.guards[0].responder is not None
    made.guards[0].responder.name = "=HYPERLINK(1)"
    made.guards[0].account.phone_box = vault().seal(f"+86{CANARY}", context=PHONE_CONTEXT)
    made.guards[0].account.phone_index = vault().index(f"+86{CANARY}{made.station.id}")
    seal(made.incident, Caller(name="甲乙丙丁", phone=f"+86{CANARY}"))
    committing.commit()
    server.clock.advance(minutes=30)
    return made


def ask(client: httpx.Client, send: Send, what: dict[str, Any], format_: str = "xlsx") -> dict[str, Any]:
    body = {"what": what, "format": format_, "reason": "周例会通报"}
    answer = send(client, "post", "/api/v1/exports", json=body)
    assert answer.status_code == 201, answer.text
    asked: dict[str, Any] = answer.json()
    return asked


def cells(content: bytes) -> list[Any]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


WANTED: list[dict[str, Any]] = [
    {"kind": "weekly", "from": WEEK["from"]},
    *(
        {"kind": "figures", "table": table, "by": "week", **WEEK}
        for table in ("intervals", "assists", "closings", "missed")
    ),
]


def closure(scene: Scene) -> dict[str, Any]:
    return {"kind": "closure", "incident_id": str(scene.incident.id)}


@pytest.mark.parametrize("format_", ["xlsx", "pdf"])
def test_a_leader_takes_a_closure_along_and_his_name_is_on_it(
    server: Server, committing: Session, scene: Scene, send: Send, format_: str
) -> None:
    with server.client(scene.leader) as leader:
        asked = ask(leader, send, closure(scene), format_)
        assert (asked["state"], asked["needs_second"]) == ("ready", False)
        file = leader.get(f"/api/v1/exports/{asked['id']}/file")
    assert file.status_code == 200
    assert "no-store" in file.headers["cache-control"]
    assert CANARY.encode() not in file.content and "甲乙丙丁".encode() not in file.content
    if format_ == "xlsx":
        said = cells(file.content)
        text_ = "\n".join(map(str, said))
        assert scene.leader.account.name in text_ and str(scene.leader.account.badge_no) in text_
        assert "老人走失" in text_ and "139****0123" in text_
        assert CANARY not in text_ and "甲乙丙丁" not in text_
        assert any(str(value).startswith("2026-11-24 16:") for value in said), "times by the local clock"
    else:
        assert file.content.startswith(b"%PDF-") and len(file.content) > 5_000
    entries = committing.scalars(
        select(RecordEntry)
        .where(RecordEntry.station_id == scene.station.id, RecordEntry.action.like("export.%"))
        .order_by(RecordEntry.id)
    ).all()
    assert [entry.action for entry in entries] == ["export.asked", "export.taken"]
    assert entries[1].reason == "周例会通报" and entries[1].detail["incident_id"] == str(scene.incident.id)


@pytest.mark.parametrize("what", WANTED, ids=lambda w: w.get("table", w["kind"]))
@pytest.mark.parametrize("format_", ["xlsx", "pdf"])
def test_reports_and_tables_are_made_without_a_second_person(
    server: Server, scene: Scene, send: Send, what: dict[str, Any], format_: str
) -> None:
    with server.client(scene.leader) as leader:
        asked = ask(leader, send, what, format_)
        file = leader.get(f"/api/v1/exports/{asked['id']}/file")
    assert file.status_code == 200, file.text
    if format_ == "xlsx":
        assert len(cells(file.content)) > 5


def test_story_of_a_roster_that_two_let_out(server: Server, committing: Session, scene: Scene, send: Send) -> None:
    with server.client(scene.leader) as leader:
        asked = ask(leader, send, ROSTER)
        file = f"/api/v1/exports/{asked['id']}/file"
        assert (asked["state"], asked["needs_second"]) == ("waiting", True)
        waits = leader.get(file)
        assert (waits.status_code, waits.json()["type"].rsplit("/", 1)[1]) == (409, "export-waits")
        decision = f"/api/v1/exports/{asked['id']}/decision"
        own = send(leader, "post", decision, json={"agreed": True})
        assert (own.status_code, own.json()["type"].rsplit("/", 1)[1]) == (409, "export-own")
    with server.client(scene.dispatcher) as room:
        (listed,) = room.get("/api/v1/exports").json()["items"]
        assert listed["state"] == "waiting"
        assert send(room, "post", decision, json={"agreed": True}).json()["state"] == "ready"
        again = send(room, "post", decision, json={"agreed": False})
        assert (again.status_code, again.json()["type"].rsplit("/", 1)[1]) == (409, "export-decided")
        assert room.get(file).status_code == 403, "agreeing is not taking"
    with server.client(scene.leader) as leader:
        taken = leader.get(file)
    said = cells(taken.content)
    assert scene.dispatcher.account.name in "\n".join(map(str, said)), "who agreed is on it"
    assert "=HYPERLINK(1)" in said, "a name, not a formula"
    assert "139****0123" in said and CANARY not in str(said)
    book = openpyxl.load_workbook(io.BytesIO(taken.content))
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_a_refused_or_old_request_is_over(server: Server, committing: Session, scene: Scene, send: Send) -> None:
    with server.client(scene.leader) as leader:
        refused, old = ask(leader, send, ROSTER), ask(leader, send, closure(scene))
    with server.client(scene.dispatcher) as room:
        send(room, "post", f"/api/v1/exports/{refused['id']}/decision", json={"agreed": False})
    server.clock.advance(hours=25)
    committing.execute(
        text("UPDATE sessions SET expires_at = expires_at + interval '9 days' WHERE account_id = :id"),
        {"id": scene.leader.account.id},
    )
    committing.commit()
    second = staff(committing, Role.LEADER, scene.station, at=server.clock.now())
    committing.commit()
    with server.client(second) as other:
        assert other.get(f"/api/v1/exports/{old['id']}/file").status_code == 404, "another's is not there"
        states = {item["id"]: item["state"] for item in other.get("/api/v1/exports").json()["items"]}
    assert states == {refused["id"]: "refused", old["id"]: "expired"}


def test_figures_by_person_are_a_list_of_people(server: Server, scene: Scene, send: Send) -> None:
    with server.client(scene.leader) as leader:
        by_person = ask(leader, send, {"kind": "figures", "table": "assists", "by": "responder", **WEEK})
        by_week = ask(leader, send, {"kind": "figures", "table": "assists", "by": "week", **WEEK})
    assert (by_person["state"], by_week["state"]) == ("waiting", "ready")


def test_without_a_font_the_refusal_says_what_to_install(
    server: Server, scene: Scene, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "_KNOWN", ())
    with server.client(scene.leader) as leader:
        asked = ask(leader, send, closure(scene), "pdf")
        refused = leader.get(f"/api/v1/exports/{asked['id']}/file")
        assert refused.status_code == 503 and "apt-get install" in refused.json()["hint"]
        assert leader.get(f"/api/v1/exports/{ask(leader, send, closure(scene))['id']}/file").status_code == 200


def test_what_was_invented_says_so_on_every_page(server: Server, committing: Session, scene: Scene, send: Send) -> None:
    committing.merge(scene.incident).demo = True
    committing.commit()
    with server.client(scene.leader) as leader:
        sheet = leader.get(f"/api/v1/exports/{ask(leader, send, closure(scene))['id']}/file").content
    book = openpyxl.load_workbook(io.BytesIO(sheet))
    for page_ in book:
        assert any(SYNTHETIC in str(cell.value) for row in page_.iter_rows(max_row=4) for cell in row), page_.title


def test_a_pdf_carries_name_and_time_on_each_page(scene: Scene) -> None:
    rows = [(n, "保安员" * 6) for n in range(120)]
    document = Document(
        title="名册", subtitle="", sections=[Section(title="一", columns=("序", "说明"), rows=rows)], synthetic=True
    )
    stamp = Stamp(person="张三", number="D1001", at=after(0), station="演示派出所")
    content = page.render(document, stamp)
    pages = int(re.findall(rb"/Count (\d+)", content)[0])
    assert pages >= 3
    if shutil.which("pdftotext"):
        done = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
        shown = done.stdout.decode().split("\f")[:pages]
        assert all("张三" in one and "D1001" in one and SYNTHETIC in one for one in shown)


@pytest.mark.parametrize(
    "what",
    [
        {"kind": "everything"},
        {"kind": "closure"},
        {"kind": "figures", "table": "intervals", "from": WEEK["to"], "to": WEEK["from"]},
        {"kind": "weekly", "from": "2026-11-23"},
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(server: Server, scene: Scene, send: Send, what: dict[str, Any]) -> None:
    with server.client(scene.leader) as leader:
        body = {"what": what, "format": "pdf", "reason": "x"}
        assert send(leader, "post", "/api/v1/exports", json=body).status_code == 422


@pytest.fixture
def town(server: Server, committing: Session) -> Town:
    return build_town(committing)


@pytest.fixture
def work(town: Town, committing: Session) -> dict[Spot, Work]:
    made = build_work(committing, town)
    committing.commit()
    return made


@pytest.mark.parametrize("role", ROLES)
def test_only_a_leader_takes_anything_and_only_of_his_station(
    server: Server, town: Town, work: dict[Spot, Work], send: Send, role: Role
) -> None:
    own = (Spot.MINE, Spot.OWN, Spot.COMPANY)
    with server.client(town.people[role]) as client:
        for spot, one in work.items():
            body = {
                "what": {"kind": "closure", "incident_id": str(one.incident.id)}, "format": "xlsx", "reason": "复盘"
            }  # fmt: skip
            answer = send(client, "post", "/api/v1/exports", json=body).status_code
            assert answer == (403 if role is not Role.LEADER else 201 if spot in own else 404), spot
        listed = client.get("/api/v1/exports").status_code
        assert listed == (200 if role in (Role.LEADER, Role.DISPATCHER) else 403)


def test_a_request_of_another_station_is_not_there(
    server: Server, committing: Session, town: Town, work: dict[Spot, Work], send: Send
) -> None:
    with server.client(town.people[Role.LEADER]) as leader:
        asked = ask(leader, send, ROSTER)
    stranger: Login = staff(committing, Role.LEADER, work[Spot.SIBLING].station)
    committing.commit()
    with server.client(stranger) as other:
        for method, rest, body in (("get", "file", None), ("post", "decision", {"agreed": True})):
            url = f"/api/v1/exports/{asked['id']}/{rest}"
            assert send(other, method, url, json=body).status_code == 404
        assert other.get("/api/v1/exports").json()["items"] == []


def test_codes_are_printed_for_those_whom_one_manages_and_each_opens_its_account_once(
    server: Server, committing: Session, scene: Scene, send: Send
) -> None:
    ids = [str(login.account.id) for login in scene.guards]
    with server.client(scene.leader) as leader:
        made = leader.post("/api/v1/onboarding-codes", json={"account_id": ids[0]}).json()
        assert made["link"] == f"{server.base_url}/guard/#code={made['code']}"
        assert made["qr_svg"].startswith("<svg") and "script" not in made["qr_svg"]
        sheet = leader.post("/api/v1/onboarding-codes/sheet", json={"account_ids": ids})
        assert sheet.status_code == 200 and sheet.content.startswith(b"%PDF-")
        assert "no-store" in sheet.headers["cache-control"]
        refused = leader.post("/api/v1/onboarding-codes/sheet", json={"account_ids": [str(scene.leader.account.id)]})
        assert refused.status_code == 403
    former = {"code": made["code"], "password": "老槐树下 3 只猫", "device": {"kind": "web", "name": "x"}}
    with server.client() as phone:
        assert phone.post("/api/v1/auth/onboard", json=former).status_code == 401, "the sheet ended it"
