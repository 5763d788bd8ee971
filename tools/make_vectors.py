"""Writes `tests/vectors/*.json`, which Python's and JavaScript's readers of the same rules both run.

Hand-made cases carry the answer worked out by hand and stop this script when the code disagrees; the drawn ones (fixed
seed) record what Python says, for JavaScript to agree with. Run from the project's root:
`.venv/bin/python -m tools.make_vectors`.
"""

import json
import random
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from app.domain import fee, seal
from app.domain.price_list import KINDS, PriceList
from tools import vector_faults, vector_values, vector_walks

Given = dict[str, Any]
Row = tuple[Any, ...]  # item, kind, qty, standard, certificate

VECTORS = Path(__file__).parent.parent / "tests" / "vectors"
SEED = 20261122
DRAWN = 320
WALKS = range(1, 13)
SLIPS = range(101, 106)

# What of a price list decides a fee. `cn` contains the tax, the others add it; `jp` has no smaller coin.
PRICE_LISTS: dict[str, dict[str, Any]] = {
    "cn": {"currency": "CNY", "tax_rate_bp": 1300, "tax_included": True, "software_gap": "free"},
    "es": {"currency": "EUR", "tax_rate_bp": 2100, "tax_included": False, "software_gap": "free"},
    "es_gap": {"currency": "EUR", "tax_rate_bp": 2100, "tax_included": False, "software_gap": "charged"},
    "jp": {"currency": "JPY", "tax_rate_bp": 1000, "tax_included": False, "software_gap": "charged"},
    "odd": {"currency": "EUR", "tax_rate_bp": 725, "tax_included": True, "software_gap": "free"},
    "free_zone": {"currency": "EUR", "tax_rate_bp": 0, "tax_included": False, "software_gap": "free"},
}

GIVEN: Given = {
    "warranty": "out",
    "cause_chargeable": False,
    "job_kind": "repair",
    "months_since_install": None,
    "repaired": True,
    "repair_warranty": False,
    "ruling": None,
}
PUMP = ("drain_pump", "part", 1, 16800, None)
LABOUR = ("labour_medium", "labour", 1, 12000, None)
CALLOUT = ("callout", "travel", 1, 3000, None)
FAR = ("travel_far", "travel", 3, 1500, None)
UPGRADE = ("upgrade_hose", "upgrade", 1, 9900, None)
SOFTWARE = ("software_setup", "software", 1, 5000, None)
CHEAPER = ("drain_pump", "part", 2, 16800, 15000)
DEARER = ("drain_pump", "part", 1, 16800, 20000)
SAME = ("drain_pump", "part", 1, 16800, 16800)

