"""Visits told act by act, in which every fault that a kind of step can find is found once."""

from datetime import timedelta
from typing import Any

from app.domain import protocol
from tools.vector_fields import CANVAS, SIGNATURE
from tools.vector_walks import HOME, NETWORK, NORM, Played

CODES = protocol.load(NORM).codes
Acts = list[tuple[str, str, dict[str, Any]]]


def found() -> list[dict[str, Any]]:
    """Played visits: a repair that costs, a product that is taken away, and what the network's norm asks besides."""
    return [_repaired(), _taken(), networked().case()]


def _repaired() -> dict[str, Any]:
    one = Played(9001, usual=True)
    now = one.clock
    far, past = (now + timedelta(days=400)).isoformat(), (now - timedelta(days=3)).isoformat()
    _play(one, [
        ("nowhere", "done", {}), ("accept", "fitted", {}), ("accept", "agreed", {}),
        ("accept", "done", {"name": "", "address": "x" * 301, "phone": "12", "purchase_date": "2027-01-01", "brand_by": "x"}),
        ("accept", "done", {"name": "陈静", "address": "a", "purchase_date": "soon", "symptom": "s" * 501}),
        ("accept", "done", {"name": "陈静", "address": "a", "all_by": "customer", "done_about": far}),
        ("accept", "done", {"name": "陈静", "address": "a", "all_by": "customer"}),
        ("accept", "passed", {}), ("accept", "passed", {"reason": CODES["pass_reason"][0], "text": "t" * 201}),
        ("analyse", "done", {"place": "moon", "time": "enough", "parts": ["gold"]}),
        ("analyse", "problem", {"problem": "none"}), ("analyse", "problem", {"problem": "no_time"}),
        ("analyse", "problem", {"problem": "no_time", "remedy": "rebook", "slot": past, "rebook_reason": "late"}),
        ("analyse", "problem", {"problem": "no_time", "remedy": "rebook", "slot": far, "consent": "on"}),
        ("call", "attempt", {"channel": "phone", "number": "12", "result": ""}),
        ("call", "done", {"time_is": "corrected", "time": past, "address_is": "corrected", "model_is": "confirmed"}),
        ("call", "done", {"time_is": "corrected", "time": far, "purchase_date_is": "corrected", "purchase_date": "2027-01-01"}),
        ("call", "done", {"time_is": "corrected", "time": "noon"}),
        ("call", "done", {f"{name}_is": "confirmed" for name in ("time", "address", "model", "purchase_date", "symptom")}),
        ("kit", "done", {"tools": "on"}), ("depart", "done", {"travel_minutes": "-1"}),
        ("depart", "done", {"travel_minutes": "601"}), ("depart", "done", {"travel_minutes": "soon"}),
        ("depart", "done", {"travel_minutes": "２０"}),
        ("look", "problem", {"problem": "unwell", "remedy": "rest", "back_at": far}),
        ("knock", "bout", {"way": "shout"}), ("knock", "bout", {"way": "bell"}), ("knock", "ladder", {"rung": "roof"}),
        ("knock", "ladder", {"rung": "note", "result": "left", "photo": "me.jpg"}),
        ("arrive", "problem", {"problem": "wrong_address", "remedy": "not_found"}),
        ("enter", "done", {"introduced": "on", "who": "minor"}), ("covers", "done", {"worn": "waived"}),
        ("covers", "done", {"worn": "on", "reason": CODES["covers_reason"][0]}), ("listen", "done", {"words": " \u200b "}),
        ("diagnose", "line", {"item": "gold", "qty": "100"}), ("diagnose", "unline", {"line": "none"}),
        ("diagnose", "line", {"item": "drain_pump", "certificate_price": "1.2.3"}),
        ("diagnose", "line", {"item": "drain_pump", "certificate_price": "0"}),
        ("diagnose", "done", {"fault": "no_power", "cause": "pump_worn", "basis": "hope", "purchase_date": "2027-01-01"}),
        ("consent", "done", {}), *[("diagnose", "line", {"item": "drain_pump", "qty": "1"})] * 41, ("consent", "done", {}),
        ("consent", "agreed", {"total": "1"}), ("consent", "handed_over", {}), ("consent", "agreed", {"total": "1"}),
        ("consent", "refused", {}), ("consent", "handed_back", {}), ("repair", "done", {"mode": "on_site"}),
    ])  # fmt: skip
    one.do("consent")
    _play(one, [
        ("repair", "done", {"mode": "on_site", "measures": ["none", "cleaned"], "height_cm": "200"}),
        ("repair", "done", {"mode": "on_site"}), ("repair", "done", {"mode": "on_site", "measure_text": "x"}),
        ("repair", "fitted", {"line": one.opened.walk.unfitted[0], "old_part": "left"}),
        ("pay", "done", {"method": "cash", "amount": "9,999,999"}), ("pay", "done", {"method": "card", "amount": "0"}),
        ("pay", "done", {"method": "cash", "amount": "1"}), ("pay", "done", {"method": "none", "rest": "later"}),
        ("pay", "done", {"method": "none", "rest": "later", "later_by": "2020-01-01", "invoice": "on"}),
        ("pay", "done", {"method": "none", "rest": "later", "later_by": "2030-01-01"}),
        ("test", "problem", {"problem": "not_safe"}),
        ("repair", "problem", {"problem": "part_refused", "remedy": "unsafe", "part": "hose"}),
        ("test", "done", {"result": "works"}), ("test", "done", {"result": "not_tested"}),
        ("test", "done", {"result": "dangerous"}),
        ("repair", "problem", {"problem": "asked", "remedy": ""}), ("fees", "done", {}),
        ("leave", "done", {"gift": "no"}), ("confidence", "done", {}), ("hand_in", "done", {"promised_on": "2020-01-01"}),
        ("sign", "passed", {"reason": CODES["pass_reason"][0]}), ("clean", "passed", {"reason": CODES["pass_reason"][0]}),
        ("sign", "handed_over", {}), ("sign", "signed", {"how": "drawn"}),
    ])  # fmt: skip
    one.until("sign")
    _play(one, [
        ("sign", "handed_over", {}), ("sign", "declined", {}), ("sign", "rated", {"quality": "9", "comment": "c" * 2001}),
        ("sign", "rated", {"quality": "5"}), ("sign", "rated", {"quality": "5"}), ("sign", "signed", {"how": "drawn"}),
        ("sign", "signed", {"how": "drawn", "strokes": SIGNATURE, "size": CANVAS, "shown": "0"}),
        ("sign", "signed", {"how": "typed"}), ("sign", "signed", {"how": "paper", "relation": "family"}),
        ("sign", "handed_back", {}),
    ])  # fmt: skip
    return one.case()


