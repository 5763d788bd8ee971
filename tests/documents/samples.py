"""Sealed contents of several situations, for tests, benchmarks and pictures: values as `domain/content` makes them."""

import copy
import math
from typing import Any

from app.domain import seal
from app.domain.paper.value import Sources

LANGUAGES = ("en", "zh_Hans", "zh_Hant", "es")

PLACES: dict[str, dict[str, Any]] = {
    "zh_Hans": {
        "outlet": {"name": "清源家电服务·滨江网点", "address": "杭州市滨江区江南大道 1866 号", "phone": "400-555-0147",
                   "complaint_phone": "400-555-0148", "timezone": "Asia/Shanghai", "country": "CN"},
        "customer": {"name": "欧阳晓雯", "phone": "138 0000 2288", "address": "浙江省杭州市滨江区江南大道 1888 号翠苑小区 12 幢 2 单元 1203 室"},
        "engineer": {"name": "雷志强", "permit_no": "E-2071"},
        "statement": "脱水时像打鼓一样响，桶里还有水。", "typed": "过滤器被硬币堵塞", "currency": "CNY", "offset": "+08:00",
        "reported": "面板显示 E21", "accessories": "进水管 1 根，说明书", "condition": "左侧有 3 cm 划痕，门封完好",
        "relation_name": "欧阳建国", "no_step": "客户着急出门",
    },
    "zh_Hant": {
        "outlet": {"name": "清源家電服務·信義網點", "address": "臺北市信義區松仁路 96 號", "phone": "02-5555-0147",
                   "complaint_phone": "02-5555-0148", "timezone": "Asia/Taipei", "country": "TW"},
        "customer": {"name": "歐陽曉雯", "phone": "0900 002 288", "address": "臺北市信義區松德路 171 號 12 樓之 3"},
        "engineer": {"name": "雷志強", "permit_no": "E-2071"},
        "statement": "脫水時像打鼓一樣響，槽內還有水。", "typed": "濾網被硬幣堵塞", "currency": "TWD", "offset": "+08:00",
        "reported": "面板顯示 E21", "accessories": "進水管 1 條，說明書", "condition": "左側有 3 cm 刮痕，門封完好",
        "relation_name": "歐陽建國", "no_step": "客戶趕著出門",
    },
    "es": {
        "outlet": {"name": "Aguaclara Servicio Técnico · Taller Puerto", "address": "C/ del Muelle, 12, 46024 Valencia",
                   "phone": "900 555 014", "complaint_phone": "900 555 015", "timezone": "Europe/Madrid", "country": "ES"},
        "customer": {"name": "María Ángeles Núñez Ibáñez", "phone": "+34 600 014 228",
                     "address": "C/ del Muelle, 204, 12.º B, 46024 Valencia (España)"},
        "engineer": {"name": "Daniel Reyes", "permit_no": "E-2071"},
        "statement": "Da golpes fuertes al centrifugar y queda agua en el tambor.", "typed": "filtro obstruido por una moneda",
        "currency": "EUR", "offset": "+01:00", "reported": "la pantalla muestra E21",
        "accessories": "manguera de entrada, manual", "condition": "arañazo de 3 cm en el lado izquierdo, junta intacta",
        "relation_name": "Andrés Núñez Gil", "no_step": "el cliente tenía prisa",
    },
    "en": {
        "outlet": {"name": "Clearwater Home Service · Riverside", "address": "18 Wharf Road, Bristol BS1 5UH",
                   "phone": "0117 496 0147", "complaint_phone": "0117 496 0148", "timezone": "Europe/London", "country": "GB"},
        "customer": {"name": "Margaret O’Connell", "phone": "07700 900 228", "address": "Flat 12, 204 Harbour Street, Bristol BS1 6ZZ"},
        "engineer": {"name": "Daniel Reeves", "permit_no": "E-2071"},
        "statement": "It bangs like a drum when it spins and leaves water behind.", "typed": "filter blocked by a coin",
        "currency": "GBP", "offset": "+00:00", "reported": "display shows E21",
        "accessories": "inlet hose, manual", "condition": "3 cm scratch on the left side, door seal intact",
        "relation_name": "Brian O’Connell", "no_step": "customer had to leave",
    },
}  # fmt: skip

