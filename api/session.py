"""Sessions for endpoints. They take a connection only inside the endpoint's own thread: see api.route."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session


async def _read(request: Request) -> Session:
    session: Session = request.app.state.sessions()
    return session


async def _write(request: Request) -> Session:
    session: Session = request.app.state.sessions()
    session.info["write"] = True
    return session


async def _now(request: Request) -> datetime:
    now: datetime = request.app.state.clock.now()
    return now


ReadSession = Annotated[Session, Depends(_read)]
#: committed when the endpoint has returned and before the reply leaves
WriteSession = Annotated[Session, Depends(_write)]
Now = Annotated[datetime, Depends(_now)]
