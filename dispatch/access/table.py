"""Who may do what, as one table: permission by role, each cell the rows that it reaches.

An empty cell is a refusal (403). What lies outside the reach is not visible (404). The guard test
``tests/guards/test_every_route_names_a_permission.py`` compares the table with the routes.
"""

from __future__ import annotations

from enum import StrEnum

from kit.actor import Actor, Grant, Reach, Role
from kit.errors import NotAllowed


class Permission(StrEnum):
    """``noun.verb``; one permission may guard several routes."""

    # oneself
    SELF = "self"  # own account, devices, sessions, password
    # tenants and people
    STATION_READ = "station.read"
    STATION_WRITE = "station.write"
    STATION_SETTINGS = "station.settings"
    ORGANIZATION_READ = "organization.read"
    ORGANIZATION_WRITE = "organization.write"
    ACCOUNT_READ = "account.read"
    ACCOUNT_WRITE = "account.write"
    ACCOUNT_REVOKE = "account.revoke"
    ONBOARDING_CREATE = "onboarding.create"
    # where
    RESPONDER_READ = "responder.read"
    RESPONDER_WRITE = "responder.write"
    SAFE_HOUSE_READ = "safe_house.read"  # where it stands; an officer finds one without reading who else there is
    POST_READ = "post.read"
    DUTY_OWN = "duty.own"
    DUTY_READ = "duty.read"
    DUTY_FORCE = "duty.force"
    POSITION_WRITE = "position.write"
    POSITION_LIVE = "position.live"
    TRACK_READ = "track.read"
    AREA_READ = "area.read"
    AREA_WRITE = "area.write"
    PLACE_READ = "place.read"
    PLACE_WRITE = "place.write"
    ROAD_READ = "road.read"
    TILE_READ = "tile.read"  # the map itself; its layers each by their own permission
    REACH_READ = "reach.read"  # where the station's people get in so many minutes
    # what happened
    SCENARIO_READ = "scenario.read"
    SCENARIO_WRITE = "scenario.write"
    INCIDENT_CREATE = "incident.create"
    INCIDENT_LIST = "incident.list"
    INCIDENT_READ = "incident.read"
    INCIDENT_EDIT = "incident.edit"
    INCIDENT_NOTE = "incident.note"
    CHAT_READ = "chat.read"
    CHAT_WRITE = "chat.write"
    INCIDENT_REOPEN = "incident.reopen"
    INCIDENT_REPLAY = "incident.replay"  # where its people were: a leader, for one incident, with a reason
    CALLER_REVEAL = "caller.reveal"
    PHONE_REVEAL = "phone.reveal"  # of one's own station's people
    HELPER_PHONE_REVEAL = "helper_phone.reveal"  # of whoever got an order
    OFFICER_PHONE_REVEAL = "officer_phone.reveal"  # of the officer in command where one helps
    PANIC = "panic"
    # who helps
    RECOMMEND = "recommend"
    ORDER_OFFER = "order.offer"
    ORDER_READ = "order.read"
    ORDER_PROGRESS = "order.progress"
    ORDER_CONTROL = "order.control"  # cancel, reassign, force, stand down
    ORDER_CONFIRM = "order.confirm"  # the officer confirms an arrival
    REPORT_WRITE = "report.write"
    PHOTO_READ = "photo.read"
    SWAP_READ = "swap.read"  # somebody else would be there sooner
    SWAP_DECIDE = "swap.decide"
    ALARM_READ = "alarm.read"
    ALARM_ACKNOWLEDGE = "alarm.acknowledge"
    # mutual aid between stations
    AID_READ = "aid.read"
    AID_REQUEST = "aid.request"
    AID_DECIDE = "aid.decide"  # say yes or no for one's station, and end it
    AID_RELEASE = "aid.release"  # the station that asked needs it no longer
    AID_RECALL = "aid.recall"  # the helping station's room takes its own person back
    AID_FORCE = "aid.force"  # two of the district in place of a leader
    PACT_READ = "pact.read"
    PACT_SIGN = "pact.sign"
    # how it ended
    FEEDBACK_WRITE = "feedback.write"
    FEEDBACK_READ = "feedback.read"
    RATING_WRITE = "rating.write"
    RATING_READ = "rating.read"
    APPEAL_WRITE = "appeal.write"
    APPEAL_SETTLE = "appeal.settle"
    REVIEW_WRITE = "review.write"
    CLOSURE_READ = "closure.read"
    # what it amounts to
    FIGURE_READ = "figure.read"
    ASSIST_FIGURE_READ = "figure.assists"  # how helpers answered: a company its own people's
    FIGURE_OWN = "figure.own"
    EXPORT_TAKE = "export.take"  # ask for one, and take one's own along
    EXPORT_DECIDE = "export.decide"  # the second person of a list of people
    # keeping watch
    RECORD_READ = "record.read"
    LIVE = "live"
    MESSAGE_RECEIVE = "message.receive"