# name, price list, what differs from GIVEN, lines, (amount, rule) of each line, net, tax, total – worked out by hand.
HAND: list[tuple[str, str, Given, list[Row], list[tuple[int, str]], int, int, int]] = [
    ("nothing quoted", "cn", {}, [], [], 0, 0, 0),
    ("out of warranty, by the standard", "cn", {}, [PUMP, LABOUR, CALLOUT],
     [(16800, "N-OUT-06"), (12000, "N-OUT-06"), (3000, "N-OUT-06")], 28142, 3658, 31800),
    ("tax is added in Madrid", "es", {}, [PUMP], [(16800, "N-OUT-06")], 16800, 3528, 20328),
    ("in warranty nothing is charged", "cn", {"warranty": "in"}, [PUMP, LABOUR, CALLOUT],
     [(0, "N-COST-11"), (0, "N-COST-11"), (0, "N-COST-11")], 0, 0, 0),
    ("in warranty but misused", "cn", {"warranty": "in", "cause_chargeable": True}, [PUMP, CALLOUT],
     [(16800, "N-MISUSE-14"), (3000, "N-MISUSE-14")], 17522, 2278, 19800),
    ("misused, the certificate is cheaper", "es", {"warranty": "in", "cause_chargeable": True}, [CHEAPER],
     [(30000, "N-MISUSE-14")], 30000, 6300, 36300),
    ("out of warranty and misused is simply out", "es", {"cause_chargeable": True}, [PUMP],
     [(16800, "N-OUT-06")], 16800, 3528, 20328),
    ("the certificate is cheaper", "es", {}, [CHEAPER], [(30000, "N-LOW-08")], 30000, 6300, 36300),
    ("the certificate is dearer", "es", {}, [DEARER], [(16800, "N-LOW-08")], 16800, 3528, 20328),
    ("the certificate says the same", "es", {}, [SAME], [(16800, "N-OUT-06")], 16800, 3528, 20328),
    ("an unverified warranty is charged under its own rule", "es", {"warranty": "unverified"}, [PUMP],
     [(16800, "A-CHECK-06")], 16800, 3528, 20328),
    ("unverified, the certificate is cheaper", "es", {"warranty": "unverified"}, [CHEAPER],
     [(30000, "A-CHECK-06")], 30000, 6300, 36300),
    ("unverified but misused is not provisional", "es", {"warranty": "unverified", "cause_chargeable": True}, [PUMP],
     [(16800, "N-MISUSE-14")], 16800, 3528, 20328),
    ("an upgrade is charged in warranty", "es", {"warranty": "in"}, [PUMP, UPGRADE],
     [(0, "N-COST-11"), (9900, "N-UP-02")], 9900, 2079, 11979),
    ("an upgrade out of warranty", "es", {}, [UPGRADE], [(9900, "N-UP-02")], 9900, 2079, 11979),
    ("not repaired: only the journey", "es", {"repaired": False}, [PUMP, LABOUR, UPGRADE, CALLOUT],
     [(0, "H-QUOTE-05"), (0, "H-QUOTE-05"), (0, "H-QUOTE-05"), (3000, "N-OUT-06")], 3000, 630, 3630),
    ("not repaired in warranty: nothing", "es", {"repaired": False, "warranty": "in"}, [PUMP, CALLOUT],
     [(0, "H-QUOTE-05"), (0, "N-COST-11")], 0, 0, 0),
    ("software in the first month", "es", {"job_kind": "software", "months_since_install": 1}, [SOFTWARE, CALLOUT],
     [(0, "N-SOFT-04"), (0, "N-SOFT-04")], 0, 0, 0),
    ("software on the day of installation", "es", {"job_kind": "software", "months_since_install": 0}, [SOFTWARE],
     [(0, "N-SOFT-04")], 0, 0, 0),
    ("software in the second month, gap free", "es", {"job_kind": "software", "months_since_install": 2}, [SOFTWARE],
     [(0, "N-SOFT-05")], 0, 0, 0),
    ("software in the third month, gap free", "es", {"job_kind": "software", "months_since_install": 3},
     [SOFTWARE, LABOUR], [(0, "N-SOFT-05"), (0, "N-SOFT-05")], 0, 0, 0),
    ("software in the third month, gap charged", "es_gap", {"job_kind": "software", "months_since_install": 3},
     [SOFTWARE, CALLOUT], [(5000, "N-SOFT-05"), (3000, "N-SOFT-05")], 8000, 1680, 9680),
    ("software after three months, even in warranty", "es",
     {"job_kind": "software", "months_since_install": 4, "warranty": "in"}, [SOFTWARE, CALLOUT, PUMP],
     [(5000, "N-SOFT-05"), (3000, "N-SOFT-05"), (0, "N-COST-11")], 8000, 1680, 9680),
    ("software without an installation date follows the warranty", "es", {"job_kind": "software", "warranty": "in"},
     [SOFTWARE], [(0, "N-COST-11")], 0, 0, 0),
    ("software without a date, out of warranty", "es", {"job_kind": "software"}, [SOFTWARE],
     [(5000, "N-OUT-06")], 5000, 1050, 6050),
    ("a software line in a repair follows the months, the journey the warranty", "es", {"months_since_install": 1},
     [SOFTWARE, CALLOUT], [(0, "N-SOFT-04"), (3000, "N-OUT-06")], 3000, 630, 3630),
    ("an earlier repair answers", "es", {"repair_warranty": True}, [PUMP, LABOUR, CALLOUT],
     [(0, "Q-REWORK-09"), (0, "Q-REWORK-09"), (0, "Q-REWORK-09")], 0, 0, 0),
    ("an earlier repair does not answer for misuse", "es", {"repair_warranty": True, "cause_chargeable": True}, [PUMP],
     [(16800, "N-MISUSE-14")], 16800, 3528, 20328),
    ("an upgrade beside rework", "es", {"repair_warranty": True}, [PUMP, UPGRADE],
     [(0, "Q-REWORK-09"), (9900, "N-UP-02")], 9900, 2079, 11979),
    ("a long way to an installation in warranty", "es", {"job_kind": "installation", "warranty": "in"}, [FAR, LABOUR],
     [(4500, "C-INST-18"), (0, "N-COST-11")], 4500, 945, 5445),
    ("a long way to a repair in warranty", "es", {"warranty": "in"}, [FAR], [(0, "N-COST-11")], 0, 0, 0),
    ("tax once on the sum, half up", "es", {}, [("a", "part", 1, 50, None), ("b", "part", 1, 50, None)],
     [(50, "N-OUT-06"), (50, "N-OUT-06")], 100, 21, 121),  # per line it would be 11 + 11
    ("half a yen of tax goes up", "jp", {}, [("a", "part", 1, 5, None)], [(5, "N-OUT-06")], 5, 1, 6),
    ("less than half goes down", "jp", {}, [("a", "part", 1, 4, None)], [(4, "N-OUT-06")], 4, 0, 4),
    ("no tax at all", "free_zone", {}, [PUMP], [(16800, "N-OUT-06")], 16800, 0, 16800),
    ("a free item of the list", "es", {}, [("gift", "part", 5, 0, None)], [(0, "N-OUT-06")], 0, 0, 0),
    ("a certificate that says free", "es", {}, [("drain_pump", "part", 1, 16800, 0)], [(0, "N-LOW-08")], 0, 0, 0),
    ("the centre waives", "es", {"ruling": {"kind": "waive"}}, [PUMP, CALLOUT],
     [(0, "N-WAIVE-09"), (0, "N-WAIVE-09")], 0, 0, 0),
    ("a waived fee keeps the reason of what was free anyway", "es", {"warranty": "in", "ruling": {"kind": "waive"}},
     [PUMP, UPGRADE], [(0, "N-COST-11"), (0, "N-WAIVE-09")], 0, 0, 0),
    ("the centre reduces to a total", "es", {"ruling": {"kind": "reduce_to", "amount": 12100}}, [PUMP],
     [(16800, "N-OUT-06")], 10000, 2100, 12100),
    ("the centre reduces, tax included", "cn", {"ruling": {"kind": "reduce_to", "amount": 11300}}, [PUMP],
     [(16800, "N-OUT-06")], 10000, 1300, 11300),
    ("a ruling never raises", "es", {"ruling": {"kind": "reduce_to", "amount": 99999}}, [PUMP],
     [(16800, "N-OUT-06")], 16800, 3528, 20328),
    ("reduced to nothing is waived", "es", {"ruling": {"kind": "reduce_to", "amount": 0}}, [PUMP],
     [(0, "N-WAIVE-09")], 0, 0, 0),
]  # fmt: skip

