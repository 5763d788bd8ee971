"""The usual way through a visit, stage by stage, by taps. Stories tell only where they leave it."""

from tests.builders import PASSWORD
from tests.stories.walker import Walker

KIT = (
    "Tools and meter", "Parts for this job", "The five props", "Floor mat, clean", "Spare pair of shoe covers",
    "Cover cloth", "Work permit and badge", "Record slips", "Price list", "Gift, service card", "Safety belt",
    "Box, mat, tools and parts are clean",
)  # fmt: skip
LOOK = ("Work clothes", "Hair, face and hands", "Awake", "Smiling")
CLEAN = (
    "Appliance and things back", "Appliance wiped", "Floor wiped", "Water, gas, wires", "Tools counted",
)  # fmt: skip
ITEMS = ("Time", "Address", "Model", "Bought on", "What is wrong")


def prepare(w: Walker, place: str = "In the home", shots: bool = False) -> None:
    """Data, plan, call, kit."""
    w.at("Check the job's data", shots).tap("Data is right")
    w.at("Think it through first", shots).choose("Where can it be repaired?", place)
    w.choose("Is the time enough?", "Time is enough").tap("I have a plan")
    w.at("Call and confirm five things", shots).save("Answered")
    for item in ITEMS:
        w.choose(item, "Confirmed")
    w.tap("Time agreed")
    w.at("Pack and check the kit", shots).tick(*KIT).tap("All packed and clean")


def travel(w: Walker, shots: bool = False) -> None:
    """On the way, and there."""
    w.at("Leave in good time", shots).tap("I'm leaving now")
    w.at("Arrive 5–10 minutes early", shots).tap("I'm here")


def to_the_door(w: Walker, shots: bool = False) -> None:
    """The look at oneself, and the bell."""
    w.at("Check yourself before knocking", shots).tick(*LOOK).tap("Ready to knock")
    w.at("Knock 2 × 3, then wait", shots).save("Rang the bell")
    w.page.get_by_text("Rang or knocked once").wait_for()


def enter(w: Walker, shots: bool = False) -> None:
    """Let in, with covers and mat."""
    w.tap("Door opened")
    greet(w, shots)
    w.at("Covers on at the threshold", shots).choose("Shoe covers", "Covers on").tap("I'm inside")
    spread_mat(w, shots)


def greet(w: Walker, shots: bool = False) -> None:
    """The greeting with the permit."""
    w.at("Greet, then show your permit", shots).tick(
        "I said who I am", "It is the customer", "I showed my permit"
    )
    w.choose("Who lets me in?", "The customer").tap("They let me in")


def spread_mat(w: Walker, shots: bool = False) -> None:
    """The mat, and the box on it."""
    w.at("Mat first, box on it", shots).tick("Mat spread", "Toolbox on the mat").tap("Mat down")


def listen(w: Walker, words: str, shots: bool = False) -> None:
    """The customer's own words."""
    w.at("Listen to the end", shots).type("In the customer’s words", words).tap("That's what they said")


def find(w: Walker, fault: str, cause: str, basis: str) -> None:
    """Fault and cause, and what proves the warranty."""
    w.at("Find the exact cause", False).pick("Fault", fault).pick("Exact cause", cause)
    w.choose("What shows it?", basis).tap("Fault found")


def add_line(w: Walker, item: str, certificate: str = "") -> None:
    """A line of the quote, from the price list."""
    enter_line(w, item, certificate)
    w.save("Add this line")


def enter_line(w: Walker, item: str, certificate: str = "") -> None:
    """What such a line needs, not saved yet."""
    w.open("Add a line")
    options = w.here.get_by_label("From the price list").locator("option").all_inner_texts()
    w.pick("From the price list", next(text for text in options if text.startswith(item)))
    if certificate:
        w.type("Price on the customer’s certificate", certificate)


def test_run(w: Walker, result: str = "It works", shots: bool = False) -> None:
    """The test with the customer watching."""
    w.at("Run it and check everything", shots).choose("Result", result).tick("Customer watched")
    w.tap("Test result noted")


def hand_over(w: Walker, shots: bool = False) -> None:
    """Teaching, cleaning, fees."""
    w.at("Show how to use it", shots).tick("What was done", "All questions answered").tap(
        "Customer can use it"
    )
    w.at("Clean up and check yourself", shots).tick(*CLEAN).tap("All clean and complete")
    w.at("Check the fees", shots).tap("Fees are right")


def give_phone(w: Walker, shots: bool = False) -> None:
    """The review, then the phone in the customer's hands."""
    w.at("Review, then hand over", shots).tap("Hand phone over")
    w.at("Please check and sign", shots)


def sign(w: Walker, shots: bool = False) -> None:
    """The customer draws a signature, skips the rating, and gives the phone back."""
    w.draw((40, 150, 180, 60), (120, 60, 280, 170)).sign("I agree and sign")
    w.at("How was it?", shots).tap("Skip")
    w.at("Please give the phone back", shots).give_back(PASSWORD)


def close(w: Walker, shots: bool = False) -> None:
    """Card, gift, sticker; goodbye; sure or not; handed in."""
    w.at("Leave card, gift and sticker", shots)
    for thing in ("Gift", "Service card", "Sticker"):
        w.choose(thing, "Yes")
    w.tap("Card and gift left")
    w.at("Covers off outside, say goodbye", shots).tick("Covers off", "Said goodbye").tap("I've left")
    w.at("Are you sure it holds?", shots).choose("Will it hold?", "Yes, it holds").tap("My answer is noted")
    hand_in(w, shots)


def hand_in(w: Walker, shots: bool = False) -> None:
    """Everything that has to go to the outlet."""
    w.at("Hand in today", shots)
    for thing in ("Slip and supervision card", "Money", "Old parts"):
        if w.here.get_by_role("checkbox", name=thing).count():
            w.tick(thing)
    w.tap("All handed in")
    w.page.get_by_text("This visit is done").wait_for()
