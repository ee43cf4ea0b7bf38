"""Refusals that belong to ratings."""

from __future__ import annotations

from kit.errors import Conflict, NotAllowed


class AlreadyRated(Conflict):
    """This order is already rated."""

    slug, title, hint = "already-rated", "该指令已评价", "二十四小时内可由原评价民警修改。"


class OrderNotFinished(Conflict):
    """Only a completed order can be rated."""

    slug, title, hint = "order-not-finished", "指令尚未完成", "请待其完成任务后再评价。"


class NotAHelper(Conflict):
    """Police orders are not rated; ratings are for the helpers of the alliance."""

    slug, title, hint = "not-a-helper", "警务指令不作评价", "评价对象为平安联盟的协助力量。"


class SelfRating(NotAllowed):
    """Nobody rates himself."""

    slug, title, hint = "self-rating", "不能评价本人", "请由现场其他民警评价。"


class NotTheRater(NotAllowed):
    """Only the officer who made a rating may change it."""

    slug, title, hint = "not-the-rater", "只能由原评价民警修改", "如需更正，请由被评价人申诉后由所领导处理。"


class RatingLocked(Conflict):
    """The time to change this rating is over."""

    slug, title, hint = "rating-locked", "评价已不能修改", "超过二十四小时或申诉已处理的评价不能修改。"