# name, what differs, lines, (code, line's key, rule)
REFUSED: list[tuple[str, Given, list[Row], tuple[str, str, str]]] = [
    ("credit for the old part", {}, [PUMP, ("drain_pump", "part", 1, -2000, None)],
     ("negative_money", "2", "N-OLD-03")),
    ("a negative certificate price", {}, [("drain_pump", "part", 1, 16800, -1)], ("negative_money", "1", "N-OLD-03")),
    ("a kind of its own for old parts", {}, [("old_pump", "old_part", 1, 2000, None)], ("unknown_kind", "1", "")),
    ("half a coin", {}, [("drain_pump", "part", 1, 16800.5, None)], ("not_whole", "1", "")),
    ("none of it", {}, [("drain_pump", "part", 0, 16800, None)], ("quantity", "1", "")),
    ("minus one of it", {}, [("drain_pump", "part", -1, 16800, None)], ("quantity", "1", "")),
    ("more than anyone carries", {}, [("drain_pump", "part", 1000, 16800, None)], ("quantity", "1", "")),
    ("half of it", {}, [("drain_pump", "part", 0.5, 16800, None)], ("quantity", "1", "")),
    ("a sum beyond reason", {}, [("drain_pump", "part", 999, 10**9, None)], ("sum_too_large", "", "")),
    ("a warranty of no such kind", {"warranty": "maybe"}, [PUMP], ("unknown_warranty", "", "")),
    ("an engineer's discount", {"ruling": {"kind": "discount", "amount": 5}}, [PUMP],
     ("unknown_ruling", "", "N-WAIVE-09")),
    ("reduced below nothing", {"ruling": {"kind": "reduce_to", "amount": -1}}, [PUMP],
     ("negative_money", "", "N-WAIVE-09")),
    ("reduced to half a coin", {"ruling": {"kind": "reduce_to", "amount": 0.5}}, [PUMP],
     ("not_whole", "", "N-WAIVE-09")),
    ("reduced to nobody knows what", {"ruling": {"kind": "reduce_to"}}, [PUMP], ("not_whole", "", "N-WAIVE-09")),
]  # fmt: skip

