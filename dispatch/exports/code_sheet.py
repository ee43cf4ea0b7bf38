"""Onboarding codes to hand out: a link that opens the phone app, as QR, and cards to print and cut."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import segno
from fpdf import FPDF
from sqlalchemy.orm import Session

from dispatch.accounts import onboarding, repository
from dispatch.accounts.model import Account
from dispatch.accounts.onboarding import MadeCode
from dispatch.exports.document import SYNTHETIC, say_time
from dispatch.vocabulary import ROLES
from kit.actor import Grant
from kit.fonts import get_font

_FAMILY = "zh"
_COLUMNS, _ROWS = 2, 5
_MARGIN_MM, _QR_MM = 10.0, 34.0


@dataclass(frozen=True, kw_only=True)
class Card:
    """One person's card."""

    account: Account
    made: MadeCode
    link: str


def link(base_url: str, code: str) -> str:
    """Behind the ``#``, which no browser sends: the code stands in no server's log."""
    return f"{base_url.rstrip('/')}/guard/#code={code}"


def as_svg(text: str) -> str:
    """The QR code as an image that scales."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", scale=4, xmldecl=False)
    return out.getvalue().decode()


def make(session: Session, *, grant: Grant, account_ids: Sequence[uuid.UUID], base_url: str, at: datetime) -> bytes:
    """New codes as a PDF of cards. Raises NotFound, RoleNotManaged, AccountClosed, FontMissing."""
    # before any code is made
    get_font()
    cards = []
    for account_id in dict.fromkeys(account_ids):
        made = onboarding.make_code(session, grant=grant, account_id=account_id, at=at)
        account = repository.get_visible(session, account_id, grant)
        cards.append(Card(account=account, made=made, link=link(base_url, made.code)))
    return render(cards)


def render(cards: Sequence[Card]) -> bytes:
    """Ten to a page, with lines to cut along."""
    pages = FPDF(format="A4")
    font = get_font()
    pages.add_font(_FAMILY, fname=font.path, collection_font_number=font.face)
    pages.set_auto_page_break(False)
    pages.set_title("开通码")
    width = (pages.w - 2 * _MARGIN_MM) / _COLUMNS
    height = (pages.h - 2 * _MARGIN_MM) / _ROWS
    for number, card in enumerate(cards):
        place = number % (_COLUMNS * _ROWS)
        if place == 0:
            pages.add_page()
        x = _MARGIN_MM + place % _COLUMNS * width
        y = _MARGIN_MM + place // _COLUMNS * height
        _draw(pages, card, x, y, width, height)
    return bytes(pages.output())


def _draw(pages: FPDF, card: Card, x: float, y: float, width: float, height: float) -> None:
    pages.set_draw_color(180)
    pages.rect(x, y, width, height)
    picture = io.BytesIO()
    segno.make(card.link, error="m", micro=False).save(picture, kind="png", scale=8)
    picture.seek(0)
    pages.image(picture, x + 3, y + (height - _QR_MM) / 2, _QR_MM, _QR_MM)
    code = f"{card.made.code[:4]} {card.made.code[4:]}"
    account = card.account
    lines = [
        (13, account.name),
        (8, f"{ROLES[account.role]}　工号 {account.badge_no or '—'}"),
        (14, code),
        (7.5, "手机扫码，或打开平安联盟输入开通码，设置密码。"),
        (7.5, f"一次有效，{say_time(card.made.expires_at)[:16]} 前使用；请勿转交。"),
    ]
    if account.demo:
        lines.append((7.5, SYNTHETIC))
    left = x + _QR_MM + 6
    top = y + 8.0
    for size, text in lines:
        pages.set_font(_FAMILY, size=size)
        pages.set_xy(left, top)
        pages.multi_cell(width - _QR_MM - 8, size * 0.45, text, align="L")
        top = pages.get_y() + 1.6
