"""A table of work orders as spreadsheets save it: bytes become lines of cells. What a cell may say is `intake`'s.

Headings and the words of closed lists are understood in the four languages, and dates as people write them.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache

from app.domain.intake import clock
from app.domain.paper import wording
from app.domain.text import clean_line
from app.domain.vocabulary import APPLIANCE_KINDS, JOB_KINDS, LANGUAGES, URGENCIES

# The first of each is what the sample file uses.
HEADINGS = {
    "name": (
        "name",
        "customer",
        "customer name",
        "客户",
        "客户姓名",
        "姓名",
        "客戶",
        "客戶姓名",
        "cliente",
        "nombre",
    ),
    "phone": (
        "phone",
        "telephone",
        "mobile",
        "电话",
        "手机",
        "联系电话",
        "電話",
        "手機",
        "teléfono",
        "telefono",
    ),
    "phone2": ("phone2", "second phone", "备用电话", "備用電話", "teléfono 2"),
    "address": ("address", "地址", "住址", "dirección", "direccion"),
    "language": ("language", "语言", "語言", "idioma"),
    "appliance_kind": (
        "appliance",
        "product",
        "产品",
        "电器",
        "家电",
        "品类",
        "產品",
        "電器",
        "家電",
        "aparato",
        "producto",
    ),
    "brand": ("brand", "品牌", "marca"),
    "model": ("model", "型号", "型號", "modelo"),
    "serial": (
        "serial",
        "serial no",
        "serial number",
        "机号",
        "序列号",
        "机身编码",
        "機號",
        "序號",
        "機身號碼",
        "n.º de serie",
        "serie",
    ),
    "purchase_date": ("purchased", "purchase date", "购买日期", "購買日期", "fecha de compra", "comprado"),
    "kind": ("job", "job kind", "类型", "服务类型", "類型", "服務類型", "trabajo", "tipo"),
    "symptom": ("symptom", "fault", "故障", "故障现象", "故障現象", "avería", "averia", "síntoma"),
    "request": ("request", "note", "要求", "客户要求", "备注", "客戶要求", "備註", "petición", "nota"),
    "urgency": ("urgency", "紧急程度", "緊急程度", "urgencia"),
    "day": ("date", "day", "日期", "上门日期", "上門日期", "fecha"),
    "from": ("from", "start", "开始", "开始时间", "時間起", "開始", "desde", "hora"),
    "to": ("to", "end", "until", "结束", "结束时间", "結束", "hasta"),
    "engineer": ("engineer", "工程师", "服务工程师", "工程師", "técnico", "tecnico"),
}
NEEDED = ("name", "phone", "address", "appliance_kind", "symptom", "day", "from")
WORDS = {
    "repair": ("维修", "修理", "維修", "reparación"),
    "installation": ("安装", "安裝", "instalación"),
    "commissioning": ("start-up and setting", "调试", "調試", "puesta en marcha"),
    "maintenance": ("保养", "保養", "mantenimiento"),
    "guidance": ("help with use", "使用指导", "使用指導", "asesoramiento", "ayuda de uso"),
    "software": ("软件", "軟體", "软件服务"),
    "take_in": ("fetch for the workshop", "送修", "拉修", "取回維修", "取回维修", "retirada a taller"),
    "return": ("bring back", "送回", "devolución", "entrega tras taller"),
    "normal": ("普通", "一般", "normal"),
    "urgent": ("紧急", "緊急", "urgente"),
    "emergency": ("特急", "应急", "應急", "emergencia"),
}
DATES = (
    (re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"), (1, 2, 3)),
    (re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"), (3, 2, 1)),  # 23/11/2026: the day first
)
USUAL_SLOT_MINUTES = 75
CELL_LIMIT = 4_000

Cells = dict[str, str]


class Unreadable(ValueError):
    """A file that holds no table: `code` says why; `columns` are the fields that no heading names."""

    def __init__(self, code: str, columns: tuple[str, ...] = ()):
        super().__init__(code)
        self.code, self.columns = code, columns


def decoded(data: bytes | str, limit: int) -> str:
    """The text of a file: UTF-8 or UTF-16 by its mark, UTF-8, else what Chinese or Spanish spreadsheets write."""
    if isinstance(data, str):
        if len(data.encode("utf-8", "replace")) > limit:
            raise Unreadable("too_large_a_file")
        return data.removeprefix("\ufeff")
    if len(data) > limit:
        raise Unreadable("too_large_a_file")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = (
            ["utf-8-sig", "cp1252", "gb18030"] if _stands_alone(data) else ["utf-8-sig", "gb18030", "cp1252"]
        )
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("unknown_signs")


def read(text: str, limit: int, today: date) -> tuple[dict[str, str], list[tuple[int, Cells]]]:
    """The headings by field as they stand in the file, and each line's number with its cells by field.

    A date may be given as +1 for tomorrow, counted from `today`.
    """
    if not text.strip():
        raise Unreadable("empty")
    lines = _lines(text)
    _, first = next(lines, (1, [""]))
    fields = [_field(cell) for cell in first]
    missing = tuple(name for name in NEEDED if name not in fields)
    if missing:
        raise Unreadable("missing_columns", missing)
    rows: list[tuple[int, Cells]] = []
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) == limit:
            raise Unreadable("too_many_lines")
        found = {field: cell for field, cell in zip(fields, cells, strict=False) if field}
        rows.append((number, _understood(found, today)))
    if not rows:
        raise Unreadable("empty")
    return {field: clean_line(cell, 40) for field, cell in zip(fields, first, strict=True) if field}, rows


def day(typed: str, today: date) -> str:
    """2026/11/23, 2026年11月23日, 23/11/2026 or +1 (tomorrow) as an ISO date; anything else as it was typed."""
    if ahead := re.fullmatch(r"\+(\d{1,3})", typed.strip()):
        return (today + timedelta(days=int(ahead[1]))).isoformat()
    bare = typed.strip().removesuffix(" 00:00:00")
    for pattern, (year, month, number) in DATES:
        if match := pattern.fullmatch(bare):
            return f"{match[year]}-{int(match[month]):02d}-{int(match[number]):02d}"
    return bare


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of the line on which it begins."""
    heading = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=separator)
    begins = 1
    try:
        for cells in reader:
            if any(len(cell) > CELL_LIMIT for cell in cells):
                raise Unreadable("not_a_table")
            if cells:
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        raise Unreadable("not_a_table") from None


