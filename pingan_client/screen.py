"""What a live screen shows: snapshots and events applied in order, nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class Gap(Exception):
    """An event is missing before this one: fetch a snapshot."""


@dataclass(frozen=True)
class Change:
    """One entity changed. ``value`` is None when it is no longer on the screen."""

    stream: str
    entity: str
    id: str
    value: dict[str, Any] | None
    #: part of a snapshot, not news
    initial: bool = False


@dataclass
class Stream:
    """One stream and how far it has come."""

    epoch: str
    seq: int
    entities: dict[str, dict[str, Any]] = field(default_factory=dict)


class Screen:
    """The state store: ``apply`` every frame; read ``all`` and ``get``."""

    def __init__(self) -> None:
        self.streams: dict[str, Stream] = {}
        #: responder id → newest position; never part of the log
        self.positions: dict[str, dict[str, Any]] = {}
        #: server time of the last frame that proved the screen fresh
        self.fresh_at: str | None = None

    def marks(self) -> dict[str, dict[str, Any]]:
        """For ``hello``: how far this client has come."""
        return {name: {"epoch": s.epoch, "seq": s.seq} for name, s in self.streams.items()}

    def all(self, entity: str) -> dict[str, dict[str, Any]]:
        """id → value of an entity, over all streams."""
        return {id_: v for s in self.streams.values() for id_, v in s.entities.get(entity, {}).items()}

    def get(self, entity: str, id_: str) -> dict[str, Any] | None:
        return self.all(entity).get(id_)

    def apply(self, frame: dict[str, Any]) -> list[Change]:
        """Take in one frame; returns what changed. Raises Gap."""
        kind = frame["type"]
        if "at" in frame and kind in ("snapshot", "heartbeat", "positions"):
            self.fresh_at = frame["at"]
        if kind == "snapshot":
            return self._replace(frame)
        if kind == "resync":
            self.streams.pop(frame["stream"], None)
        elif kind == "events":
            return self._append(frame)
        elif kind == "positions":
            for position in frame["positions"]:
                self.positions[position["responder_id"]] = position
        elif kind == "heartbeat":
            for name, mark in frame["streams"].items():
                mine = self.streams.get(name)
                if mine is not None and (mark["seq"] > mine.seq or mark["epoch"] != mine.epoch):
                    raise Gap(name)
        return []

    def _replace(self, frame: dict[str, Any]) -> list[Change]:
        name = frame["stream"]
        old = self.streams.get(name)
        new = self.streams[name] = Stream(frame["epoch"], frame["seq"], frame["entities"])
        gone = [
            Change(name, entity, id_, None, initial=True)
            for entity, values in (old.entities if old else {}).items()
            for id_ in values.keys() - new.entities.get(entity, {}).keys()
        ]
        return gone + [
            Change(name, entity, id_, value, initial=True)
            for entity, values in new.entities.items()
            for id_, value in values.items()
        ]

    def _append(self, frame: dict[str, Any]) -> list[Change]:
        stream = self.streams.get(frame["stream"])
        changes: list[Change] = []
        for event in frame["events"]:
            if stream is None or event["seq"] > stream.seq + 1:
                raise Gap(frame["stream"])
            if event["seq"] <= stream.seq:
                continue
            stream.epoch, stream.seq = frame["epoch"], event["seq"]
            values = stream.entities.setdefault(event["entity"], {})
            if event["value"] is None:
                values.pop(event["id"], None)
            else:
                values[event["id"]] = event["value"]
            if not values:
                del stream.entities[event["entity"]]
            if event["entity"] == "responder" and (event["value"] is None or not event["value"].get("on_duty", True)):
                self.positions.pop(event["id"], None)
            changes.append(Change(frame["stream"], event["entity"], event["id"], event["value"]))
        return changes
