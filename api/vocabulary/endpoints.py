"""The words for codes: one list of lists for every screen."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from api.route import WorkRoute
from api.vocabulary.schemas import VocabularyOut
from api.who import allow
from dispatch.access.table import Permission
from dispatch.vocabulary import WORDS
from dispatch.vocabulary_en import ENGLISH
from kit.actor import Grant

router = APIRouter(prefix="/api/v1", tags=["vocabulary"], route_class=WorkRoute)


@router.get("/vocabulary", summary="查询代码对照词表")
def read_vocabulary(
    grant: Annotated[Grant, Depends(allow(Permission.SELF))],
    lang: Annotated[Literal["zh", "en"], Query(description="of the words")] = "zh",
) -> VocabularyOut:
    """Words for the codes in answers: verbs, types, skills, reasons, milestones, tags … Fetch once a login.

    ``types`` are keyed ``category.type``, ``subtypes`` ``category.type.subtype``.
    """
    chosen = ENGLISH if lang == "en" else WORDS
    return VocabularyOut(words={name: dict(words) for name, words in chosen.items()})