def _taken() -> dict[str, Any]:
    one = Played(9002, usual=True)
    one.until("diagnose")
    _play(one, [
        ("diagnose", "problem", {"problem": "dangerous", "remedy": "take_back", "what": ["wet"], "told": "on"}),
        ("take_back", "handed_over", {}),
        ("take_back", "done", {"condition": "x", "loaner": "8", "promised_on": "2020-01-01"}),
        ("take_back", "done", {"condition": "x", "loaner": "7", "promised_on": "2030-01-01", "photos": "sha256:1"}),
        ("take_back", "done", {"condition": "c" * 501, "photos_reason": "dark"}),
        ("take_back", "done", {"condition": "x", "photos_reason": "dark", "reason": CODES["take_back_reason"][0],
                               "promised_on": "2026-12-01", "loaner": "7", "loaner_condition": "new"}),
    ])  # fmt: skip
    one.know(loaners=())  # the unit was lent to another customer meanwhile
    _play(one, [("take_back", "handed_over", {})])
    return one.case()


def returned() -> Played:
    """The way home of what was taken away, with a dent in the unit that was lent; up to the signature."""
    one = Played(9004, usual=True, norm=NETWORK, home=HOME[0])
    one.until("bring_back")
    found = {"product": "changed", "changed": "a new cable", "loaner": "worse", "loaner_note": "dented"}
    _play(one, [
        ("bring_back", "done", found), ("bring_back", "done", {**found, "product": "gold", "photos_reason": "dark"}),
        ("bring_back", "done", {**found, "photos_reason": "dark"}), ("diagnose", "done", {"fault": "noise"}),
    ])  # fmt: skip
    one.until("sign")
    return one


def networked() -> Played:
    """The network's steps: the term of the repair agreed before it; up to the signature."""
    one = Played(9003, usual=True, norm=NETWORK)
    one.until("book")
    far, near = ((one.clock + timedelta(minutes=minutes)).isoformat() for minutes in (70, 40))
    one.desk("", "moved", {"from": far, "to": far})
    _play(
        one, [("book", "done", {"promise": "within_hour"}), ("book", "done", {"promise": "longer_approved"})]
    )
    one.desk("book", "ruled", {"task": 1, "ruling": "approved", "amount": None, "answer": "", "by": "Wu"})
    _play(one, [("book", "done", {"promise": "longer_approved"})])
    one.desk("", "moved", {"from": far, "to": near})
    _play(one, [
        ("book", "done", {"promise": "within_hour"}), ("book", "done", {"promise": "customer_later"}),
        ("fees", "line", {"item": "drain_pump", "qty": "1"}), ("diagnose", "line", {"item": "gold"}),
        ("covers", "done", {"worn": "waived", "floor": "boards", "reason": "bare_floor_wish"}),
        ("covers", "done", {"worn": "waived", "floor": "bare"}), ("covers", "done", {"worn": "waived"}),
        ("leave", "done", {"gift": "no", "card": "no", "sticker": "yes", "explained": "on"}),
    ])  # fmt: skip
    one.until("term")
    _play(one, [
        ("term", "done", {}), ("term", "done", {"term": "shorter", "agreed": "on"}),
        ("term", "done", {"term": "shorter", "days": "31", "agreed": "on"}),
        ("term", "done", {"term": "shorter", "days": "30", "agreed": "on"}),
        ("term", "done", {"term": "longer", "days": "92", "case": "nothing"}),
        ("term", "done", {"term": "longer", "days": "0", "agreed": "on"}), ("term", "done", {"term": "longer", "days": "180"}),
        ("term", "done", {"term": "none", "agreed": "on"}),
        ("term", "done", {"term": "none", "case": "provisional", "agreed": "on"}),
        ("term", "done", {"term": "no_repair", "days": "9999", "case": "other"}), ("term", "done", {"term": "months_1"}),
        ("term", "done", {"term": "longer", "days": "180", "agreed": "on", "case": "other"}),
    ])  # fmt: skip
    one.until("test")
    _play(one, [
        *(("test", "done", {"result": "not_tested", "reason": reason, "reassembled": "on"}) for reason in ("no_time", "", "x")),
    ])  # fmt: skip
    one.until("sign")
    return one


def _play(one: Played, acts: Acts) -> None:
    for step, act, fields in acts:
        role = "customer" if act in ("agreed", "refused", "rated", "signed", "declined") else "engineer"
        one.act(step, act, fields, role)
