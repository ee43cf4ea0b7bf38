"""A file of outlines becomes stations with their jurisdictions, all or nothing."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch.jurisdictions import repository
from dispatch.tenancy import repository as tenancy
from dispatch.tenancy import service as tenants
from geo.areas import service as areas
from geo.areas.errors import OutlineRefused
from geo.areas.outline import Feature, iter_features, read_feature
from kit.actor import Actor
from kit.errors import Fault, Invalid
from kit.tenancy import District, Station

NAME_PROPERTIES = ("referenceAdminName", "name")
CODE_PROPERTIES = ("code", "id")
#: 张江镇 is policed by 张江派出所
_ADMINISTRATIVE = re.compile(r"(?<=..)(街道|镇|乡)$")


class AreasRefused(Invalid):
    """The file holds outlines that cannot be taken; nothing was imported."""

    slug, title, hint = "areas-refused", "区域文件有误，未导入任何内容", "请按提示逐个修改后重新导入。"


@dataclass
class Imported:
    """What an import did, in numbers, and the stations that it founded."""

    district_id: uuid.UUID
    founded: list[Station] = field(default_factory=list)
    areas: Counter[str] = field(default_factory=Counter)


def station_name(name: str) -> str:
    """大宁路街道 → 大宁路派出所; what already is a station's name stays."""
    return name if name.endswith("派出所") else f"{_ADMINISTRATIVE.sub('', name)}派出所"


def import_areas(
    session: Session,
    collection: Any,
    *,
    district_name: str,
    name_properties: Sequence[str] = NAME_PROPERTIES,
    actor: Actor,
    at: datetime,
    demo: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Imported:
    """Take every feature of a GeoJSON FeatureCollection (WGS-84) as the jurisdiction of one station.

    Stations that do not exist are founded in the district, which is founded too if need be. Running it again
    changes only what differs. Raises AreasRefused with one fault for each faulty feature, OutlineRefused when it is
    no FeatureCollection.
    """
    features = _read(session, collection, name_properties, progress)
    district = tenancy.find_district(session, district_name) or tenants.found_district(
        session, name=district_name, actor=actor, at=at, demo=demo
    )
    attribution = _find_attribution(collection)
    done = Imported(district.id)
    faults = []
    for feature in features:
        try:
            station = _find_or_found(session, feature, district, actor=actor, at=at, demo=demo, done=done)
        except tenants.NameTaken:
            faults.append(_fault(feature.number, feature.name, "name-taken", "同名或同代码的派出所已属于其他分局"))
            continue
        put = areas.put_jurisdiction(
            session,
            station=station,
            name=feature.name,
            outline=feature.outline,
            attribution=attribution,
            actor=actor,
            at=at,
        )
        done.areas[put] += 1
        progress(f"{feature.number}. {feature.name} → {station.name} ({station.code})")
    if faults:
        raise AreasRefused(faults=tuple(faults))
    return done


def _read(
    session: Session, collection: Any, name_properties: Sequence[str], progress: Callable[[str], None]
) -> list[Feature]:
    features, faults = [], []
    names: Counter[str] = Counter()
    for number, raw in iter_features(collection):
        try:
            feature = read_feature(number, raw, name_properties=name_properties)
            areas.check_outline(session, feature.outline, pointer=f"/features/{number - 1}/geometry")
        except OutlineRefused as refused:
            faults.append(_fault(number, _find_name(raw, name_properties), refused.slug, refused.message))
            continue
        names[feature.name] += 1
        if names[feature.name] > 1:
            faults.append(_fault(number, feature.name, "name-taken", "文件中有同名的区域"))
        features.append(feature)
    progress(f"checked {len(features) + len(faults)} outlines")
    if faults:
        raise AreasRefused(faults=tuple(faults))
    return features


def _find_or_found(
    session: Session, feature: Feature, district: District, *, actor: Actor, at: datetime, demo: bool, done: Imported
) -> Station:
    name = station_name(feature.name)
    station = repository.find_station_by_name(session, name)
    if station is None:
        code = next((str(feature.properties[k]) for k in CODE_PROPERTIES if feature.properties.get(k)), name)
        station = tenants.found_station(
            session, district_id=district.id, name=name, code=code, actor=actor, at=at, demo=demo
        )
        done.founded.append(station)
    if station.district_id != district.id:
        raise tenants.NameTaken
    return station


def _find_attribution(collection: Any) -> str | None:
    members = (collection.get("attribution"), collection.get("license")) if isinstance(collection, Mapping) else ()
    return "，".join(member for member in members if isinstance(member, str) and member) or None


def _find_name(feature: Any, name_properties: Sequence[str]) -> str:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    if not isinstance(properties, Mapping):
        return ""
    return next((str(properties[key]) for key in name_properties if properties.get(key)), "")


def _fault(number: int, name: str, code: str, message: str) -> Fault:
    named = f"“{name}”" if name else ""
    return Fault(pointer=f"/features/{number - 1}", code=code, message=f"第 {number} 个区域{named}：{message}")
