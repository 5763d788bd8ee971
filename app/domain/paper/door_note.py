"""The note left when nobody is home (留言条): the company's phone, nothing about customer, product or fault."""

from app.domain.paper import block
from app.domain.paper.value import Copy, Paper, Row, Sources
from app.domain.paper.wording import wording_of


def compose(sources: Sources, sheet: str, copies: tuple[int, ...]) -> Paper:
    """The note. Needs only outlet, engineer, visit times, reference and language; anybody may read it on the door."""
    content = sources.content
    w = wording_of(content, sources.language, sources.codes)
    visit, outlet = content["visit"], content["outlet"]
    came = visit.get("arrived") or visit.get("appointment")
    phone = w.phone(outlet.get("phone")) or w.value("not_known")
    return Paper(
        kind="door_note",
        language=w.language,
        sheet=sheet,
        title=w("title", "door_note"),
        number=Row(w.label("ref"), content["ref"]),
        about=(),
        company=w.named(outlet.get("name")),
        contact=block.contact(w, outlet)[:1],
        address=w.named(outlet.get("address")),
        copies=(Copy(0, "", ""),),
        sections={
            "visit": (
                (Row(w.label("visited"), w.moment(came), True),),
                (block.row(w, "engineer", content["engineer"].get("name"), "not_known"),),
            ),
            "call": ((Row(w.label("call"), phone, True),),),
        },
        sentences=(w("sentence", "door_note"), w("sentence", "door_note_thanks")),
        page=w.label("page"),
        must_hold=(phone, content["ref"]),
        created=came or sources.issued,
    )