CODES: dict[str, dict[str, dict[str, str]]] = {
    "en": {"fault": {"noise": "Loud noise", "water_left": "Water left in the drum", "pump_broken": "Drain pump broken"},
           "cause": {"pump_worn": "Pump worn"}, "measure": {"pump_replaced": "Drain pump replaced", "filter_cleaned": "Filter cleaned"},
           "decline_reason": {"no_wish": "did not wish to sign"}, "take_back_reason": {"needs_bench": "needs the workshop's test bench"},
           "not_tested_reason": {"no_water": "no water / 无水"}, "pass_reason": {"customer_hurried": "customer in a hurry"}, "step": {"teach": "Teach how to use it"},
           "not_left_reason": {"no_place": "no place agreed"}, "old_part_reason": {"wanted": "customer keeps it"}},
    "zh_Hans": {"fault": {"noise": "异响", "water_left": "桶内积水", "pump_broken": "排水泵损坏"}, "cause": {"pump_worn": "水泵磨损"},
                "measure": {"pump_replaced": "更换排水泵", "filter_cleaned": "清理过滤器"}, "decline_reason": {"no_wish": "用户不愿签字"},
                "take_back_reason": {"needs_bench": "需上维修台检测"}, "not_tested_reason": {"no_water": "no water / 无水"}, "pass_reason": {"customer_hurried": "用户赶时间"},
                "step": {"teach": "指导使用"}, "not_left_reason": {"no_place": "未商定位置"}, "old_part_reason": {"wanted": "用户要求留下"}},
    "zh_Hant": {"fault": {"noise": "異響", "water_left": "槽內積水", "pump_broken": "排水泵損壞"}, "cause": {"pump_worn": "水泵磨損"},
                "measure": {"pump_replaced": "更換排水泵", "filter_cleaned": "清理濾網"}, "decline_reason": {"no_wish": "客戶不願簽名"},
                "take_back_reason": {"needs_bench": "需上維修台檢測"}, "not_tested_reason": {"no_water": "no water / 无水"}, "pass_reason": {"customer_hurried": "客戶趕時間"},
                "step": {"teach": "指導使用"}, "not_left_reason": {"no_place": "未商定位置"}, "old_part_reason": {"wanted": "客戶要求留下"}},
    "es": {"fault": {"noise": "Ruido fuerte", "water_left": "Queda agua", "pump_broken": "Bomba de desagüe rota"},
           "cause": {"pump_worn": "Bomba gastada"}, "measure": {"pump_replaced": "Bomba de desagüe sustituida", "filter_cleaned": "Filtro limpio"},
           "decline_reason": {"no_wish": "no quiso firmar"}, "take_back_reason": {"needs_bench": "necesita el banco de pruebas"},
           "not_tested_reason": {"no_water": "no water / 无水"}, "pass_reason": {"customer_hurried": "el cliente tenía prisa"}, "step": {"teach": "Explicar el uso"},
           "not_left_reason": {"no_place": "sin lugar acordado"}, "old_part_reason": {"wanted": "la conserva el cliente"}},
}  # fmt: skip

ITEMS: tuple[tuple[str, str, dict[str, str], int, int | None], ...] = (
    ("pump_30w", "part", {"en": "Drain pump 30 W", "zh_Hans": "排水泵 30W", "zh_Hant": "排水泵 30W", "es": "Bomba de desagüe 30 W"}, 16800, 15000),
    ("damper_120", "part", {"en": "Shock absorber 120 N", "zh_Hans": "减振器 120N", "zh_Hant": "減震器 120N", "es": "Amortiguador 120 N"}, 4500, None),
    ("labour_mid", "labour", {"en": "Labour, medium repair", "zh_Hans": "人工费（中修）", "zh_Hant": "工資（中修）", "es": "Mano de obra, reparación media"}, 12000, None),
    ("callout", "travel", {"en": "Call-out and inspection", "zh_Hans": "上门检测费", "zh_Hant": "到府檢測費", "es": "Desplazamiento y revisión"}, 3000, None),
)  # fmt: skip


def repaired(language: str = "zh_Hans") -> dict[str, Any]:
    """Out of warranty, repaired at home, paid, signed by hand."""
    place = PLACES[language]
    lines = [_line(item, index) for index, item in enumerate(ITEMS)]
    content = {
        "v": 1, "layer": "customer", "ref": "HZ1-261122-0007", "language": language,
        "protocol": {"id": "maker", "version": "2026-11", "hash": "a" * 64},
        "outlet": place["outlet"], "engineer": place["engineer"], "customer": place["customer"],
        "price_list": {"id": "sample", "hash": "b" * 64, "currency": place["currency"], "tax_rate_bp": 1300, "tax_included": True},
        "appliance": {"kind": "washing_machine", "brand": "Qingyuan", "model": "QY-WM10-1400X", "serial": "QYX2403-00918827",
                      "purchase_date": "2024-03-09"},
        "warranty": {"status": "out", "until": "2025-03-09", "basis": "invoice"},
        "visit": {"appointment": f"2026-11-22T14:00:00{place['offset']}", "arrived": f"2026-11-22T13:54:00{place['offset']}",
                  "mode": "on_site", "outcome": "repaired"},
        "reported": {"codes": ["noise", "water_left"], "text": place["reported"]}, "statement": {"codes": [], "text": place["statement"]},
        "fault": {"code": "pump_broken", "text": place["typed"]}, "cause": {"code": "pump_worn", "text": ""},
        "measure": {"codes": ["pump_replaced", "filter_cleaned"], "text": ""},
        "tests": {"final": {"result": "works", "reason": None, "items": [{"name": "1400 rpm", "value": "58", "unit": "dB"}]}},
        "lines": lines, "fee": {"rule_table": "c" * 64, "currency": place["currency"]},
        "payment": {"method": "wechat" if language == "zh_Hans" else "card", "paid": 0, "rest": 0, "later_by": None, "refused": False,
                    "invoice": None},
        "repair_warranty": {"scope": "original_fault", "months": 3, "case": None}, "take_back": None,
        "notes": [], "not_recorded": [], "photos": ["1" * 64, "2" * 64],
        "consent": {"total": 0, "at": f"2026-11-22T14:20:00{place['offset']}"},
        "sentences": {},
    }  # fmt: skip
    return sealed(_paid(content), signature(language))