def _field(heading: str) -> str:
    bare = clean_line(heading, 60).lower().strip(" *:：")
    return next((field for field, names in HEADINGS.items() if bare == field or bare in names), "")


def _understood(cells: Cells, today: date) -> Cells:
    """The cells with closed words as codes, dates as ISO and a slot's end."""
    found = {field: cell.strip().removeprefix("'") for field, cell in cells.items()}
    for field, known in _known_words().items():
        if field in found:
            found[field] = known.get(found[field].lower(), found[field])
    for field in ("day", "purchase_date"):
        if field in found:
            found[field] = day(found[field], today)
    begins, dash, ends = re.sub("[–—~～至]", "-", found.get("from", "")).partition("-")
    if dash and not found.get("to"):
        found["from"], found["to"] = begins.strip(), ends.strip()
    start = clock(found.get("from", ""))
    if start and not found.get("to"):
        minutes = start.hour * 60 + start.minute + USUAL_SLOT_MINUTES
        found["to"] = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return found


@cache
def _known_words() -> Mapping[str, Mapping[str, str]]:
    """Field → word in lower case → code."""
    appliances = {
        word.lower(): code
        for language in LANGUAGES
        for code, word in wording.words(language)["appliance"].items()
        if code in APPLIANCE_KINDS
    }
    kinds = {word: code for code in JOB_KINDS for word in (code, *WORDS[code])}
    urgencies = {word: code for code in URGENCIES for word in (code, *WORDS[code])}
    languages = {
        "en": "en", "english": "en", "英文": "en", "inglés": "en", "zh-hans": "zh_Hans", "简体中文": "zh_Hans",
        "中文": "zh_Hans", "chino": "zh_Hans", "zh-hant": "zh_Hant", "繁體中文": "zh_Hant", "zh_hans": "zh_Hans",
        "zh_hant": "zh_Hant", "es": "es", "español": "es", "spanish": "es", "西班牙文": "es", "chinese": "zh_Hans",
    }  # fmt: skip
    return {"appliance_kind": appliances, "kind": kinds, "urgency": urgencies, "language": languages}


def _stands_alone(data: bytes) -> bool:
    """Whether signs beyond ASCII come one by one, as in European files; in Chinese ones they come in pairs."""
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", data[:200_000])]
    return bool(runs) and sum(1 for length in runs if length == 1) * 2 > len(runs)
