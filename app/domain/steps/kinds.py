"""The registry of kinds: which file reads which kind of step."""

from types import ModuleType

from app.domain.steps import (
    accept, analyse, arrive, call, checklist, confidence, consent, covers, depart, diagnose, enter, fees, hand_in,
    knock, leave, listen, pay, repair, sign, take_back, test,
)  # fmt: skip

KINDS: dict[str, ModuleType] = {
    "accept": accept,
    "analyse": analyse,
    "call": call,
    "checklist": checklist,
    "depart": depart,
    "arrive": arrive,
    "knock": knock,
    "enter": enter,
    "covers": covers,
    "listen": listen,
    "diagnose": diagnose,
    "consent": consent,
    "repair": repair,
    "take_back": take_back,
    "test": test,
    "fees": fees,
    "pay": pay,
    "sign": sign,
    "leave": leave,
    "confidence": confidence,
    "hand_in": hand_in,
}