_OWN, _ASG, _ORG, _ST, _DIS = Reach.OWN, Reach.ASSIGNED, Reach.ORGANIZATION, Reach.STATION, Reach.DISTRICT
_AID = Reach.STATION_AND_AID

_ROLES = (
    Role.GUARD,
    Role.KEEPER,
    Role.OFFICER,
    Role.DISPATCHER,
    Role.LEADER,
    Role.COMPANY_MANAGER,
    Role.DISTRICT_ADMIN,
)
P = Permission

# fmt: off
_TABLE: dict[Permission, tuple[Reach | None, ...]] = {
    #                      guard keeper officer dispatcher leader manager district
    P.SELF:               (_OWN, _OWN, _OWN, _OWN, _OWN, _OWN, _OWN),
    P.STATION_READ:       (_ST,  _ST,  _ST,  _ST,  _ST,  _ST,  _DIS),
    P.STATION_WRITE:      (None, None, None, None, None, None, _DIS),
    P.STATION_SETTINGS:   (None, None, None, None, _ST,  None, _DIS),
    P.ORGANIZATION_READ:  (_ORG, _ORG, _ST,  _ST,  _ST,  _ORG, _DIS),
    P.ORGANIZATION_WRITE: (None, None, None, None, _ST,  None, _DIS),
    P.ACCOUNT_READ:       (None, None, None, _ST,  _ST,  _ORG, _DIS),
    P.ACCOUNT_WRITE:      (None, None, None, None, _ST,  _ORG, _DIS),
    P.ACCOUNT_REVOKE:     (None, None, None, None, _ST,  _ORG, _DIS),
    # the district opens a leader's account, and nobody but it may hand him his first password
    P.ONBOARDING_CREATE:  (None, None, None, _ST,  _ST,  _ORG, _DIS),
    # who comes to an officer stands in the file of his incident; the roster is not his to read
    P.RESPONDER_READ:     (_OWN, _OWN, _OWN, _ST,  _ST,  _ORG, None),
    P.RESPONDER_WRITE:    (None, None, None, None, _ST,  _ORG, None),
    P.SAFE_HOUSE_READ:    (_OWN, _OWN, _ST,  _ST,  _ST,  _ORG, None),
    P.POST_READ:          (_OWN, _OWN, _ST,  _ST,  _ST,  _ORG, None),
    P.DUTY_OWN:           (_OWN, _OWN, _OWN, None, None, None, None),
    P.DUTY_READ:          (_OWN, _OWN, _OWN, _ST,  _ST,  _ORG, None),
    P.DUTY_FORCE:         (None, None, None, _ST,  _ST,  None, None),
    P.POSITION_WRITE:     (_OWN, None, _OWN, None, None, None, None),
    P.POSITION_LIVE:      (_OWN, _OWN, _ASG, _AID, _ST,  None, None),
    P.TRACK_READ:         (_OWN, None, _OWN, None, _ST,  None, None),
    P.AREA_READ:          (_ST,  _ST,  _ST,  _ST,  _ST,  _ST,  _DIS),
    P.AREA_WRITE:         (None, None, None, None, _ST,  None, _DIS),
    P.PLACE_READ:         (None, None, _DIS, _DIS, _DIS, None, _DIS),
    P.PLACE_WRITE:        (None, None, None, None, _DIS, None, _DIS),
    P.ROAD_READ:          (_DIS, _DIS, _DIS, _DIS, _DIS, None, _DIS),
    P.TILE_READ:          (_DIS, _DIS, _DIS, _DIS, _DIS, _DIS, _DIS),
    P.REACH_READ:         (None, None, None, _ST,  _ST,  None, None),
    P.SCENARIO_READ:      (None, None, _ST,  _ST,  _ST,  None, _DIS),
    P.SCENARIO_WRITE:     (None, None, None, None, _ST,  None, None),
    P.INCIDENT_CREATE:    (None, None, _ST,  _ST,  _ST,  None, None),
    P.INCIDENT_LIST:      (None, None, _ASG, _AID, _AID, None, None),
    P.INCIDENT_READ:      (_ASG, _ASG, _ASG, _AID, _AID, None, None),
    P.INCIDENT_EDIT:      (None, None, None, _ST,  _ST,  None, None),
    P.INCIDENT_NOTE:      (None, None, _ASG, _ST,  _ST,  None, None),
    # a helper's only while he is at it
    P.CHAT_READ:          (_ASG, _ASG, _ASG, _ST,  _ST,  None, None),
    P.CHAT_WRITE:         (_ASG, _ASG, _ASG, _ST,  _ST,  None, None),
    P.INCIDENT_REOPEN:    (None, None, None, None, _ST,  None, None),
    P.INCIDENT_REPLAY:    (None, None, None, None, _ST,  None, None),
    P.CALLER_REVEAL:      (None, None, _ASG, _ST,  _ST,  None, None),
    P.PHONE_REVEAL:       (None, None, None, _ST,  _ST,  None, None),
    P.HELPER_PHONE_REVEAL: (None, None, _ASG, _ST, _ST,  None, None),
    P.OFFICER_PHONE_REVEAL: (_OWN, _OWN, None, None, None, None, None),
    P.PANIC:              (_OWN, _OWN, _OWN, None, None, None, None),
    P.RECOMMEND:          (None, None, None, _ST,  _ST,  None, None),
    P.ORDER_OFFER:        (None, None, _ASG, _ST,  _ST,  None, None),
    P.ORDER_READ:         (_OWN, _OWN, _ASG, _AID, _AID, _ORG, None),
    P.ORDER_PROGRESS:     (_OWN, _OWN, _OWN, None, None, None, None),
    P.ORDER_CONTROL:      (None, None, _ASG, _ST,  _ST,  None, None),
    P.ORDER_CONFIRM:      (None, None, _ASG, _ST,  _ST,  None, None),
    P.REPORT_WRITE:       (_OWN, _OWN, _OWN, None, None, None, None),
    P.PHOTO_READ:         (_OWN, _OWN, _ASG, _ST,  _ST,  None, None),
    P.SWAP_READ:          (None, None, None, _ST,  _ST,  None, None),
    P.SWAP_DECIDE:        (None, None, None, _ST,  _ST,  None, None),
    P.ALARM_READ:         (None, None, None, _ST,  _ST,  None, None),
    P.ALARM_ACKNOWLEDGE:  (None, None, None, _ST,  _ST,  None, None),
    P.AID_READ:           (None, None, None, _ST,  _ST,  None, _DIS),
    P.AID_REQUEST:        (None, None, _ASG, _ST,  _ST,  None, None),
    P.AID_DECIDE:         (None, None, None, None, _ST,  None, None),
    P.AID_RELEASE:        (None, None, None, _ST,  _ST,  None, None),
    P.AID_RECALL:         (None, None, None, _ST,  _ST,  None, None),
    P.AID_FORCE:          (None, None, None, None, None, None, _DIS),
    P.PACT_READ:          (None, None, None, _ST,  _ST,  None, _DIS),
    P.PACT_SIGN:          (None, None, None, None, _ST,  None, None),
    P.FEEDBACK_WRITE:     (None, None, _ASG, None, None, None, None),
    P.FEEDBACK_READ:      (None, None, _ASG, _ST,  _ST,  None, None),
    P.RATING_WRITE:       (None, None, _ASG, None, None, None, None),
    P.RATING_READ:        (_OWN, _OWN, _ASG, _ST,  _ST,  _ORG, None),
    P.APPEAL_WRITE:       (_OWN, _OWN, None, None, None, None, None),
    P.APPEAL_SETTLE:      (None, None, None, None, _ST,  None, None),
    P.REVIEW_WRITE:       (None, None, None, None, _ST,  None, None),
    P.CLOSURE_READ:       (None, None, None, _ST,  _ST,  None, None),
    # the district: its stations, not their people
    P.FIGURE_READ:        (None, None, None, _ST,  _ST,  None, _DIS),
    P.ASSIST_FIGURE_READ: (None, None, None, _ST,  _ST,  _ORG, _DIS),
    P.FIGURE_OWN:         (_OWN, _OWN, _OWN, None, None, None, None),
    P.EXPORT_TAKE:        (None, None, None, None, _OWN, None, None),
    P.EXPORT_DECIDE:      (None, None, None, _ST,  _ST,  None, None),
    P.RECORD_READ:        (None, None, None, None, _ST,  None, None),
    P.LIVE:               (_OWN, _OWN, _OWN, _ST,  _ST,  None, None),
    P.MESSAGE_RECEIVE:    (_OWN, _OWN, _OWN, _OWN, _OWN, _OWN, _OWN),
}
# fmt: on

ACCESS: dict[Permission, dict[Role, Reach]] = {
    permission: {role: reach for role, reach in zip(_ROLES, cells, strict=True) if reach is not None}
    for permission, cells in _TABLE.items()
}


def grant(actor: Actor, permission: Permission) -> Grant:
    """What ``actor`` may do under ``permission``; raises NotAllowed when his role may not at all."""
    if actor.role is Role.SYSTEM:
        return Grant(actor=actor, permission=permission, reach=Reach.ANY)
    reach = ACCESS[permission].get(actor.role)
    if reach is None:
        raise NotAllowed(permission=str(permission))
    return Grant(actor=actor, permission=permission, reach=reach)


def find_grant(actor: Actor, permission: Permission) -> Grant | None:
    """As ``grant``; None when his role may not at all."""
    try:
        return grant(actor, permission)
    except NotAllowed:
        return None
