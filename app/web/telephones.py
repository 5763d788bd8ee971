"""Telephone numbers as people read them. How they are stored and called is not decided here."""

import phonenumbers


def readable(number: str) -> str:
    """+8657155500153 as +86 571 5550 0153; what is no number stays as it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
