"""The route class of every router: strict bodies, one unit of work, commands that may be sent twice.

An endpoint, its idempotency look-up and the commit run in one thread, without a gap in which a request
holds a connection and waits for a thread: with as many connections as threads nobody can wait in a circle.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection
from typing import Any, get_type_hints

from fastapi import Request, Response, params
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session

from api.etag import read_if_match
from api.idempotency.service import Command, read_command
from api.problems import (
    DuplicateMember,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    InvalidJson,
    PayloadTooLarge,
    PreconditionRequired,
    RequestInProgress,
    TokenInUrl,
    merge,
    problems,
)
from api.strict_json import StrictRequest
from api.who import Allow, current_actor
from dispatch.tenancy.repository import find_duty_phone
from kit import errors
from kit.actor import Grant


def _in_unit_of_work(endpoint: Callable[..., Any], status: int) -> Callable[..., Any]:
    @functools.wraps(endpoint)
    def run(**kwargs: Any) -> Any:
        sessions = [v for v in kwargs.values() if isinstance(v, Session)]
        command = next((v for v in kwargs.values() if isinstance(v, Command)), None)
        response = next((v for v in kwargs.values() if isinstance(v, Response)), None)
        try:
            if command is not None:
                earlier = command.find_answer(sessions[0])
                if earlier is not None:
                    return earlier
            result = endpoint(**kwargs)
            if command is not None:
                command.keep_answer(sessions[0], result, status, response)
            for session in sessions:
                if session.info.get("write"):
                    session.commit()
            return result
        except errors.PinganError as refusal:
            if refusal.keeps_work:
                for session in sessions:
                    if session.info.get("write"):
                        session.commit()
            grant = next((v for v in kwargs.values() if isinstance(v, Grant)), None)
            if refusal.sends_to_room and grant is not None:
                refusal.extra.setdefault("duty_phone", find_duty_phone(sessions[0], grant.actor))
            raise
        finally:
            # rolls back what was not committed
            for session in sessions:
                session.close()

    return run


def _dependencies(endpoint: Callable[..., Any]) -> set[Any]:
    hints = get_type_hints(endpoint, include_extras=True)
    marks = [mark for hint in hints.values() for mark in getattr(hint, "__metadata__", ())]
    return {mark.dependency for mark in marks if isinstance(mark, params.Depends)}


def _refusals(endpoint: Callable[..., Any], methods: Collection[str]) -> dict[int | str, dict[str, Any]]:
    """What the parts of the signature may answer with, beside the endpoint's own refusals."""
    kinds: list[type[errors.PinganError]] = [TokenInUrl, errors.Invalid, errors.Unavailable]
    depends = _dependencies(endpoint)
    if any(isinstance(dependency, Allow) for dependency in depends) or current_actor in depends:
        kinds += [errors.Unauthenticated, errors.NotAllowed, errors.NotFound]
    if read_command in depends:
        kinds += [IdempotencyKeyRequired, IdempotencyKeyReused, RequestInProgress]
    if read_if_match in depends:
        kinds += [PreconditionRequired, errors.StaleVersion]
    if {"POST", "PUT", "PATCH"} & set(methods):
        kinds += [InvalidJson, DuplicateMember, PayloadTooLarge]
    return problems(*kinds)


class WorkRoute(APIRoute):
    """Use as ``APIRouter(route_class=WorkRoute)``."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **kwargs: Any) -> None:
        refusals = _refusals(endpoint, kwargs.get("methods") or ("GET",))
        if not inspect.iscoroutinefunction(endpoint):
            endpoint = _in_unit_of_work(endpoint, kwargs.get("status_code") or 200)
        kwargs["responses"] = merge(refusals, kwargs.get("responses") or {})
        super().__init__(path, endpoint, **kwargs)

    def get_route_handler(self) -> Callable[[Request], Any]:
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            response: Response = await handle(StrictRequest(request.scope, request.receive))
            return response

        return strictly
