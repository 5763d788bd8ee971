"""The survey of a call after a visit: a few closed questions that also check what the slip says (Q-DESK-05). No words."""

from collections.abc import Iterable, Mapping

from app.domain import form

# The first four are about the service, the last two compare the customer's word with what was signed.
QUESTIONS = ("works", "polite", "clean", "price_told", "paid_as_slip", "signed_self")
ANSWERS = ("yes", "no", "unsure")
CHECKS = ("paid_as_slip", "signed_self")


def read(raw: form.Raw) -> tuple[dict[str, str], form.Faults]:
    """Question → answer, only those that were asked; faults by the name of the input, `survey-<question>`."""
    found: dict[str, str] = {}
    faults: form.Faults = {}
    for question in QUESTIONS:
        chosen = form.first(raw, f"survey-{question}")
        if chosen in ANSWERS:
            found[question] = chosen
        elif chosen:
            faults[f"survey-{question}"] = "not_an_option"
    return found, faults


def against(answers: Mapping[str, str]) -> tuple[str, ...]:
    """The questions that were answered with no."""
    return tuple(question for question in QUESTIONS if answers.get(question) == "no")


def counted(all_answers: Iterable[Mapping[str, str]]) -> dict[str, dict[str, int]]:
    """How often each question got each answer."""
    found = {question: dict.fromkeys(ANSWERS, 0) for question in QUESTIONS}
    for answers in all_answers:
        for question, answer in answers.items():
            if question in found and answer in found[question]:
                found[question][answer] += 1
    return found
