"""What is entered at each step of the maker's norm: valid answers by input name. How they are tapped is the driver's."""

# ruff: noqa: E501  (scripts that run in the page)

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ITEMS = ("time", "address", "model", "purchase_date", "symptom")
PARTS = ("Call-out and inspection", "Thermostat", "Labour, simple repair")


@dataclass(frozen=True)
class Act:
    """One save: the act, its answers, how often it is done at the step, the button's value when it has one.

    `ticks`: every tick of the form; `photo`: the input that takes a picture; `hidden`: which of several forms it is.
    """

    act: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    times: int = 1
    button: str = ""
    ticks: bool = False
    photo: str = ""
    hidden: tuple[str, str] | None = None


STEPS: dict[str, tuple[Act, ...]] = {
    "accept": (Act("done"),),
    "analyse": (Act("done", {"place": "home", "time": "enough"}),),
    "call": (Act("attempt", button="answered"), Act("done", {f"{item}_is": "confirmed" for item in ITEMS})),
    "kit": (Act("done", ticks=True),),
    "depart": (Act("done"),),
    "arrive": (Act("done"),),
    "look": (Act("done", ticks=True),),
    "knock": (Act("bout", hidden=("way", "bell")), Act("bout", times=2, hidden=("way", "knock")), Act("done")),
    "enter": (
        Act("done", {"introduced": True, "customer_confirmed": True, "card_shown": True, "who": "customer"}),
    ),
    "covers": (Act("done", {"worn": "on"}),),
    "mat": (Act("done", ticks=True, photo="before"),),
    "listen": (Act("done", {"words": "Warm since Friday, the ice has melted."}),),
    "diagnose": (
        *(Act("line", {"item": part, "qty": "1"}, times=n) for n, part in enumerate(PARTS, 1)),
        Act("done", {"fault": "no_cooling", "cause": "*", "basis": "invoice"}),
    ),
    "consent": (Act("handed_over"),),
    "repair": (
        Act("fitted", {"old_part": "taken", "serial_new": "TN-1", "serial_old": "TO-1"}),
        Act("done", {"mode": "on_site", "measures": "*"}),
    ),
    "test": (Act("done", {"result": "works", "customer_saw": True}),),
    "teach": (Act("done", {"topics": "*", "answered": True}),),
    "clean": (Act("done", ticks=True, photo="after"),),
    "fees": (Act("done"),),
    "pay": (Act("done", {"method": "cash"}),),
    "sign": (Act("handed_over"),),
    "leave": (Act("done", {"gift": "yes", "card": "yes", "sticker": "yes"}),),
    "farewell": (Act("done", ticks=True),),
    "confidence": (Act("done", {"sure": "yes"}),),
    "hand_in": (Act("done", {"card": True, "money": True, "old_parts": True}),),
}  # fmt: skip
# Answers that the customer gives; the phone is in the customer's hands from `handed_over` to `handed_back`.
AGREED, SIGNED, RATED = "agreed", "signed", "rated"

# Fills a form as taps would: true ticks a box, '*' takes the first choice there is, a select takes a value or its words.
FILL = """(form, {fields, ticks}) => {
  const say = (one, name) => one.dispatchEvent(new Event(name, {bubbles: true}));
  const of = (name) => [...form.elements].filter((one) => one.name === name && one.type !== 'hidden');
  const missing = [];
  if (!form.isConnected) return ['form']; // it came anew meanwhile
  if (ticks) for (const box of form.querySelectorAll('.tick input[type=checkbox], input[type=checkbox].tick')) if (!box.checked) box.click();
  for (const [name, wanted] of Object.entries(fields)) {
    const [first, ...more] = of(name);
    if (!first) { if (wanted !== true) missing.push(name); continue; }
    if (first.type === 'checkbox' || first.type === 'radio') {
      const box = wanted === true || wanted === '*' ? first : [first, ...more].find((one) => one.value === wanted);
      if (!box) { missing.push(name); continue; }
      if (!box.checked) box.click();
    } else if (first.options) {
      const option = [...first.options].find((one) => one.value && (wanted === '*' || one.value === wanted || one.text.startsWith(wanted)));
      if (!option) { missing.push(name); continue; }
      first.value = option.value;
      say(first, 'input'); say(first, 'change');
    } else { first.value = wanted; say(first, 'input'); say(first, 'change'); }
  }
  return form.isConnected ? missing : ['form'];
}"""
