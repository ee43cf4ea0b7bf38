"""Policies as one writes them on the command line: ``ours:target=0.9,within=60``."""

from __future__ import annotations

from collections.abc import Callable

from simulation.twin.ours import Ours
from simulation.twin.policies import Broadcast, Nearest, Policy, Several

#: what is compared when nothing is said
DEFAULT = ("nearest", "broadcast", "several:k=3", "several:k=5", "ours")
HELP = (
    "ours[:target=0.1-1,within=S,factor=N,radius=M,learn=yes|no,race=yes|no]; nearest, broadcast, several"
    " [:radius=M,claim=yes|no,posts=yes|no,widen=yes|no,k=N]. What is not said is the scenario's."
)


class PolicyUnknown(ValueError):
    """No such policy, or it has no such parameter."""


def read_policy(text: str) -> Policy:
    """A fresh policy that has learned nothing yet; raises PolicyUnknown."""
    name, _, rest = text.partition(":")
    given = {}
    for part in filter(None, rest.split(",")):
        key, sign, value = part.partition("=")
        if not sign or key in given:
            raise PolicyUnknown(f"{text}: {part!r} is no parameter. {HELP}")
        given[key.strip()] = value.strip()
    kind = _KINDS.get(name)
    if kind is None:
        raise PolicyUnknown(f"{text}: there is no policy {name!r}. {HELP}")
    try:
        policy = kind(text, given)
    except ValueError as wrong:
        raise PolicyUnknown(f"{text}: {wrong}. {HELP}") from wrong
    if given:
        raise PolicyUnknown(f"{text}: {name} has no parameter {sorted(given)[0]!r}. {HELP}")
    return policy


def _ours(name: str, given: dict[str, str]) -> Policy:
    return Ours(
        name=name,
        target=_optional(given, "target", 0.1, 1),
        within_s=None if (within_s := _optional(given, "within", 1, 3600)) is None else round(within_s),
        factor=_optional(given, "factor", 1, 20),
        radius_m=_whole(given, "radius"),
        learns=_flag(given, "learn", True),
        races=_flag(given, "race", True),
    )


def _nearest(name: str, given: dict[str, str]) -> Policy:
    return Nearest(
        name=name, claims=True, posts=_flag(given, "posts", False), widens=_flag(given, "widen", True),
        radius_m=_whole(given, "radius"),
    )  # fmt: skip


def _broadcast(name: str, given: dict[str, str]) -> Policy:
    return Broadcast(
        name=name, claims=_flag(given, "claim", False), posts=_flag(given, "posts", False),
        widens=_flag(given, "widen", True), radius_m=_whole(given, "radius"),
    )  # fmt: skip


def _several(name: str, given: dict[str, str]) -> Policy:
    return Several(
        name=name, claims=_flag(given, "claim", False), posts=_flag(given, "posts", False),
        widens=_flag(given, "widen", True), radius_m=_whole(given, "radius"),
        k=round(_number(given.pop("k", "5"), 1, 50)),
    )  # fmt: skip


_KINDS: dict[str, Callable[[str, dict[str, str]], Policy]] = {
    "ours": _ours,
    "nearest": _nearest,
    "broadcast": _broadcast,
    "several": _several,
}


def _flag(given: dict[str, str], key: str, default: bool) -> bool:
    value = given.pop(key, "yes" if default else "no")
    if value not in ("yes", "no"):
        raise ValueError(f"{key} is yes or no")
    return value == "yes"


def _optional(given: dict[str, str], key: str, low: float, high: float) -> float | None:
    return _number(given.pop(key), low, high) if key in given else None


def _whole(given: dict[str, str], key: str) -> int | None:
    return round(_number(given.pop(key), 50, 50_000)) if key in given else None


def _number(text: str, low: float, high: float) -> float:
    number = float(text)
    if not low <= number <= high:
        raise ValueError(f"{text} is not between {low:g} and {high:g}")
    return number
