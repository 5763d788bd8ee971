"""The demo's data: outlets, people, loaners and jobs, as values. How they are put on a day is `demonstrating`'s.

Names, addresses and numbers are invented; each job leads down another branch of the norm.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OUTLETS: list[dict[str, Any]] = [
    {
        "code": "HZ1", "name": "清源家电 滨江路服务网点", "address": "杭州市滨江区滨江路 68 号", "phone": "+8657155500153",
        "complaint_phone": "+8657155500199", "country": "CN", "timezone": "Asia/Shanghai", "currency": "CNY",
        "language": "zh_Hans", "languages": ["zh_Hans", "zh_Hant", "en", "es"], "protocol": "maker-2026-11",
        "price_list": "hangzhou-2026-11",
    },
    {
        "code": "MD1", "name": "Electroservicio Lavapiés", "address": "Calle del Olmo 14, 28012 Madrid",
        "phone": "+34915550153", "complaint_phone": "+34915550199", "country": "ES", "timezone": "Europe/Madrid",
        "currency": "EUR", "language": "es", "languages": ["es", "en", "zh_Hans", "zh_Hant"],
        "protocol": "maker-2026-11", "price_list": "madrid-2026-11",
    },
]  # fmt: skip

# login, name, role, outlet, language, lead, telephone at work ('' for the outlet's)
PEOPLE: list[tuple[str, str, str, str, str, bool, str]] = [
    ("mei", "林美", "engineer", "HZ1", "en", False, "+8657155500161"),
    ("li", "李强", "engineer", "HZ1", "zh_Hans", False, "+8657155500162"),
    ("tom", "Tomás Rey", "engineer", "MD1", "es", False, "+34915550161"),
    ("ana", "Ana Wang", "dispatcher", "HZ1", "en", False, ""),
    ("wu", "吴敏", "centre", "HZ1", "en", True, ""),
    ("hao", "郝建国", "manager", "HZ1", "en", False, ""),
    ("tec", "Tec Chen", "technical", "HZ1", "en", False, ""),
    ("root", "Root", "admin", "HZ1", "en", True, ""),
]

LOANERS: list[tuple[str, str, str, str, str]] = [
    ("HZ1", "washing_machine", "Aurora", "WM-60L", "LN-HZ-0001"),
    ("HZ1", "refrigerator", "Aurora", "BCD-92L", "LN-HZ-0002"),
    ("HZ1", "television", "Kestrel", "TV-32L", "LN-HZ-0003"),
    ("MD1", "washing_machine", "Aurora", "WM-60L", "LN-MD-0001"),
]


@dataclass(frozen=True)
class Job:
    """One invented job. `at`: local time; `age_months`: since purchase, None when nobody knows."""

    key: str
    outlet: str
    engineer: str
    at: str
    customer: str
    phone: str
    address: str
    language: str
    kind: str
    brand: str
    model: str
    serial: str
    symptom: str
    codes: tuple[str, ...]
    age_months: int | None
    area: str = ""
    request: str = ""
    urgency: str = "normal"
    travel: int = 12


@dataclass(frozen=True)
class Play:
    """A finished visit: its job, the quoted lines, the answers that differ from the usual, a problem on the way."""

    job: Job
    lines: tuple[Any, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    problem: tuple[str, dict[str, Any]] | None = None


JOBS = [
    Job("warranty", "HZ1", "mei", "08:30", "陈静", "+8613800138001", "滨江区江南大道 1888 号翠苑小区 12 幢 2 单元 1203 室",
        "zh_Hans", "washing_machine", "Aurora", "WM-100S", "QYX2603-00918827", "脱水时异响，不排水", ("no_drain", "noise"), 8),
    Job("charged", "HZ1", "mei", "10:00", "Sarah Whitfield", "+8613800138002", "Harbour Road 12, Flat 5B, Binjiang",
        "en", "refrigerator", "Aurora", "BCD-216", "QYR2109-00417735", "Warm since Friday, ice melted", ("no_cooling",), 52),
    Job("take_back", "HZ1", "mei", "11:30", "歐陽曉雯", "+8613800138003", "滨江区浦沿路 88 号 3 幢 402 室",
        "zh_Hant", "television", "Kestrel", "TV-55Q", "KST2505-00002217", "開機沒有畫面，只有聲音", ("no_picture",), 17),
    Job("nobody", "HZ1", "mei", "13:30", "赵国庆", "+8613800138004", "滨江区长河街道 江边新村 7 幢 1 单元 301 室",
        "zh_Hans", "air_conditioner", "Borea", "KFR-35GW", "BOR2407-00110482", "不制冷，滴水", ("no_cooling", "leaks_water"), 28),
    Job("late", "HZ1", "mei", "14:45", "Lucía Fernández", "+8613800138005", "Jiangnan Avenue 300, Torre 2, 18C",
        "es", "dishwasher", "Kestrel", "DW-14", "KST2311-00733190", "No desagua, error E24", ("no_drain", "error_code"), 36),
    Job("refuses", "HZ1", "mei", "16:00", "孙丽华", "+8613800138006", "滨江区西兴路 510 号 9 幢 1601 室",
        "zh_Hans", "water_heater", "Borea", "WH-60E", "BOR2205-00091144", "不加热，跳闸", ("no_heating", "trips_breaker"), 30),
    Job("advised", "HZ1", "mei", "17:15", "Peter Lang", "+8613800138007", "Wentao Road 2288, 4-702",
        "en", "range_hood", "Borea", "RH-90", "BOR2601-00300127", "Display locked, does not react", ("controls",), 10),
    Job("li1", "HZ1", "li", "09:00", "何雪梅", "+8613800138008", "滨江区滨盛路 1509 号 5 幢 803 室",
        "zh_Hans", "oven", "Kestrel", "OV-60", "KST2404-00048820", "加热不均匀", ("no_heating",), 20),
    Job("li2", "HZ1", "li", "11:00", "马超", "+8613800138009", "滨江区闻涛路 777 号 2 幢 1102 室",
        "zh_Hans", "washing_machine", "Aurora", "WM-80T", "QYX2406-00088112", "门打不开", ("door_lock",), 29),
    Job("waiting", "HZ1", "", "15:00", "郑伟", "+8613800138010", "滨江区阡陌路 482 号 6 幢 602 室",
        "zh_Hans", "refrigerator", "Aurora", "BCD-320", "QYR2508-00200931", "冷藏室结冰", ("frost",), 14, urgency="urgent"),
    Job("tom1", "MD1", "tom", "09:30", "Carmen Ruiz", "+34600111222", "Calle de Argumosa 21, 3.º B, 28012 Madrid",
        "es", "washing_machine", "Aurora", "WM-90E", "QYX2301-00661203", "Pierde agua por la puerta", ("leaks_water",), 40),
    Job("tom2", "MD1", "tom", "12:00", "James O'Neill", "+34600111333", "Calle de Santa Isabel 8, 28012 Madrid",
        "en", "oven", "Kestrel", "OV-60", "KST2502-00012009", "Does not heat from below", ("no_heating",), 18),
]  # fmt: skip

FINISHED = [
    Play(
        Job("y_warranty", "HZ1", "mei", "09:00", "周晓燕", "+8613800138021", "滨江区江晖路 1772 号 3 幢 1501 室", "zh_Hans",
            "washing_machine", "Aurora", "WM-100S", "QYX2601-00311207", "漏水，地面有积水", ("leaks_water",), 9),
        lines=(("callout", 1), ("door_seal", 1), ("labour_medium", 1)),
        answers={
            "diagnose": {"fault": "leaks_water", "cause": "seal_worn", "basis": "invoice"},
            "repair": {"mode": "on_site", "measures": ["replaced_part", "cleaned"]},
        },
    ),
    Play(
        Job("y_charged", "HZ1", "mei", "10:30", "Daniel Brooks", "+8613800138022", "Wentao Road 1500, Tower 3, 2101", "en",
            "washing_machine", "Kestrel", "WM-70", "KST2012-00027715", "Does not drain, loud hum", ("no_drain", "noise"), 70),
        lines=(("callout", 1), ("drain_pump", 1, "150.00"), ("labour_medium", 1)),
        answers={
            "diagnose": {"fault": "no_drain", "cause": "pump_worn", "basis": "certificate",
                         "fault_text": "Pump blocked by a coin, blades broken"},
            "repair": {"mode": "on_site", "measures": ["replaced_part", "unblocked"]},
            "old_part": {"old_part": "left", "reason": "customer_keeps"},
            "pay": {"method": "wechat"},
        },
    ),
    Play(
        Job("y_taken", "HZ1", "mei", "13:30", "林佳穎", "+8613800138023", "滨江区月明路 560 号 8 幢 2204 室", "zh_Hant",
            "refrigerator", "Aurora", "BCD-216", "QYR2502-00117420", "冷藏室不冷，壓縮機一直運轉", ("no_cooling",), 9),
        lines=(("callout", 1),),
        answers={
            "diagnose": {"fault": "no_cooling", "cause": "not_found", "basis": "certificate"},
            "repair": {"mode": "take_back"},
            "take_back": {"condition": "左側門有一道 3 公分刮痕，其餘完好", "accessories": "2 片層架、製冰盒", "loaner": "2",
                          "loaner_condition": "完好，已清潔", "reason": "cause_not_found"},
        },
    ),
    Play(
        Job("y_declined", "HZ1", "mei", "15:30", "Rosa Medina", "+8613800138024", "Binsheng Road 1870, 6-1204", "es",
            "oven", "Kestrel", "OV-60", "KST2209-00015532", "No calienta", ("no_heating",), 38),
        lines=(("callout", 1),),
        answers={
            "diagnose": {"fault": "no_heating", "cause": "house_supply", "basis": "invoice"},
            "repair": {"mode": "no_fault"},
            "declined": {"reason": "wants_to_ask"},
            "rating": {},
            "pay": {"method": "cash"},
        },
    ),
    Play(
        Job("y_tom", "MD1", "tom", "10:00", "Elena Prieto", "+34600111444", "Calle de Embajadores 40, 1.º A, 28012 Madrid",
            "es", "dishwasher", "Kestrel", "DW-14", "KST2208-00044120", "No lava bien, ruido fuerte", ("noise",), 39),
        lines=(("callout", 1), ("dish_circulation_pump", 1), ("labour_medium", 1)),
        answers={
            "diagnose": {"fault": "noise", "cause": "pump_worn", "basis": "invoice"},
            "repair": {"mode": "on_site", "measures": ["replaced_part"]},
            "pay": {"method": "card"},
        },
    ),
]  # fmt: skip