def declined(language: str = "zh_Hans") -> dict[str, Any]:
    """Repaired and paid; the customer did not wish to sign."""
    at = f"2026-11-22T15:05:00{PLACES[language]['offset']}"
    return sealed(repaired(language), {"how": "declined", "reason": "no_wish", "at": at})


def typed(language: str = "zh_Hans") -> dict[str, Any]:
    """Signed by a family member who typed the name."""
    at = f"2026-11-22T15:05:00{PLACES[language]['offset']}"
    return sealed(repaired(language), {"how": "typed", "name": PLACES[language]["relation_name"], "relation": "family", "at": at})


def on_paper(language: str = "zh_Hans") -> dict[str, Any]:
    """Signed on paper, of which a photo is kept."""
    at = f"2026-11-22T15:05:00{PLACES[language]['offset']}"
    return sealed(repaired(language), {"how": "paper", "photo": "3" * 64, "relation": "self", "at": at})


def nothing_repaired(language: str = "zh_Hans") -> dict[str, Any]:
    """No fault found, nothing charged, nothing to pay: most fields do not apply."""
    content = repaired(language)
    content.update(lines=[], cause=None, fault=None, measure=None, consent=None, photos=[], notes=[], payment=None)
    content["visit"].update(mode="no_fault", outcome="no_fault")
    content["warranty"] = {"status": "unverified", "until": None, "basis": None}
    content["repair_warranty"] = {"scope": "original_fault", "months": 0, "case": None}
    content["appliance"].update(purchase_date=None, serial="")
    content["tests"] = {"final": {"result": "works", "reason": None, "items": []}}
    content["not_recorded"] = [{"step": "teach", "reason": "customer_hurried"}]
    return sealed(_paid(content), content["signature"])


def taken_back(language: str = "zh_Hans") -> dict[str, Any]:
    """The appliance went to the workshop, another one was lent."""
    content, place = repaired(language), PLACES[language]
    content["visit"].update(mode="take_back", outcome="taken_back")
    content["repair_warranty"] = {"scope": "original_fault", "months": 0, "case": None}
    content["tests"]["final"] = {"result": "not_tested", "reason": "no_water", "items": []}
    content["take_back"] = {
        "condition": place["condition"], "accessories": place["accessories"], "photos": ["1" * 64, "2" * 64],
        "reason": "needs_bench", "promised_at": f"2026-11-27T18:00:00{place['offset']}",
        "loaner": {"id": 7, "kind": "washing_machine", "brand": "Qingyuan", "model": "QY-WM06", "serial": "QYL-0007",
                   "condition": place["condition"], "due": "2026-11-27"},
    }  # fmt: skip
    return sealed(content, content["signature"])


def long(language: str = "zh_Hans", lines: int = 60) -> dict[str, Any]:
    """Many part lines, each with a name of its own and serial numbers."""
    content = repaired(language)
    content["lines"] = []
    for index in range(lines):
        line = _line(ITEMS[index % 2], index)
        line["name"] = {key: f"{name} #{index + 1:02d}" for key, name in line["name"].items()}
        content["lines"].append(line)
    return sealed(_paid(content), content["signature"])


def wordy(language: str = "zh_Hans", characters: int = 2000) -> dict[str, Any]:
    """The longest comment that is kept."""
    content = repaired(language)
    word = "水" if language.startswith("zh") else "water "
    content["statement"] = {"codes": [], "text": (word * characters)[: characters - 3] + "END"}
    return sealed(content, content["signature"])


