"""Posts: list, show, draw, change, remove."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy.orm import Session

from api.etag import IfMatch, set_etag
from api.idempotency.service import Idempotent
from api.paging import Page
from api.posts.schemas import PostChange, PostIn, PostOut
from api.problems import IdempotencyKeyRequired, PreconditionRequired, problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from geo.posts import repository, service
from geo.responders.errors import NameTaken, PostInUse, ReferenceUnknown
from geo.responders.model import Post
from geo.responders.queries import staffing
from kit.actor import Grant
from kit.errors import StaleVersion

router = APIRouter(prefix="/api/v1/posts", tags=["posts"], route_class=WorkRoute)
_Read = Annotated[Grant, Depends(allow(Permission.POST_READ))]
_Write = Annotated[Grant, Depends(allow(Permission.RESPONDER_WRITE))]


def _out(session: Session, post: Post) -> PostOut:
    return PostOut.of(post, staffing(session, [post.id])[post.id][0])


@router.get("", summary="查询岗位列表")
def list_posts(grant: _Read, session: ReadSession) -> Page[PostOut]:
    """All at once, by name."""
    posts = repository.list_visible(session, grant)
    present = staffing(session, [post.id for post in posts])
    return Page(items=[PostOut.of(post, present[post.id][0]) for post in posts], next_cursor=None)


@router.post(
    "", summary="设立岗位", status_code=201, responses=problems(ReferenceUnknown, NameTaken, IdempotencyKeyRequired)
)
def create_post(
    body: PostIn, grant: _Write, session: WriteSession, now: Now, command: Idempotent, response: Response
) -> PostOut:
    """Draw a post."""
    post = service.create(session, grant=grant, at=now, new=body.to_new())
    set_etag(response, post.version)
    return _out(session, post)


@router.get("/{post_id}", summary="查看岗位")
def get_post(post_id: UUID, grant: _Read, session: ReadSession, response: Response) -> PostOut:
    """One post."""
    post = repository.get_visible(session, post_id, grant)
    set_etag(response, post.version)
    return _out(session, post)


@router.patch(
    "/{post_id}",
    summary="修改岗位",
    responses=problems(NameTaken, StaleVersion, PreconditionRequired, IdempotencyKeyRequired),
)
def change_post(
    post_id: UUID,
    body: PostChange,
    grant: _Write,
    session: WriteSession,
    now: Now,
    command: Idempotent,
    version: IfMatch,
    response: Response,
) -> PostOut:
    """Change name, place or minimum staff."""
    post = service.update(session, grant=grant, at=now, post_id=post_id, version=version, changes=body.to_changes())
    set_etag(response, post.version)
    return _out(session, post)


@router.delete(
    "/{post_id}",
    summary="撤销岗位",
    status_code=204,
    responses=problems(PostInUse, StaleVersion, PreconditionRequired, IdempotencyKeyRequired),
)
def delete_post(
    post_id: UUID, grant: _Write, session: WriteSession, now: Now, command: Idempotent, version: IfMatch
) -> None:
    """Remove a post to which nobody belongs."""
    service.delete(session, grant=grant, at=now, post_id=post_id, version=version)
