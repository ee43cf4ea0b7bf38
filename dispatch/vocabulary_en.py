"""The same codes in English. Codes are English words; what reads badly as it is stands here."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dispatch.vocabulary import WORDS

#: list → code → word, where the code itself does not say it
_SAID: Mapping[str, Mapping[str, str]] = {
    "roles": {
        "guard": "Security guard", "keeper": "Safe-house keeper", "officer": "Police officer",
        "dispatcher": "Dispatcher", "leader": "Station leader", "district_admin": "District administrator",
    },
    "skills": {"aed": "AED"},
    "capabilities": {"aed": "AED"},
    "levels": {"1": "Level 1 (gravest)", "2": "Level 2", "3": "Level 3", "4": "Level 4 (least)"},
    "duty_ends": {
        "self": "Went off duty", "station": "Taken off duty by the station", "planned_end": "Planned end of duty",
        "revoked": "Account closed",
    },
    "order_milestones": {
        "offered": "Sent", "shown": "Read", "en_route": "On the way", "stood_down": "Stood down",
        "failed": "Broken off", "stand_down_received": "Knows that he is stood down",
    },
    "incident_milestones": {"unstaffed": "Nobody could be sent", "handled": "Handled on scene"},
    "intervals": {
        "dispatching": "Call to dispatch", "arrival": "Dispatch to arrival", "handling": "Arrival to handled",
        "feedback": "Dispatch to feedback", "total": "Call to closure", "signing": "Order to signed",
        "departure": "Order to set out", "on_the_way": "Set out to arrival", "answering": "Offer to acceptance",
        "helper_arrival": "Offer to helper's arrival",
    },
    "stages": {"sign": "Signing", "depart": "Setting out", "arrive": "Arrival", "review": "Review"},
    "decline_reasons": {
        "busy": "Busy with something else", "post": "Cannot leave the post", "too_far": "Too far",
        "unsafe": "Scene too dangerous", "unable": "Not able (health, equipment, skill)",
    },
    "withdraw_reasons": {
        "recalled": "Called back by the company", "hindered": "Held up on the way", "unsafe": "Scene too dangerous",
        "unwell": "Unwell", "not_found": "Scene not found",
    },
    "figure_sorts": {"real": "Real incidents", "drill": "Drills", "demo": "Demonstration"},
    "chat_readers": {"everybody": "Everybody", "police": "Police only"},
    "own_data": {"positions": "Positions (on duty only)", "chat_lines": "Chat lines"},
}  # fmt: skip
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def english(name: str, code: str) -> str:
    """The English word of a code of that list."""
    said = _SAID.get(name, {}).get(code)
    if said is not None:
        return said
    last = code.rsplit(":", 1)[-1]
    if name in ("types", "subtypes"):
        last = last.rsplit(".", 1)[-1]
    words = _CAPITAL.sub(" ", last).replace("_", " ").replace(".", " ").strip().lower()
    return words[:1].upper() + words[1:]


ENGLISH: Mapping[str, Mapping[str, str]] = {
    name: {code: english(name, code) for code in words} for name, words in WORDS.items()
}
