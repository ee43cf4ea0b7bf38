"""The scenarios that a station starts with; its leader changes them.

Figures: one or two helpers, five to seven alerted per need at most within 400–600 m on foot, 15–20 s to the receipt
and 30–40 s to the acceptance — where volunteer-alert systems ended up for dense towns; learn them from the log.
"""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.scenarios.spec import CheckItem, Match, NeedSpec, ResponderKind, ScenarioSpec

#: read by the patrol whatever the scenario is
_POLICE = "请立即签收并赶赴现场处置；到场后点“到场”，处置完毕后填写反馈单，并对到场协助力量逐一评价。"
_LIMITS = "不得搜查、扣留人员和物品，不得追赶；遇有危险先撤离并报告。"


@dataclass(frozen=True)
class Default:
    """A scenario with its key and Chinese name."""

    key: str
    name: str
    spec: ScenarioSpec


def _police(needed: int = 1, radius_m: int = 5000, instruction: str = _POLICE) -> NeedSpec:
    return NeedSpec(
        kind="patrol_unit",
        mode="command",
        needed=needed,
        radius_m=radius_m,
        receipt_s=20,
        accept_s=30,
        instruction=instruction,
    )


def _guards(needed: int, alert_factor: float, radius_m: int, *, accept_s: int = 40, skills: tuple[str, ...] = (),
            instruction: str | None = None, receipt_s: int = 20) -> NeedSpec:  # fmt: skip
    return NeedSpec(
        kind="guard",
        mode="offer",
        needed=needed,
        skills=list(skills),
        alert_factor=alert_factor,
        radius_m=radius_m,
        receipt_s=receipt_s,
        accept_s=accept_s,
        instruction=instruction,
    )


def _safe_house(radius_m: int, *, skills: tuple[str, ...] = (), instruction: str, alert_factor: float = 2,
                verbs: tuple[str, ...]) -> NeedSpec:  # fmt: skip
    return NeedSpec(
        kind="safe_house",
        mode="offer",
        needed=1,
        skills=list(skills),
        alert_factor=alert_factor,
        radius_m=radius_m,
        receipt_s=20,
        accept_s=40,
        instruction=instruction,
        allowed_verbs=list(verbs),
    )


def _items(
    *texts: tuple[str, str], required: tuple[str, ...] = (), kinds: tuple[ResponderKind, ...] = ()
) -> list[CheckItem]:
    return [CheckItem(key=key, text=text, required=key in required, kinds=list(kinds)) for key, text in texts]


#: where a safe-house is asked as well, each has his own list
_GUARDS: tuple[ResponderKind, ...] = ("guard",)
_KEEPERS: tuple[ResponderKind, ...] = ("safe_house",)


