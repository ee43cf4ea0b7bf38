"""Inputs and plans as they are kept: JSON, from which both can be read again."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from dispatch.matching.values import Inputs, Plan

_INPUTS = TypeAdapter(Inputs)
_PLAN = TypeAdapter(Plan)


def dump_inputs(inputs: Inputs) -> str:
    """JSON, without what is not known. Every figure is written out: a default may be another one some day."""
    return _INPUTS.dump_json(inputs, exclude_none=True).decode()


def read_inputs(value: dict[str, Any]) -> Inputs:
    return _INPUTS.validate_python(value)


def write_plan(plan: Plan) -> dict[str, Any]:
    """JSON. What says nothing is left out, so that a plan of old inputs is written as it was then."""
    written: dict[str, Any] = _PLAN.dump_python(plan, mode="json", exclude_defaults=True)
    return written


def dump_plan(plan: Plan) -> str:
    """``write_plan`` as text, in one go."""
    return _PLAN.dump_json(plan, exclude_defaults=True).decode()


def read_plan(value: dict[str, Any]) -> Plan:
    return _PLAN.validate_python(value)
