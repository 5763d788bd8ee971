"""How money is written on pages and papers: in figures by language and currency, and in words; nothing about fees.

All amounts are whole minor units (fen, cents). Word forms: Chinese capital numerals (大写), English, Spanish.
"""

from collections.abc import Callable
from dataclasses import dataclass

NBSP = "\u00a0"
LARGEST = 10**15  # in major units; beyond it nothing on a repair slip is an amount


@dataclass(frozen=True)
class Currency:
    """`digits` of the minor unit; names in English and Spanish as (one, many) of major and minor unit."""

    symbol: str
    digits: int
    english: tuple[str, str, str, str]
    spanish: tuple[str, str, str, str]
    feminine: bool = False  # Spanish: una libra, doscientas libras
    feminine_minor: bool = False


CURRENCIES: dict[str, Currency] = {
    "CNY": Currency("¥", 2, ("yuan", "yuan", "fen", "fen"), ("yuan", "yuanes", "fen", "fenes")),
    "TWD": Currency("NT$", 2, ("Taiwan dollar", "Taiwan dollars", "cent", "cents"),
                    ("dólar taiwanés", "dólares taiwaneses", "centavo", "centavos")),
    "HKD": Currency("HK$", 2, ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
                    ("dólar de Hong Kong", "dólares de Hong Kong", "centavo", "centavos")),
    "SGD": Currency("S$", 2, ("Singapore dollar", "Singapore dollars", "cent", "cents"),
                    ("dólar de Singapur", "dólares de Singapur", "centavo", "centavos")),
    "EUR": Currency("€", 2, ("euro", "euros", "cent", "cents"), ("euro", "euros", "céntimo", "céntimos")),
    "USD": Currency("US$", 2, ("US dollar", "US dollars", "cent", "cents"),
                    ("dólar estadounidense", "dólares estadounidenses", "centavo", "centavos")),
    "GBP": Currency("£", 2, ("pound", "pounds", "penny", "pence"),
                    ("libra esterlina", "libras esterlinas", "penique", "peniques"), feminine=True),
    "MXN": Currency("MX$", 2, ("Mexican peso", "Mexican pesos", "centavo", "centavos"),
                    ("peso mexicano", "pesos mexicanos", "centavo", "centavos")),
    "JPY": Currency("JP¥", 0, ("yen", "yen", "", ""), ("yen", "yenes", "", "")),
    "CLP": Currency("CLP$", 0, ("Chilean peso", "Chilean pesos", "", ""), ("peso chileno", "pesos chilenos", "", "")),
}  # fmt: skip


def currency(code: str) -> Currency:
    """The currency of a three-letter code; an unknown one is written with its code and two digits."""
    return CURRENCIES.get(code) or Currency(code, 2, (code, code, "", ""), (code, code, "", ""))


def figures(minor: int, code: str, language: str) -> str:
    """`16800` CNY is `168.00` in English and Chinese, `168,00` in Spanish; thousands are grouped, no symbol."""
    digits = currency(code).digits
    comma = language == "es"
    whole, rest = divmod(abs(minor), 10**digits)
    grouped = f"{whole:,}"
    if comma:
        # Spanish spelling groups only from five digits on, with a space that does not break.
        grouped = grouped.replace(",", NBSP) if whole >= 10_000 else str(whole)
    text = f"{grouped}{',' if comma else '.'}{rest:0{digits}d}" if digits else grouped
    return f"\u2212{text}" if minor < 0 else text


def money(minor: int, code: str, language: str) -> str:
    """With the symbol where the language puts it: `¥168.00`, `168,00 €`."""
    symbol, text = currency(code).symbol, figures(minor, code, language)
    if language == "es":
        return f"{text}{NBSP}{symbol}"
    joined = symbol + (NBSP if symbol[-1].isalpha() else "")
    return f"\u2212{joined}{text[1:]}" if minor < 0 else f"{joined}{text}"


def in_words(minor: int, code: str, language: str) -> str:
    """The amount in words of the language. Raises ValueError for a negative or absurd amount."""
    unit = currency(code)
    whole, rest = divmod(minor, 10**unit.digits)
    if minor < 0 or whole >= LARGEST:
        raise ValueError(f"no amount in words for {minor}")
    return WORDS[language](whole, rest, code)


# --- Chinese

HANS = ("零壹贰叁肆伍陆柒捌玖", "万", "亿")
HANT = ("零壹貳參肆伍陸柒捌玖", "萬", "億")
CHINESE_NAMES = {  # what stands before the capital numerals, when it is not the people's currency
    "zh_Hans": {"CNY": "", "TWD": "新台币", "HKD": "港币", "SGD": "新加坡元", "EUR": "欧元", "USD": "美元", "GBP": "英镑",
                "MXN": "墨西哥比索", "JPY": "日元", "CLP": "智利比索"},
    "zh_Hant": {"CNY": "人民幣", "TWD": "新臺幣", "HKD": "港幣", "SGD": "新加坡元", "EUR": "歐元", "USD": "美元", "GBP": "英鎊",
                "MXN": "墨西哥披索", "JPY": "日圓", "CLP": "智利披索"},
}  # fmt: skip


def _hans(whole: int, rest: int, code: str) -> str:
    return CHINESE_NAMES["zh_Hans"].get(code, code) + _capital(whole, rest, currency(code).digits, HANS, "元")