# name, JSON text, its canonical form – written by hand. JSON text, because some hosts cannot hold a lone surrogate.
SEALS = [
    ("nothing", "null", "null"),
    ("an empty record", "{}", "{}"),
    ("keys are sorted", '{"b":1,"a":2,"A":3,"10":4,"9":5}', '{"10":4,"9":5,"A":3,"a":2,"b":1}'),
    ("at every depth", '{"z":{"y":[{"d":1,"c":2}]}}', '{"z":{"y":[{"c":2,"d":1}]}}'),
    ("lists keep their order", "[3, 1, 2]", "[3,1,2]"),
    ("truth is no number", '{"t":true,"f":false,"n":null,"one":1,"zero":0}',
     '{"f":false,"n":null,"one":1,"t":true,"zero":0}'),
    ("the largest integers", "[9007199254740991,-9007199254740991]", "[9007199254740991,-9007199254740991]"),
    ("a composed and a decomposed é are one", '{"name":"Jose\\u0301"}', '{"name":"José"}'),
    ("keys are composed too", '{"cafe\\u0301":1}', '{"café":1}'),
    ("Hangul is composed", '"\\u1112\\u1161\\u11ab"', '"한"'),
    ("CJK compatibility characters become the plain ones", '"\\uf900"', '"豈"'),
    ("full width stays", '"ＡＢＣ１２３"', '"ＡＢＣ１２３"'),
    ("Chinese of three kinds", '{"cause":"排水泵堵塞","原因":"排水泵堵塞","rare":"𠮷㛃堃喆"}',
     '{"cause":"排水泵堵塞","rare":"𠮷㛃堃喆","原因":"排水泵堵塞"}'),
    ("keys sort by UTF-16 unit", '{"\\uff21":1,"\\ud842\\udfb7":2,"z":3}', '{"z":3,"𠮷":2,"Ａ":1}'),
    ("emoji", '"👍🏽"', '"👍🏽"'),
    ("controls are escaped, the short way where there is one", '"\\u0000\\u0008\\t\\n\\u000b\\f\\r\\u001f\\u007f"',
     '"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\x7f"'),
    ("quotes, strokes and the slash", '"\\"\\\\\\/"', '"\\"\\\\/"'),
    ("line separators stay as they are", '"\\u2028\\u2029"', '"\u2028\u2029"'),
    ("times are the text they were given as", '{"at":"2026-11-22T09:05:00+08:00"}',
     '{"at":"2026-11-22T09:05:00+08:00"}'),
    ("a small slip",
     ('{"v":1,"ref":"HZ1-261122-0007","fee":{"total":31800,"currency":"CNY","net":28142,"tax":3658},'
      '"take_back":null,"lines":[{"qty":1,"item":"drain_pump","name":{"zh_Hans":"排水泵","en":"Drain pump"}}]}'),
     ('{"fee":{"currency":"CNY","net":28142,"tax":3658,"total":31800},"lines":[{"item":"drain_pump","name":'
      '{"en":"Drain pump","zh_Hans":"排水泵"},"qty":1}],"ref":"HZ1-261122-0007","take_back":null,"v":1}')),
]  # fmt: skip
UNSEALABLE = [
    ("a float", '{"fee":{"total":1.5}}', "float", "fee.total"),
    ("an integer JavaScript cannot hold", "[9007199254740992]", "integer_too_large", "0"),
    ("the same below zero", '{"a":[0,-9007199254740992]}', "integer_too_large", "a.1"),
    ("half a character", '{"a":"\\ud842"}', "lone_surrogate", "a"),
    ("the other half", '{"a":["\\udfb7x"]}', "lone_surrogate", "a.0"),
    ("half a character in a key", '{"\\ud842":1}', "lone_surrogate", ""),
    ("two keys that look alike", '{"\\u00e9":1,"e\\u0301":2}', "key_twice", "é"),
]
# typed, read
TYPED = [
    ("7K3M-9QX2", "7K3M-9QX2"),
    ("7k3m9qx2", "7K3M-9QX2"),
    (" 7k3m 9qx2 ", "7K3M-9QX2"),
    ("OIL0-1111", "0110-1111"),
    ("oil01111", "0110-1111"),
    ("UUUU-0000", None),
    ("7K3M-9QX", None),
    ("7K3M-9QX22", None),
    ("", None),
]


