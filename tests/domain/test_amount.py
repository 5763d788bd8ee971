"""Money in figures and in words."""

import pytest

from app.domain import amount


@pytest.mark.parametrize(
    "minor, code, language, figures, money",
    [
        (16800, "CNY", "zh_Hans", "168.00", "¥168.00"),
        (16805, "CNY", "en", "168.05", "¥168.05"),
        (123456789, "CNY", "en", "1,234,567.89", "¥1,234,567.89"),
        (18120, "EUR", "es", "181,20", "181,20\u00a0€"),
        (123456, "EUR", "es", "1234,56", "1234,56\u00a0€"),
        (1234567, "EUR", "es", "12\u00a0345,67", "12\u00a0345,67\u00a0€"),
        (-500, "EUR", "en", "\u22125.00", "\u2212€5.00"),
        (0, "TWD", "zh_Hant", "0.00", "NT$0.00"),
        (1500, "JPY", "en", "1,500", "JP¥1,500"),
        (1500, "XYZ", "en", "15.00", "XYZ\u00a015.00"),
    ],
)
def test_figures_follow_language_and_currency(minor, code, language, figures, money):
    assert amount.figures(minor, code, language) == figures
    assert amount.money(minor, code, language) == money


@pytest.mark.parametrize(
    "minor, words",
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (5005, "伍拾元零伍分"),
        (5050, "伍拾元零伍角整"),
        (42000, "肆佰贰拾元整"),
        (10000, "壹佰元整"),
        (168050, "壹仟陆佰捌拾元零伍角整"),
        (168453, "壹仟陆佰捌拾肆元伍角叁分"),
        (100100, "壹仟零壹元整"),
        (10_000_00, "壹万元整"),
        (10_005_00, "壹万零伍元整"),
        (10_500_00, "壹万零伍佰元整"),
        (100_500_00, "壹拾万零伍佰元整"),
        (105_000_00, "壹拾万零伍仟元整"),
        (1_234_567_89, "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
        (100_000_000_00, "壹亿元整"),
        (100_010_000_00, "壹亿零壹万元整"),
        (1_010_000_000_00, "壹拾亿零壹仟万元整"),
    ],
)
def test_chinese_capital_numerals(minor, words):
    assert amount.in_words(minor, "CNY", "zh_Hans") == words


def test_traditional_script_and_foreign_money_are_named():
    assert amount.in_words(262050, "TWD", "zh_Hant") == "新臺幣貳仟陸佰貳拾元零伍角整"
    assert amount.in_words(18120, "EUR", "zh_Hans") == "欧元壹佰捌拾壹元贰角整"


@pytest.mark.parametrize(
    "minor, code, words",
    [
        (0, "CNY", "Zero yuan only"),
        (100, "GBP", "One pound only"),
        (101, "GBP", "One pound and one penny"),
        (16800, "CNY", "One hundred and sixty-eight yuan only"),
        (100500, "EUR", "One thousand and five euros only"),
        (
            1234567_89,
            "EUR",
            "One million two hundred and thirty-four thousand five hundred and sixty-seven euros and eighty-nine cents",
        ),
        (1500, "JPY", "One thousand five hundred yen only"),
        (1550, "XYZ", "Fifteen XYZ and 50/100"),
    ],
)
def test_english_words(minor, code, words):
    assert amount.in_words(minor, code, "en") == words


@pytest.mark.parametrize(
    "minor, code, words",
    [
        (100, "EUR", "Un euro"),
        (2100, "EUR", "Veintiún euros"),
        (10000, "EUR", "Cien euros"),
        (18120, "EUR", "Ciento ochenta y un euros con veinte céntimos"),
        (20100, "GBP", "Doscientas una libras esterlinas"),
        (50021, "EUR", "Quinientos euros con veintiún céntimos"),
        (2100000, "EUR", "Veintiún mil euros"),
        (100000, "EUR", "Mil euros"),
        (100000000, "EUR", "Un millón de euros"),
        (200000100, "EUR", "Dos millones un euros"),
        (1601, "EUR", "Dieciséis euros con un céntimo"),
    ],
)
def test_spanish_words(minor, code, words):
    assert amount.in_words(minor, code, "es") == words


def test_no_words_for_what_is_no_amount():
    for minor in (-1, 10**18):
        with pytest.raises(ValueError):
            amount.in_words(minor, "CNY", "en")
