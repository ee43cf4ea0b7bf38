"""The station's people as a list: telephone numbers masked, as everywhere."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.accounts.logins import masked_phone
from dispatch.accounts.model import Account
from dispatch.exports.document import Document, Section
from geo.responders import repository as responders
from geo.responders.model import Post, Responder
from geo.responders.rules import LABELS
from geo.responders.vocabulary import CAPABILITIES, SKILLS
from kit.actor import Grant
from kit.tenancy import Organization


def build(session: Session, *, grant: Grant) -> Document:
    """Everybody in use within reach, kind by kind."""
    query = (
        select(Responder, Organization.name.label("organization"), Post.name.label("post"), Account)
        .join(Organization, Organization.id == Responder.organization_id)
        .outerjoin(Post, Post.id == Responder.post_id)
        .outerjoin(Account, Account.id == Responder.account_id)
        .where(responders.visible(grant), Responder.active)
        .order_by(Organization.name, Responder.name, Responder.id)
    )
    rows = session.execute(query).all()
    columns = ("姓名（名称）", "呼号", "单位", "岗位", "工号", "电话（已脱敏）", "技能、设施")
    sections = []
    for kind, label in LABELS.items():
        of_kind = [row for row in rows if row.Responder.kind == kind]
        sections.append(
            Section(title=label, lines=[f"共 {len(of_kind)}"], columns=columns, rows=[_row(row) for row in of_kind])
        )
    return Document(
        title="力量名册",
        subtitle=f"在册 {len(rows)}",
        sections=sections,
        synthetic=any(row.Responder.demo for row in rows),
    )


def _row(row: object) -> tuple[str, ...]:
    responder, account = row.Responder, row.Account  # type: ignore[attr-defined]
    can = [SKILLS.get(code, code) for code in responder.skills]
    can += [CAPABILITIES.get(code, code) for code in responder.capabilities]
    return (
        responder.name,
        responder.call_sign or "",
        row.organization,  # type: ignore[attr-defined]
        row.post or "",  # type: ignore[attr-defined]
        (account.badge_no or "") if account else "",
        (masked_phone(account) or "") if account else "",
        "、".join(can),
    )
