"""Taking a call; with one word it is sent for in the same moment (接警即派)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.access.table import Permission
from dispatch.access.table import grant as grant_of
from dispatch.incidents.model import Incident
from dispatch.incidents.reception import NewIncident, receive
from dispatch.orders.dispatching import dispatch_new
from dispatch.orders.model import Order
from kit.actor import Grant, Reach
from kit.errors import NotAllowed


def take_call(
    session: Session, *, new: NewIncident, grant: Grant, at: datetime, send: bool
) -> tuple[Incident, list[Order]]:
    """The incident, and with ``send`` the orders of the machine's choice, in one transaction: both or neither.

    Raises what ``receive`` raises; NotAllowed for who may take calls and not send people.
    """
    if not send:
        return receive(session, new=new, grant=grant, at=at), []
    sending = grant_of(grant.actor, Permission.ORDER_OFFER)
    if sending.reach in (Reach.OWN, Reach.ASSIGNED):
        # nobody is assigned to a call that is only now taken
        raise NotAllowed(permission=str(Permission.ORDER_OFFER))
    incident = receive(session, new=new, grant=grant, at=at)
    return incident, dispatch_new(session, incident, by=sending.actor, at=at)