def _hant(whole: int, rest: int, code: str) -> str:
    return CHINESE_NAMES["zh_Hant"].get(code, code) + _capital(whole, rest, currency(code).digits, HANT, "元")


def _capital(whole: int, rest: int, digits: int, script: tuple[str, str, str], yuan: str) -> str:
    """Capital numerals by the rules for cheques: 零 for a gap, 整 when there is no fen."""
    numerals = script[0]
    jiao, fen = divmod(rest, 10) if digits == 2 else (0, 0)
    text = f"{_chinese(whole, script)}{yuan}" if whole or not rest else ""
    if not jiao and not fen:
        return text + "整"
    if jiao:
        text += ("零" if whole and whole % 10 == 0 else "") + f"{numerals[jiao]}角"
    elif whole:
        text += "零"
    return text + (f"{numerals[fen]}分" if fen else "整")


def _chinese(number: int, script: tuple[str, str, str]) -> str:
    numerals, ten_thousand, hundred_million = script
    if number < 10_000:
        return _chinese_group(number, numerals)
    size, name = (10**8, hundred_million) if number >= 10**8 else (10**4, ten_thousand)
    high, low = divmod(number, size)
    text = _chinese(high, script) + name
    if not low:
        return text
    # A gap below, or a zero above the gap, is said once.
    gap = low < size // 10 or high % 10 == 0
    return text + ("零" if gap else "") + _chinese(low, script)


def _chinese_group(number: int, numerals: str) -> str:
    if number == 0:
        return numerals[0]
    text, gap = "", False
    for value, name in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit, number = divmod(number, value)
        if digit:
            text += ("零" if gap and text else "") + numerals[digit] + name
            gap = False
        else:
            gap = True
    return text


# --- English

ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ["x", "x", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def _english(whole: int, rest: int, code: str) -> str:
    one, many, minor_one, minor_many = currency(code).english
    text = f"{_english_number(whole)} {one if whole == 1 else many}"
    if rest and minor_one:
        text += f" and {_english_number(rest)} {minor_one if rest == 1 else minor_many}"
    elif rest:
        text += f" and {rest}/100"
    return _capitalised(text) + ("" if rest else " only")


def _english_number(number: int) -> str:
    for size, name in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand")):
        if number >= size:
            high, low = divmod(number, size)
            return f"{_english_number(high)} {name}" + (_english_rest(low) if low else "")
    if number >= 100:
        high, low = divmod(number, 100)
        return f"{ONES[high]} hundred" + (f" and {_english_number(low)}" if low else "")
    if number >= 20:
        return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")
    return ONES[number]


def _english_rest(low: int) -> str:
    return (" and " if low < 100 else " ") + _english_number(low)


# --- Spanish

UNITS = (
    "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once",
    "doce", "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte",
    "veintiuno", "veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete",
    "veintiocho", "veintinueve",
)  # fmt: skip
DECADES = ["x", "x", "x", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
HUNDREDS = (
    "x", "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos", "setecientos",
    "ochocientos", "novecientos",
)  # fmt: skip


def _spanish(whole: int, rest: int, code: str) -> str:
    unit = currency(code)
    one, many, minor_one, minor_many = unit.spanish
    linked = " de" if whole >= 10**6 and whole % 10**6 == 0 else ""  # un millón de euros
    text = f"{_spanish_number(whole, unit.feminine)}{linked} {one if whole == 1 else many}"
    if rest and minor_one:
        text += f" con {_spanish_number(rest, unit.feminine_minor)} {minor_one if rest == 1 else minor_many}"
    elif rest:
        text += f" con {rest}/100"
    return _capitalised(text)


def _spanish_number(number: int, feminine: bool = False) -> str:
    """The form that stands before a noun: un euro, veintiún euros, una libra."""
    if number >= 10**6:
        size, one, many = (
            (10**12, "billón", "billones") if number >= 10**12 else (10**6, "millón", "millones")
        )
        high, low = divmod(number, size)
        text = f"un {one}" if high == 1 else f"{_spanish_number(high)} {many}"
        return text + (f" {_spanish_number(low, feminine)}" if low else "")
    if number >= 1000:
        high, low = divmod(number, 1000)
        text = "mil" if high == 1 else f"{_spanish_number(high, feminine)} mil"
        return text + (f" {_spanish_number(low, feminine)}" if low else "")
    return _spanish_group(number, feminine)


def _spanish_group(number: int, feminine: bool) -> str:
    if number == 100:
        return "cien"
    high, low = divmod(number, 100)
    words = []
    if high:
        words.append(HUNDREDS[high][:-2] + "as" if feminine and high > 1 else HUNDREDS[high])
    if low or not high:
        words.append(_spanish_small(low, feminine))
    return " ".join(words)


def _spanish_small(number: int, feminine: bool) -> str:
    if number >= 30:
        tens, ones = divmod(number, 10)
        return DECADES[tens] + (f" y {_spanish_small(ones, feminine)}" if ones else "")
    if number == 1:
        return "una" if feminine else "un"
    if number == 21:
        return "veintiuna" if feminine else "veintiún"
    return UNITS[number]


def _capitalised(text: str) -> str:
    return text[0].upper() + text[1:]


WORDS: dict[str, Callable[[int, int, str], str]] = {
    "en": _english, "zh_Hans": _hans, "zh_Hant": _hant, "es": _spanish,
}  # fmt: skip
