"""Sealed contents of several situations, for tests, benchmarks and pictures: values as `domain/content` makes them.

`python -m tests.documents.samples` writes the composed papers that drawing is measured with.
"""

import copy
import json
import math
from pathlib import Path
from typing import Any

from app.domain import document, seal
from app.domain.paper.value import Sources
from tests.documents.places import CODES, ITEMS, PLACES

LANGUAGES = ("en", "zh_Hans", "zh_Hant", "es")


def repaired(language: str = "zh_Hans") -> dict[str, Any]:
    """Out of warranty, repaired at home, paid, signed by hand."""
    place = PLACES[language]
    lines = [_line(item, index) for index, item in enumerate(ITEMS)]
    content = {
        "v": 1,
        "layer": "customer",
        "ref": "HZ1-261122-0007",
        "language": language,
        "protocol": {"id": "maker", "version": "2026-11", "hash": "a" * 64},
        "outlet": place["outlet"],
        "engineer": place["engineer"],
        "customer": place["customer"],
        "price_list": {
            "id": "sample",
            "hash": "b" * 64,
            "currency": place["currency"],
            "tax_rate_bp": 1300,
            "tax_included": True,
        },
        "appliance": {
            "kind": "washing_machine",
            "brand": "Qingyuan",
            "model": "QY-WM10-1400X",
            "serial": "QYX2403-00918827",
            "purchase_date": "2024-03-09",
        },
        "warranty": {"status": "out", "until": "2025-03-09", "basis": "invoice"},
        "visit": {
            "appointment": f"2026-11-22T14:00:00{place['offset']}",
            "arrived": f"2026-11-22T13:54:00{place['offset']}",
            "mode": "on_site",
            "outcome": "repaired",
        },
        "reported": {"codes": ["noise", "water_left"], "text": place["reported"]},
        "statement": {"codes": [], "text": place["statement"]},
        "fault": {"code": "pump_broken", "text": place["typed"]},
        "cause": {"code": "pump_worn", "text": ""},
        "measure": {"codes": ["pump_replaced", "filter_cleaned"], "text": ""},
        "tests": {
            "final": {
                "result": "works",
                "reason": None,
                "items": [{"name": "1400 rpm", "value": "58", "unit": "dB"}],
            }
        },
        "lines": lines,
        "fee": {"rule_table": "c" * 64, "currency": place["currency"]},
        "payment": {
            "method": "wechat" if language == "zh_Hans" else "card",
            "paid": 0,
            "rest": 0,
            "later_by": None,
            "refused": False,
            "invoice": None,
        },
        "repair_warranty": {"scope": "original_fault", "months": 3, "case": None},
        "take_back": None,
        "notes": [],
        "not_recorded": [],
        "photos": ["1" * 64, "2" * 64],
        "consent": {"total": 0, "at": f"2026-11-22T14:20:00{place['offset']}"},
        "sentences": {},
    }
    return sealed(_paid(content), signature(language))


def declined(language: str = "zh_Hans") -> dict[str, Any]:
    """Repaired and paid; the customer did not wish to sign."""
    at = f"2026-11-22T15:05:00{PLACES[language]['offset']}"
    return sealed(repaired(language), {"how": "declined", "reason": "no_wish", "at": at})


def typed(language: str = "zh_Hans") -> dict[str, Any]:
    """Signed by a family member who typed the name."""
    at = f"2026-11-22T15:05:00{PLACES[language]['offset']}"
    return sealed(
        repaired(language),
        {"how": "typed", "name": PLACES[language]["relation_name"], "relation": "family", "at": at},
    )


def on_paper(language: str = "zh_Hans") -> dict[str, Any]:
    """Signed on paper, of which a photo is kept."""
    at = f"2026-11-22T15:05:00{PLACES[language]['offset']}"
    return sealed(repaired(language), {"how": "paper", "photo": "3" * 64, "relation": "self", "at": at})


def nothing_repaired(language: str = "zh_Hans") -> dict[str, Any]:
    """No fault found, nothing charged, nothing to pay: most fields do not apply."""
    content = repaired(language)
    content.update(
        lines=[], cause=None, fault=None, measure=None, consent=None, photos=[], notes=[], payment=None
    )
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
        "condition": place["condition"],
        "accessories": place["accessories"],
        "photos": ["1" * 64, "2" * 64],
        "reason": "needs_bench",
        "promised_at": f"2026-11-27T18:00:00{place['offset']}",
        "loaner": {
            "id": 7,
            "kind": "washing_machine",
            "brand": "Qingyuan",
            "model": "QY-WM06",
            "serial": "QYL-0007",
            "condition": place["condition"],
            "due": "2026-11-27",
        },
    }
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
    content["statement"]["text"] = (
        "👍 😀 👩\u200d🔧 ❤\ufe0f ☎ ✓ 10 ℃ ½ → Ωμ Привет 안녕 こんにちは ไทย עברית عربي"
    )
    return sealed(content, content["signature"])


