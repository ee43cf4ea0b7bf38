"""What became of a roster."""

from __future__ import annotations

import uuid

from pydantic import Field

from api.fields import View
from dispatch.rosters.service import Imported


class ImportOut(View):
    """How many of each kind. ``dry_run``: they would be, and nothing was made."""

    dry_run: bool
    counts: dict[str, int] = Field(examples=[{"guard": 40, "safe_house": 3, "patrol_unit": 0}])
    account_ids: list[uuid.UUID] = Field(description="of those who need an onboarding code next")

    @classmethod
    def of(cls, imported: Imported, *, dry_run: bool) -> ImportOut:
        counts = {kind.value: count for kind, count in imported.counts.items()}
        return cls(dry_run=dry_run, counts=counts, account_ids=list(imported.account_ids))
