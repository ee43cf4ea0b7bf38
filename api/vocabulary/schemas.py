"""The words for codes, as screens read them."""

from __future__ import annotations

from pydantic import Field

from api.fields import View


class VocabularyOut(View):
    """Code → word, list by list. A code without a word is shown as it is."""

    words: dict[str, dict[str, str]] = Field(
        examples=[
            {
                "verbs": {"guide": "引导带路", "cordon": "协助警戒、劝离围观"},
                "types": {"help.lost_person": "迷途走失"},
                "decline_reasons": {"post": "岗位无法离开"},
            }
        ]
    )