def hostile(language: str = "en") -> dict[str, Any]:
    """Every typed field tries to fetch, run or break out."""
    attack = '<img src="http://127.0.0.1:9/x.png"><script>alert(1)</script><link rel=attachment href="file:///etc/passwd">{{7*7}}"\'>'
    content = repaired(language)
    content["customer"] = {"name": attack, "phone": attack, "address": attack + "\u202e\x00"}
    content["statement"]["text"] = "<style>@import url(http://127.0.0.1:9/a.css)</style>" + attack
    content["appliance"] = {
        "kind": "washing_machine",
        "brand": attack,
        "model": "url(http://127.0.0.1:9/)",
        "serial": attack,
        "purchase_date": "x",
    }
    content["notes"] = [{"step": "repair", "title": attack, "text": attack}]
    return sealed(content, {**content["signature"], "how": "typed", "name": attack})


def office() -> dict[str, Any]:
    """The office layer: left, card, sticker refused, an old part kept."""
    return {
        "v": 1,
        "layer": "office",
        "ref": "HZ1-261122-0007",
        "left_at": "2026-11-22T15:20:00+08:00",
        "card": {"left": True, "reason": None},
        "sticker": {"left": False, "reason": "no_place"},
        "gift": {"left": True, "reason": None},
        "old_parts": [
            {"item": "pump_30w", "old_part": "taken", "reason": None},
            {"item": "damper_120", "old_part": "left", "reason": "wanted"},
        ],
        "hand_in": {"at": "2026-11-22T18:05:00+08:00", "late_reason": None, "promised": None},
        "slip_no": "HZ1-S26-00417",
    }


def sources(
    content: dict[str, Any], *, handed_in: bool = True, numbered: bool = True, **more: Any
) -> Sources:
    """What a composer is given for `content`."""
    numbers = {
        "slip": "HZ1-S26-00417",
        "receipt": "HZ1-R26-00212",
        "iou": "HZ1-A26-00031",
        "loaner": "HZ1-L26-00009",
    }
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
    return {
        "how": "drawn",
        "name": PLACES[language]["customer"]["name"],
        "relation": "self",
        "at": f"2026-11-22T15:05:00{PLACES[language]['offset']}",
        "strokes": [wave, under],
        "size": [320, 140],
    }


def sealed(content: dict[str, Any], signed: dict[str, Any] | None) -> dict[str, Any]:
    """A fresh copy with the digest of everything else, and the signature beside it."""
    rest = {
        key: value
        for key, value in copy.deepcopy(content).items()
        if key not in ("digest", "code", "signature")
    }
    digest = seal.digest(rest)
    return {**rest, "digest": digest, "code": seal.short_code(digest), "signature": signed}


def _line(item: tuple[str, str, dict[str, str], int, int | None], index: int) -> dict[str, Any]:
    code, kind, name, standard, certificate = item
    applied = min(standard, certificate) if certificate is not None else standard
    part = kind == "part"
    qty = 2 if code == "damper_120" else 1
    return {
        "key": f"l{index}",
        "item": code,
        "name": dict(name),
        "kind": kind,
        "qty": qty,
        "standard": standard,
        "certificate": certificate,
        "applied": applied,
        "amount": applied * qty,
        "rule": "N-LOW-08" if certificate else "N-OUT-06",
        "serial_new": f"QP30-{index:04d}" if code == "pump_30w" else None,
        "serial_old": f"QP30-9{index:03d}" if code == "pump_30w" else None,
        "old_part": ("left" if code == "damper_120" else "taken") if part else None,
        "old_part_reason": "wanted" if code == "damper_120" else None,
    }


def _paid(content: dict[str, Any]) -> dict[str, Any]:
    total = sum(line["amount"] for line in content["lines"])
    net = round(total / 1.13)
    content["fee"] = {**content["fee"], "net": net, "tax": total - net, "total": total}
    if content.get("payment"):
        content["payment"]["paid"] = total
    if content.get("consent"):
        content["consent"]["total"] = total
    return content


MEASURED = {
    "slip_a5_cpu": ("zh_Hans", "a5", 3),
    "slip_a5_cpu_latin": ("en", "a5", 3),
    "slip_a4_cpu": ("zh_Hans", "a4", None),
}
MEASURED_FILE = Path(__file__).resolve().parents[2] / "pdf_templates" / "samples.json"


def measured() -> dict[str, Any]:
    """The composed papers that drawing is measured with, by the name of the figure."""
    return {
        name: document.plain(document.compose("slip", sources(repaired(language)), sheet, copy))
        for name, (language, sheet, copy) in MEASURED.items()
    }


if __name__ == "__main__":
    MEASURED_FILE.write_text(json.dumps(measured(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