def main() -> None:
    VECTORS.mkdir(parents=True, exist_ok=True)
    for name, text in texts().items():
        (VECTORS / f"{name}.json").write_text(text, encoding="utf-8")
        print(f"tests/vectors/{name}.json  {len(text) // 1024} KB")


def texts() -> dict[str, str]:
    """The whole of each file by its name."""
    played = [vector_walks.brief(vector_walks.played(seed).case()) for seed in WALKS]
    signed = [
        *(vector_walks.played(seed) for seed in SLIPS),
        vector_faults.networked(),
        vector_faults.returned(),
    ]
    slips = [vector_values.slip(one) for one in signed]
    return {
        "fee": fee_text(),
        "seal": seal_text(),
        "walk": _text({}, {"walks": played}),
        "content": _text({}, {"walks": slips}),
        "steps": _text({}, {"walks": vector_faults.found(), "forms": vector_values.entered()}),
        "clock": _text({}, {"cases": vector_values.readings(300)}),
    }


def fee_text() -> str:
    """The whole of fee.json; a case that answers otherwise than its hand-made figures stops it."""
    cases = [_by_hand(*row) for row in HAND] + [_refused(*row) for row in REFUSED] + drawn(DRAWN)
    names = [case["name"] for case in cases]
    assert len(names) == len(set(names)), "two cases of one name"
    return _text({"rule_table": fee.TABLE_HASH, "price_lists": PRICE_LISTS}, {"cases": cases})


def seal_text() -> str:
    """The whole of seal.json. What is sealed stands as JSON text, to be parsed by the reader under test."""
    cases = []
    for name, text, canonical in SEALS:
        content = json.loads(text)
        assert seal.canonical(content) == canonical, (name, seal.canonical(content))
        digest = seal.digest(content)
        cases.append(
            {
                "name": name,
                "json": text,
                "canonical": canonical,
                "digest": digest,
                "code": seal.short_code(digest),
            }
        )
    refused = [
        {"name": n, "json": t, "error": {"code": code, "path": path}} for n, t, code, path in UNSEALABLE
    ]
    typed = [{"typed": given, "read": read} for given, read in TYPED]
    return _text({}, {"cases": cases, "refused": refused, "typed": typed})


