"""The same codes in English. Codes are English words; what reads badly as it is stands here."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dispatch.matching import labels_en
from dispatch.vocabulary import WORDS

#: list → code → word, where the code itself does not say it
_SAID: Mapping[str, Mapping[str, str]] = {
    "roles": {
        "guard": "Security guard", "keeper": "Safe-house keeper", "officer": "Police officer",
        "dispatcher": "Dispatcher", "leader": "Station leader", "district_admin": "District administrator",
    },
    "skills": {
        "aed": "AED", "rescue_swim": "Rescue swimming", "english": "Speaks English",
        "dialect": "Speaks the dialect",
    },
    "capabilities": {"aed": "AED", "cctv": "CCTV", "first_aid_kit": "First-aid kit", "charging": "Phone charging"},
    "mobility": {"foot": "On foot", "bicycle": "By bicycle", "car": "By car"},
    "responder_kinds": {"safe_house": "Safe-house"},
    "types": {
        "criminal.injury": "Bodily injury", "criminal.other": "Other crime", "public_order.drunk": "Drunk person",
        "public_order.suspicious": "Suspicious person or thing", "public_order.alarm": "Intruder alarm",
        "public_order.panic": "Call for help by button", "public_order.other": "Other public order",
        "traffic.jam": "Traffic jam", "traffic.vehicle_broken": "Broken-down vehicle",
        "traffic.hazard": "Hazard on the road",
        "traffic.other": "Other traffic", "fire.building": "Building on fire", "fire.vehicle": "Vehicle on fire",
        "fire.alarm": "Fire alarm", "fire.other": "Other fire or disaster", "help.find_person": "Missing person",
        "help.find_item": "Lost property", "help.find_pet": "Lost pet", "help.move_car": "Car to be moved",
        "help.illness": "Sudden illness", "help.trapped": "Trapped person", "help.suicide": "Suicide risk",
        "help.other": "Other call for help", "dispute.consumer": "Consumer dispute",
        "dispute.neighbour": "Neighbours' dispute",
        "dispute.family": "Family dispute", "dispute.labour": "Labour dispute", "dispute.other": "Other dispute",
        "complaint.report": "Tip-off", "complaint.other": "Other complaint",
    },
    "figure_tables": {"assists": "Answers and ratings", "closings": "Closures and delays", "missed": "Nobody asked"},
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
    "exclusions": {str(reason): word for reason, word in labels_en.EXCLUSIONS.items()},
    "shortfalls": {str(reason): word for reason, word in labels_en.SHORTFALLS.items()},
    "hour_bands": {"day": "Day (6 to 18)", "evening": "Evening (18 to 22)", "night": "Night (22 to 6)"},
    "scenarios": {
        "find": "Lost person, pet or thing", "lost_person": "Gone astray", "property_service": "Property service",
        "move_car": "Car to be moved", "consumer_dispute": "Consumer dispute, first answer",
        "fight": "Fight and violence", "crash": "Traffic accident", "illness": "Sudden illness", "other": "Other calls",
    },
    "swap_causes": {"nearer": "Somebody is much nearer", "stalled": "Stopped on the way", "silent": "Not heard of"},
    "aid_consents": {"leader": "Leader's word", "pact": "By pact", "district": "By the district"},
    "figure_lines": {"all": "All", "system": "Entered by a system"},
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
