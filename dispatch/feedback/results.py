"""How an incident can have ended, as the officer ticks it on the form.

An own, plain list: a station's mapping to a national code table is made where forms are exported.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One result (处理结果). ``hands_over``: the form must say to whom."""

    code: str
    name: str
    hands_over: bool = False


RESULTS: dict[str, Result] = {
    result.code: result
    for result in (
        Result("handled", "现场处置完毕"),
        Result("mediated", "当场调解"),
        Result("advised", "教育劝离"),
        Result("helped", "救助求助人"),
        Result("found", "找到走失人员或物品"),
        Result("taken_in", "带回派出所处理"),
        Result("handed_over", "移交其他单位", hands_over=True),
        Result("sent_to_hospital", "送医救治", hands_over=True),
        Result("nothing_found", "到场未发现"),
        Result("settled_itself", "当事人自行解决"),
        Result("false_alarm", "虚假警情"),
        Result("duplicate", "重复报警"),
    )
}
