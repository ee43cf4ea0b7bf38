"""Refusals that belong to pacts."""

from __future__ import annotations

from kit.errors import Conflict, Invalid


class PactAlreadyThere(Conflict):
    """There is a pact between these two stations; revoke it first, then agree anew."""

    slug, title, hint = "pact-already-there", "两所之间已有支援约定", "如需变更范围，请先终止现有约定，再重新签署。"


class NoPactWith(Invalid):
    """A pact is between two stations of one district."""

    slug, title, hint = "pact-not-a-neighbour", "不能与该单位签署支援约定", "请选择同一分局的其他派出所。"
