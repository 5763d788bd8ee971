"""Telephone numbers as people read them. How they are stored and called is not decided here."""

import phonenumbers

POLICE = {"CN": "110", "TW": "110", "HK": "999", "MO": "999", "US": "911", "GB": "999"}
EMERGENCY = "112"  # all over Europe, and on any mobile telephone


def readable(number: str) -> str:
    """+8657155500153 as +86 571 5550 0153; what is no number stays as it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def police(country: str) -> str:
    """Where the police is called in this country."""
    return POLICE.get(country, EMERGENCY)
