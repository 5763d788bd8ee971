"""The plan of a run: what goes wrong at which tap, drawn from one seed, so that a run can be told again."""

import random
from dataclasses import dataclass

from tools.faults import proxy

RATE = 0.34  # of all taps, something happens at so many
WEIGHTS = {
    "killed_before": 3, "killed_inside": 6, "killed_after": 4, "answer_lost": 4, "answer_cut": 3,
    "error_after_commit": 3, "portal_once": 2, "line_off": 4, "line_portal": 2, "line_broken": 2, "line_silent": 1,
    "airplane": 3, "signed_out": 2, "browser_killed": 7, "reload": 4, "triple_tap": 4, "both_killed": 2, "flip": 2,
    "other_device": 2,
}  # fmt: skip
LOST_ANSWERS = ("answer_lost", "error_after_commit", "answer_cut", "killed_after")
# An input that the server asks for although a phone could send it empty: it is emptied on its way.
FLIPS = {("listen", "done"): "words", ("covers", "done"): "worn", ("confidence", "done"): "sure"}
OTHER_DEVICE = {"listen": {"words": "It drips as well"}, "look": None, "teach": None}
LAST_STEP = "hand_in"


@dataclass(frozen=True)
class Fault:
    """What happens at one tap; `after_s`: how long after it; `taps`: for how many taps the line stays so."""

    name: str
    after_s: float = 0.0
    taps: int = 0


class Plan:
    """Faults tap by tap. A control run needs answers to be lost, so it loses them more often."""

    def __init__(self, seed: int, is_control: bool = False) -> None:
        self.dice = random.Random(seed)
        self.is_control = is_control
        self.rate = RATE

    def at(self, step: str, act: str) -> Fault | None:
        """What goes wrong at this tap."""
        chance, pick = self.dice.random(), self.dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        after, taps = self.dice.uniform(0, 0.03), self.dice.randint(2, 6)
        if chance > self.rate:
            return None
        if self.is_control:
            pick = LOST_ANSWERS[self.dice.randrange(len(LOST_ANSWERS))]
        if pick == "flip" and (step, act) not in FLIPS:
            pick = "answer_lost"
        if pick == "other_device" and (step not in OTHER_DEVICE or act != "done"):
            pick = "killed_inside"
        if step == LAST_STEP and pick in ("browser_killed", "both_killed"):
            pick = "killed_inside"  # what the phone's own list held last is read after this tap
        return Fault(pick, after, taps if pick.startswith("line_") or pick == "airplane" else 0)


def line_of(fault: str) -> str:
    """The line's name in the proxy."""
    line = fault.removeprefix("line_")
    assert line in proxy.LINES, fault
    return line