def rare(language: str = "zh_Hans") -> dict[str, Any]:
    """Names that only the complete font has, signs of other scripts, and emoji."""
    content = repaired(language)
    content["customer"] = {**content["customer"], "name": "𠮷㛃堃喆\u9fcd 龚堽"}
    content["statement"]["text"] = "👍 😀 👩\u200d🔧 ❤\ufe0f ☎ ✓ 10 ℃ ½ → Ωμ Привет 안녕 こんにちは ไทย עברית عربي"
    return sealed(content, content["signature"])


def hostile(language: str = "en") -> dict[str, Any]:
    """Every typed field tries to fetch, run or break out."""
    attack = '<img src="http://127.0.0.1:9/x.png"><script>alert(1)</script><link rel=attachment href="file:///etc/passwd">{{7*7}}"\'>'
    content = repaired(language)
    content["customer"] = {"name": attack, "phone": attack, "address": attack + "\u202e\x00"}
    content["statement"]["text"] = "<style>@import url(http://127.0.0.1:9/a.css)</style>" + attack
    content["appliance"] = {"kind": "washing_machine", "brand": attack, "model": "url(http://127.0.0.1:9/)", "serial": attack, "purchase_date": "x"}
    content["notes"] = [{"step": "repair", "title": attack, "text": attack}]
    return sealed(content, {**content["signature"], "how": "typed", "name": attack})


def office() -> dict[str, Any]:
    """The office layer: left, card, sticker refused, an old part kept."""
    return {
        "v": 1, "layer": "office", "ref": "HZ1-261122-0007", "left_at": "2026-11-22T15:20:00+08:00",
        "card": {"left": True, "reason": None}, "sticker": {"left": False, "reason": "no_place"}, "gift": {"left": True, "reason": None},
        "old_parts": [{"item": "pump_30w", "old_part": "taken", "reason": None}, {"item": "damper_120", "old_part": "left", "reason": "wanted"}],
        "hand_in": {"at": "2026-11-22T18:05:00+08:00", "late_reason": None, "promised": None}, "slip_no": "HZ1-S26-00417",
    }  # fmt: skip


def sources(content: dict[str, Any], *, handed_in: bool = True, numbered: bool = True, **more: Any) -> Sources:
    """What a composer is given for `content`."""
    numbers = {"slip": "HZ1-S26-00417", "receipt": "HZ1-R26-00212", "iou": "HZ1-A26-00031", "loaner": "HZ1-L26-00009"}
    return Sources(
        content=content,
        office=office() if handed_in else None,
        numbers=numbers if numbered else {},
        codes=CODES[content["language"]],
        issued="2026-11-22T18:06:00+08:00",
        **more,
    )


def signature(language: str) -> dict[str, Any]:
    """A hand-drawn signature of two strokes."""
    wave = [n for t in range(90) for n in (20 + t * 3, round(70 + 38 * math.sin(t / 4.2) * (1 - t / 160)))]
    under = [n for t in range(20) for n in (40 + t * 11, 118 - t)]
    return {"how": "drawn", "name": PLACES[language]["customer"]["name"], "relation": "self",
            "at": f"2026-11-22T15:05:00{PLACES[language]['offset']}", "strokes": [wave, under], "size": [320, 140]}  # fmt: skip


def sealed(content: dict[str, Any], signed: dict[str, Any] | None) -> dict[str, Any]:
    """A fresh copy with the digest of everything else, and the signature beside it."""
    rest = {key: value for key, value in copy.deepcopy(content).items() if key not in ("digest", "code", "signature")}
    digest = seal.digest(rest)
    return {**rest, "digest": digest, "code": seal.short_code(digest), "signature": signed}


def _line(item: tuple[str, str, dict[str, str], int, int | None], index: int) -> dict[str, Any]:
    code, kind, name, standard, certificate = item
    applied = min(standard, certificate) if certificate is not None else standard
    part = kind == "part"
    qty = 2 if code == "damper_120" else 1
    return {
        "key": f"l{index}", "item": code, "name": dict(name), "kind": kind, "qty": qty, "standard": standard, "certificate": certificate,
        "applied": applied, "amount": applied * qty, "rule": "N-LOW-08" if certificate else "N-OUT-06",
        "serial_new": f"QP30-{index:04d}" if code == "pump_30w" else None, "serial_old": f"QP30-9{index:03d}" if code == "pump_30w" else None,
        "old_part": ("left" if code == "damper_120" else "taken") if part else None,
        "old_part_reason": "wanted" if code == "damper_120" else None,
    }  # fmt: skip


def _paid(content: dict[str, Any]) -> dict[str, Any]:
    total = sum(line["amount"] for line in content["lines"])
    net = round(total / 1.13)
    content["fee"] = {**content["fee"], "net": net, "tax": total - net, "total": total}
    if content.get("payment"):
        content["payment"]["paid"] = total
    if content.get("consent"):
        content["consent"]["total"] = total
    return content
