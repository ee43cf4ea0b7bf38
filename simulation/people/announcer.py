"""What happens at a station, a line for every milestone, from a dispatcher's own screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pingan_client import Change


class Announcer:
    """``hear`` is the ``on_change`` of a live client."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._seen: dict[str, str] = {}
        self._numbers: dict[str, str] = {}

    def hear(self, change: Change) -> None:
        if change.value is None and change.entity == "incident" and change.id in self._numbers:
            # what has ended leaves the screen
            self._say(f"{self._numbers.pop(change.id)} 已结束")
        if change.value is None or change.initial:
            if change.initial and change.value is not None:
                self._remember(change.entity, change.id, change.value)
            return
        if self._remember(change.entity, change.id, change.value):
            line = self._tell(change.entity, change.value)
            if line:
                self._say(line)

    def _remember(self, entity: str, id_: str, value: dict[str, Any]) -> bool:
        """Whether it says something new."""
        if entity == "incident":
            self._numbers[id_] = value["number"]
        state = str(value.get("state", "")) if entity in ("incident", "order") else id_
        known, self._seen[id_] = self._seen.get(id_), state
        return known != state

    def _tell(self, entity: str, value: dict[str, Any]) -> str | None:
        if entity == "incident":
            return f"{value['number']} {value['type_name']} {value['state_label']}：{value['address']}"
        if entity == "order":
            number = self._numbers.get(value["incident_id"], "")
            return f"{number}   {value['responder']['name']} {value['label']}"
        if entity == "alarm":
            return f"{self._numbers.get(value['incident_id'], '')} 告警：{value['label']}"
        return None
