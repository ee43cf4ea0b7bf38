"""The route class of every router: strict bodies, one unit of work, commands that may be sent twice.

An endpoint, its idempotency look-up and the commit run in one thread, without a gap in which a request
holds a connection and waits for a thread: with as many connections as threads nobody can wait in a circle.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session

from api.idempotency.service import Command
from api.problems import problems
from api.strict_json import StrictRequest
from kit import errors


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
            raise
        finally:
            # rolls back what was not committed
            for session in sessions:
                session.close()

    return run


class WorkRoute(APIRoute):
    """Use as ``APIRouter(route_class=WorkRoute)``."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **kwargs: Any) -> None:
        if not inspect.iscoroutinefunction(endpoint):
            endpoint = _in_unit_of_work(endpoint, kwargs.get("status_code") or 200)
        common = problems(
            errors.Unauthenticated, errors.NotAllowed, errors.NotFound, errors.Invalid, errors.Unavailable
        )
        kwargs["responses"] = {**common, **(kwargs.get("responses") or {})}
        super().__init__(path, endpoint, **kwargs)

    def get_route_handler(self) -> Callable[[Request], Any]:
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            response: Response = await handle(StrictRequest(request.scope, request.receive))
            return response

        return strictly