def price_list(name: str) -> PriceList:
    """A list of nothing but what decides a fee."""
    return PriceList(
        id=name,
        hash="",
        holds_from=date(2026, 11, 1),
        items={},
        product_warranty_months={},
        **PRICE_LISTS[name],
    )


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """What Python makes of a case: {"expect": …} or {"error": …}."""
    lines = [fee.Line(**line) for line in case["lines"]]
    try:
        found = fee.compute(lines, price_list=price_list(case["price_list"]), **case["given"])
    except fee.FeeError as error:
        return {"error": {"code": error.code, "line": error.line, "rule": error.rule}}
    charges = [
        {key: getattr(charge, key) for key in ("key", "applied", "amount", "rule")}
        for charge in found.charges
    ]
    figures = {key: getattr(found, key) for key in ("net", "tax", "total", "currency", "reduction")}
    return {
        "expect": {
            "charges": charges,
            **figures,
            "chargeable": found.chargeable,
            "provisional": found.provisional,
        }
    }


def _by_hand(
    name: str,
    price_list: str,
    differs: Given,
    lines: list[Row],
    charges: list[tuple[int, str]],
    net: int,
    tax: int,
    total: int,
) -> dict[str, Any]:
    case = _case(name, price_list, {**GIVEN, **differs}, lines)
    found = answer(case).get("expect")
    assert found, (name, answer(case))
    assert [(charge["amount"], charge["rule"]) for charge in found["charges"]] == charges, (name, found)
    assert (found["net"], found["tax"], found["total"]) == (net, tax, total), (name, found)
    return {**case, "expect": found}


def _refused(name: str, differs: Given, lines: list[Row], error: tuple[str, str, str]) -> dict[str, Any]:
    case = _case(name, "es", {**GIVEN, **differs}, lines)
    assert answer(case) == {"error": dict(zip(("code", "line", "rule"), error, strict=True))}, (
        name,
        answer(case),
    )
    return {**case, **answer(case)}


def drawn(count: int, seed: int = SEED) -> list[dict[str, Any]]:
    """So many random fees with what Python says of them."""
    draw = random.Random(seed)
    cases = []
    for number in range(1, count + 1):
        given = {
            "warranty": draw.choice(fee.WARRANTIES),
            "cause_chargeable": draw.random() < 0.25,
            "job_kind": draw.choice(
                ["repair", "repair", "software", "installation", "commissioning", "maintenance"]
            ),
            "months_since_install": draw.choice([None, 0, 1, 2, 3, 4, 12]),
            "repaired": draw.random() < 0.8,
            "repair_warranty": draw.random() < 0.15,
            "ruling": draw.choice(
                [None] * 6 + [{"kind": "waive"}, {"kind": "reduce_to", "amount": draw.randrange(9999)}]
            ),
        }
        lines = [_line(draw) for _ in range(draw.randrange(1, 6))]
        case = _case(f"drawn {number}", draw.choice(sorted(PRICE_LISTS)), given, lines)
        cases.append({**case, **answer(case)})
    return cases


def _line(draw: random.Random) -> Row:
    kind = draw.choice(KINDS)
    standard = draw.choice(
        [0, 1, draw.randrange(1, 100), draw.randrange(100, 100_000), draw.randrange(10**8)]
    )
    certificate = draw.choice([None, None, None, standard, standard + draw.randrange(99), standard * 3 // 4])
    item = "travel_far" if kind == "travel" and draw.random() < 0.5 else f"any_{kind}"
    return item, kind, draw.choice([1, 1, 1, 2, 3, 7, 40]), standard, certificate


def _case(name: str, price_list: str, given: Given, lines: list[Row]) -> dict[str, Any]:
    made = [asdict(fee.Line(str(number), *line)) for number, line in enumerate(lines, 1)]
    return {"name": name, "price_list": price_list, "given": given, "lines": made}


def _text(head: dict[str, Any], lists: dict[str, list[dict[str, Any]]]) -> str:
    """JSON with one case a line, so that a change reads well in a diff."""
    parts = [f"{json.dumps(key)}: {_line_of(value)}" for key, value in head.items()]
    parts += [
        f"{json.dumps(k)}: [\n{','.join(chr(10) + _line_of(row) for row in v)[1:]}\n]"
        for k, v in lists.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _line_of(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(", ", ": "))


if __name__ == "__main__":
    main()
