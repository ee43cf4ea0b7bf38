"""The words for codes: one list of lists for every screen."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.route import WorkRoute
from api.vocabulary.schemas import VocabularyOut
from api.who import allow
from dispatch.access.table import Permission
from dispatch.vocabulary import WORDS
from kit.actor import Grant

router = APIRouter(prefix="/api/v1", tags=["vocabulary"], route_class=WorkRoute)


@router.get("/vocabulary", summary="查询代码对照词表")
def read_vocabulary(grant: Annotated[Grant, Depends(allow(Permission.SELF))]) -> VocabularyOut:
    """Chinese words for the codes in answers: verbs, types, skills, reasons, milestones, tags … Fetch once a login.

    ``types`` are keyed ``category.type``, ``subtypes`` ``category.type.subtype``.
    """
    return VocabularyOut(words={name: dict(words) for name, words in WORDS.items()})
