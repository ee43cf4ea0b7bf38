"""From the words of other systems to our catalogue."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from dispatch.incidents.catalogue import KINDS, Kind, find_category, find_kind, find_type
from kit.errors import Invalid

#: category, type, level
Classified = tuple[str, str, int]

#: words of English-speaking call centres, the first that occurs decides; with the level that the words suggest
_WORDS: tuple[tuple[str, str, int], ...] = (
    ("VEHICLE ACCIDENT", "traffic.crash", 2),
    ("TRAFFIC ACCIDENT", "traffic.crash", 2),
    ("DISABLED VEHICLE", "traffic.vehicle_broken", 4),
    ("ROAD OBSTRUCTION", "traffic.hazard", 3),
    ("HAZARDOUS ROAD", "traffic.hazard", 3),
    ("DEBRIS", "traffic.hazard", 3),
    ("VEHICLE FIRE", "fire.vehicle", 1),
    ("FIRE ALARM", "fire.alarm", 2),
    ("CARBON MONOXIDE", "fire.gas_leak", 1),
    ("GAS-ODOR", "fire.gas_leak", 1),
    ("HAZARDOUS MATERIALS", "fire.gas_leak", 1),
    ("LEAKING FUEL", "fire.gas_leak", 2),
    ("FIRE INVESTIGATION", "fire.smoke", 2),
    ("FIRE POLICE", "traffic.jam", 3),
    ("FIRE SPECIAL SERVICE", "help.other", 3),
    ("FIRE", "fire.building", 1),
    ("ELEVATOR", "help.trapped", 2),
    ("RESCUE", "help.trapped", 2),
    ("ASSAULT", "public_order.fight", 2),
    ("SHOOTING", "criminal.injury", 1),
    ("STABBING", "criminal.injury", 1),
    ("ROBBERY", "criminal.robbery", 1),
    ("THEFT", "criminal.theft", 3),
    ("MISSING", "help.lost_person", 2),
    ("ARREST", "help.illness", 1),
    ("CARDIAC", "help.illness", 1),
    ("UNCONSCIOUS", "help.illness", 1),
    ("UNRESPONSIVE", "help.illness", 1),
    ("CHOKING", "help.illness", 1),
    ("STROKE", "help.illness", 1),
    ("RESPIRATORY", "help.illness", 1),
    ("HEMORRHAGING", "help.illness", 1),
    ("OVERDOSE", "help.illness", 1),
    ("FALL VICTIM", "help.illness", 2),
)
_PREFIXES = {"EMS": ("help.illness", 2), "FIRE": ("fire.other", 2), "TRAFFIC": ("traffic.other", 3)}


class MappingRefused(Invalid):
    """The mapping file is not right."""

    slug, title, hint = "mapping-refused", "类型对照表有误", "每行两列：原类型，对应类型（如 help.lost_person）。"


def classify(words: str, mapping: Mapping[str, Classified] | None = None) -> Classified:
    """Category, type and level of a call by what another system calls it.

    Reads ``mapping`` first, then our own codes and Chinese names, then English keywords, of which the more
    telling come first; what nothing matches is ``help.other``.
    """
    words = words.strip()
    if mapping and words in mapping:
        return mapping[words]
    own = find_type(words)
    if own is not None:
        return own.category, own.code, own.level
    upper = words.upper()
    if not upper.isascii():
        return _by_chinese(words)
    prefix, _, rest = upper.partition(":")
    for word, key, level in _WORDS:
        if word in (rest or upper):
            category, _, type_ = key.partition(".")
            return category, type_, level
    key, level = _PREFIXES.get(prefix.strip(), ("help.other", 4))
    category, _, type_ = key.partition(".")
    return category, type_, level


def _by_chinese(words: str) -> Classified:
    for kind in KINDS:
        if kind.code != "other" and kind.name in words:
            return kind.category, kind.code, kind.level
    category = find_category(words)
    kind_ = other_of(category) if category else other_of("help")
    return kind_.category, kind_.code, kind_.level


def other_of(category: str) -> Kind:
    """The type for what a category has no better one for."""
    kind = find_kind(category, "other")
    assert kind is not None
    return kind


def read_mapping(path: Path) -> dict[str, Classified]:
    """A CSV of two columns, the other system's words and our ``category.type``; a third may state the level.

    Raises MappingRefused.
    """
    mapping: dict[str, Classified] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.reader(file), start=1):
            if not any(cell.strip() for cell in row):
                continue
            kind = find_type(row[1]) if len(row) in (2, 3) else None
            level = row[2].strip() if len(row) == 3 else ""
            if kind is None or level not in ("", "1", "2", "3", "4"):
                raise MappingRefused(f"第 {number} 行：没有这个对应类型或级别")
            mapping[row[0].strip()] = (kind.category, kind.code, int(level) if level else kind.level)
    return mapping
