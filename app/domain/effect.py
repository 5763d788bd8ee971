"""Effects: what a remedy does beyond being recorded. One registry; `walk` reads it, `visiting` carries it out."""

from dataclasses import dataclass

from app.domain.vocabulary import OUTCOMES, REPAIR_MODES


@dataclass(frozen=True, slots=True)
class Effect:
    """What one effect does.

    `step`: 'open' (stays), 'done' or 'passed'. `ends`: the state in which the visit ends. `asks`: inputs that it
    brings to the form. `task`: kind of task made, for the role `owner`, due in `due_minutes`. `outcome`, `mode`: set.
    """

    step: str = "open"
    ends: str = ""
    asks: tuple[str, ...] = ()
    task: str = ""
    owner: str = ""
    due_minutes: int = 0
    follow_up: str = ""
    outcome: str = ""
    mode: str = ""
    pauses: bool = False
    danger: bool = False
    urgent: bool = False


EFFECTS = {
    "back": Effect(),
    "done": Effect(step="done"),
    "skip": Effect(step="passed"),
    "goto": Effect(),
    "rebook": Effect(ends="rebooked", asks=("slot", "rebook_reason", "consent")),
    "pause": Effect(pauses=True, asks=("back_at",)),
    "transfer": Effect(ends="transferred", task="reassign", owner="dispatcher", due_minutes=30),
    "no_access": Effect(
        ends="no_access", asks=("left_out",), task="callback", owner="dispatcher", due_minutes=120
    ),
    "advised": Effect(ends="finished", outcome="advised", follow_up="advised"),
    "ask_centre": Effect(task="ruling", owner="centre", due_minutes=30),
    "ask_centre_lead": Effect(task="lead_ruling", owner="centre", due_minutes=60),
    "claim": Effect(task="claim", owner="centre", due_minutes=24 * 60, asks=("answer_by",)),
    "tell_centre": Effect(task="notice", owner="centre", due_minutes=60),
    "tell_desk": Effect(task="notice", owner="dispatcher", due_minutes=15),
    "ask_technical": Effect(task="technical", owner="technical", due_minutes=30),
    "manager_visit": Effect(task="manager_visit", owner="manager", due_minutes=240),
    "follow_up": Effect(follow_up="callback"),
    "mode": Effect(),
    "outcome": Effect(),
    "danger": Effect(step="done", danger=True),
    "safe": Effect(),
    "damage": Effect(task="damage", owner="centre", due_minutes=240),
    "safety": Effect(task="safety", owner="dispatcher", due_minutes=1, urgent=True),
    "stop": Effect(ends="could_not_finish"),
}
TAKES_ARGUMENT = {"goto", "follow_up", "mode", "outcome"}
MAY_TAKE = {
    "ask_centre"
}  # the minutes in which this question wants its answer, instead of the norm's usual ones


def exists(name: str) -> bool:
    """Whether a protocol may name this effect; `goto`, `mode`, `outcome` and `follow_up` need an argument."""
    kind, colon, argument = name.partition(":")
    if kind not in EFFECTS or (colon and not argument):
        return False
    if kind not in MAY_TAKE and (kind in TAKES_ARGUMENT) != bool(argument):
        return False
    if kind == "follow_up" or (kind in MAY_TAKE and argument):
        return argument.isdecimal() and int(argument) > 0
    return argument in {"mode": REPAIR_MODES, "outcome": OUTCOMES}.get(kind, (argument,))


def read(name: str) -> tuple[Effect, str, str]:
    """The effect behind a name such as 'goto:diagnose': effect, kind, argument."""
    kind, _, argument = name.partition(":")
    return EFFECTS[kind], kind, argument


def asks(names: tuple[str, ...]) -> tuple[str, ...]:
    """The inputs that these effects bring to a form, each once."""
    found = dict.fromkeys(one for name in names for one in read(name)[0].asks)
    return tuple(found)