DEFAULTS: tuple[Default, ...] = (
    Default("find", "寻人寻物寻宠", ScenarioSpec(
        need=[_police(), _guards(2, 3, 500)],
        instruction="请在本人岗位周边协助寻找，按指令中的体貌或物品特征留意门岗、通道和公共区域。发现后不要惊扰，"
        "在旁看护并立即报告位置，等候民警或家属到场。不得翻动他人物品，不得向无关人员透露求助人信息。" + _LIMITS,
        allowed_verbs=["look_for", "observe", "identify", "accompany", "contact", "hand_over"],
        checklist=_items(("looked", "已查看岗区出入口和公共区域"), ("found", "已找到并在旁看护"),
                         ("handed_over", "已向民警或求助人移交"), required=("looked",)),
        match=Match(types=["help.find_person", "help.find_item", "help.find_pet"]),
    )),
    Default("lost_person", "迷途走失", ScenarioSpec(
        need=[
            _police(),
            _guards(2, 3.5, 600, accept_s=30, receipt_s=15),
            _safe_house(600, instruction="请留意门前及店内是否有走失人员，发现后请其在平安屋休息，提供饮水，"
                        "专人陪伴并立即报告；不要让其单独离开，也不要强行阻拦，等候民警到场。",
                        verbs=("look_for", "observe", "identify", "calm", "accompany", "hand_over")),
        ],
        instruction="有人员走失，请立即按指令中的年龄、衣着特征查看岗区，重点是出入口、河边、车库和公交站点。"
        "发现后温和询问、陪伴看护，立即报告位置，等候民警；对方坚持离开时不要拉扯，保持可见距离并持续报告。" + _LIMITS,
        allowed_verbs=["look_for", "observe", "identify", "calm", "accompany", "guide", "hand_over"],
        checklist=[
            *_items(("looked", "已查看出入口、河边、车库等重点部位"), required=("looked",), kinds=_GUARDS),
            *_items(("watched", "已留意门前及店内"), ("sheltered", "已请走失人员在店内休息"), required=("watched",),
                    kinds=_KEEPERS),
            *_items(("found", "已找到走失人员"), ("condition", "人员身体状况良好"),
                    ("handed_over", "已移交民警或家属")),
        ],
        match=Match(types=["help.lost_person"]),
    )),
    Default("property_service", "物业服务", ScenarioSpec(
        need=[_police(), _guards(1, 5, 400)],
        instruction="请到现场了解情况，联系本小区物业值班人员或维修人员到场，做好解释；涉及漏水、停电、电梯故障的，"
        "先放置警示标识、提醒住户避让。开锁须由民警核实身份后进行，不得自行进入住户家中。" + _LIMITS,
        allowed_verbs=["guide", "observe", "contact", "calm", "cordon", "accompany"],
        checklist=_items(("contacted", "已联系物业值班或维修人员"), ("warned", "已设置警示、提醒住户"),
                         ("explained", "已向求助人说明处理安排")),
        match=Match(types=["help.property_service"]),
    )),
    Default("move_car", "挪车求助", ScenarioSpec(
        need=[_police(), _guards(1, 5, 400)],
        instruction="请到现场查看堵塞情况，通过物业登记或访客登记联系车主挪车，疏导其他车辆绕行。"
        "不得推移、锁扣车辆，不得将车主电话告知求助人；双方争执时劝开并等候民警。" + _LIMITS,
        allowed_verbs=["observe", "identify", "contact", "guide", "calm"],
        checklist=_items(("contacted", "已联系车主"), ("moved", "车辆已挪开"), ("guided", "已疏导周边车辆")),
        photo_required=True,
        match=Match(types=["help.move_car"]),
    )),
    Default("consumer_dispute", "消费纠纷先期处置", ScenarioSpec(
        need=[
            _police(),
            _guards(2, 3, 500),
            _safe_house(300, instruction="你店邻近发生消费纠纷，方便时请到场劝和，稳住双方情绪，"
                        "在民警到场前不使矛盾激化；不评判对错，不代为承诺赔偿。",
                        verbs=("calm", "observe", "hand_over")),
        ],
        instruction="请先期到场稳住事态：把双方劝开，各自安抚，请围观人员散开，提醒双方保留票据和监控，等候民警调解。"
        "不评判对错，不代任何一方表态；一旦动手，立即退到安全位置并报告。" + _LIMITS,
        allowed_verbs=["calm", "observe", "cordon", "guide", "hand_over"],
        checklist=[
            *_items(("separated", "双方已劝开"), ("crowd", "围观人员已疏散"), ("evidence", "已提醒保留票据、监控"),
                    required=("separated",), kinds=_GUARDS),
            *_items(("calmed", "已到场劝和、稳住双方情绪"), required=("calmed",), kinds=_KEEPERS),
            *_items(("handed_over", "已向民警说明经过")),
        ],
        match=Match(types=["dispute.consumer"]),
    )),
    Default("fight", "打架斗殴及暴力警情", ScenarioSpec(
        need=[_police(needed=2), _guards(2, 3, 500, accept_s=30, receipt_s=15)],
        instruction="现场有暴力行为。请到指定的安全位置待命，不得抵近，不得劝架、夺械、拦人。在安全距离外观察人数、"
        "衣着、有无器械和去向，随时报告；劝离围观群众，为民警和救护车指引通道。对方向你靠近时立即后撤。" + _LIMITS,
        allowed_verbs=["keep_distance", "observe", "identify", "cordon", "evacuate", "guide"],
        checklist=_items(("distance", "始终保持安全距离"), ("described", "已报告人数、衣着、器械、去向"),
                         ("crowd", "已劝离围观群众"), ("guided", "已为警车、救护车指路"), required=("distance",)),
        stand_off_m=60,
        match=Match(types=["criminal.robbery", "criminal.injury", "public_order.fight", "public_order.armed_threat",
                           "public_order.drunk", "public_order.domestic_violence", "public_order.panic"]),
    )),
    Default("crash", "交通事故", ScenarioSpec(
        need=[_police(), _guards(2, 3, 500, accept_s=30)],
        instruction="请在确保自身安全的前提下到场：在来车方向放置警示标志，人站在护栏外或路边，疏导车辆行人绕行。"
        "有人受伤的，不要随意搬动，联系急救并陪伴伤者；请当事人不要争吵、不要离开，由民警认定责任。" + _LIMITS,
        allowed_verbs=["cordon", "guide", "observe", "calm", "accompany", "identify", "fetch"],
        checklist=_items(("warned", "已放置警示标志"), ("injured", "已确认有无人员受伤"),
                         ("traffic", "已疏导车辆行人"), required=("injured",)),
        photo_required=True,
        match=Match(categories=["traffic"]),
    )),
    Default("fire", "火情", ScenarioSpec(
        need=[
            _police(),
            _guards(2, 3.5, 500, accept_s=30, receipt_s=15),
            _safe_house(500, skills=("extinguisher",), instruction="请准备好店内灭火器，交给就近到场的保安员或"
                        "消防人员，并引导群众从店前安全通道撤离；不要进入着火建筑。",
                        verbs=("keep_distance", "fetch", "guide", "evacuate", "observe")),
        ],
        instruction="请立即到安全位置：打开消防通道和道闸，引导群众沿疏散楼梯撤离，清点报告有无被困人员，为消防车指路。"
        "仅在初起小火、能看清退路时使用灭火器；有浓烟或爆燃危险立即撤出，不得进入火场，不得使用电梯。" + _LIMITS,
        allowed_verbs=["keep_distance", "evacuate", "cordon", "guide", "observe", "fetch", "extinguish"],
        checklist=[
            *_items(("passage", "消防通道已打开"), ("trapped", "已报告有无人员被困"), required=("trapped",),
                    kinds=_GUARDS),
            *_items(("extinguisher", "灭火器已备好或已交出"), required=("extinguisher",), kinds=_KEEPERS),
            *_items(("evacuated", "已引导群众撤离")),
        ],
        stand_off_m=50,
        match=Match(categories=["fire"]),
    )),
    Default("illness", "突发疾病", ScenarioSpec(
        need=[
            _police(),
            _guards(1, 5, 600, skills=("first_aid",), accept_s=30, receipt_s=15,
                    instruction="有人突发疾病，请携急救用品立即赶到：确认意识和呼吸；无呼吸的立即心肺复苏，AED 一到即按"
                    "语音提示使用，直至急救人员接手。只做受过培训的急救，不喂药、不随意搬动。" + _LIMITS),
            _guards(1, 5, 500, accept_s=30, receipt_s=15,
                    instruction="有人突发疾病，请打开大门和道闸，在路口接应救护车并带到病人身边，劝离围观人员，"
                    "保持通风和隐私；等候期间听从现场急救人员安排。" + _LIMITS),
            _safe_house(800, skills=("aed",), alert_factor=3,
                        instruction="附近有人突发疾病，请立即取出店内 AED，派一人送到指令所示地点；店内无人可离开时，"
                        "把 AED 放到门口交给前来的保安员。",
                        verbs=("fetch", "guide", "contact")),
        ],
        instruction="有人突发疾病，请立即到场协助急救、接应救护车，保护病人隐私，不得拍摄传播。" + _LIMITS,
        allowed_verbs=["first_aid", "fetch", "guide", "accompany", "cordon", "calm", "contact"],
        checklist=[
            *_items(("conscious", "病人有意识"), ("cpr", "已实施心肺复苏"), ("aed", "已使用 AED"),
                    ("handed_over", "已交急救人员"), required=("handed_over",), kinds=_GUARDS),
            *_items(("aed_out", "AED 已送出或已交保安员"), required=("aed_out",), kinds=_KEEPERS),
        ],
        match=Match(types=["help.illness"]),
    )),
    Default("other", "其他警情", ScenarioSpec(
        need=[_police(), _guards(1, 5, 500)],
        instruction="请到现场协助民警：了解并报告情况，安抚当事人，维持秩序，为民警带路。"
        "只做观察、引导和劝解，处置由民警进行。" + _LIMITS,
        allowed_verbs=["observe", "guide", "calm", "cordon", "accompany", "hand_over"],
        checklist=_items(("reported", "已报告现场情况"), ("handed_over", "已向民警移交")),
        match=Match(),
    )),
)  # fmt: skip

#: answers for whatever no other scenario is for
FALLBACK_KEY = "other"
