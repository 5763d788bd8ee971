"""The norms of the outlet: which is in force from when, drafts, one draft at a glance, publishing. For its manager."""

from collections import Counter
from typing import Any

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response

from app import errors
from app.domain import draft_place, form
from app.domain.protocol_check import Finding, named, tables
from app.domain.vocabulary import LANGUAGES
from app.services import norming
from app.web.desk import norm_words
from app.web.desk.frame import desk_page, sentences, typed
from app.web.i18n import _, day, language
from app.web.pages import current_person, go, now, roles

bp = Blueprint("desk_norm", __name__)
managers = roles(norming.EDITOR)
SHOWN_FINDINGS = 40


@bp.get("/desk/norm")
@managers
def norms() -> Response:
    """Every norm that the outlet can use, and the drafts."""
    return _list()


@bp.post("/desk/norm/drafts")
@managers
def copy() -> Response:
    """Copy a version to a draft."""
    made = norming.copy(current_person(), form.first(request.form, "norm"), now())
    return go(f"/desk/norm/drafts/{made.id}")


@bp.post("/desk/norm/releases")
@managers
def use() -> Response:
    """Put a version that there is in force from a day on."""
    fields = typed()
    try:
        version = norming.use(current_person(), form.first(fields, "norm"), fields, now())
    except errors.Invalid as fault:
        return _list(422, fields, _sentences(fault))
    _flash_in_force(version)
    return go("/desk/norm")


@bp.get("/desk/norm/drafts/<int:draft_id>")
@managers
def norm_draft(draft_id: int) -> Response:
    """A draft: its steps, what is missing, publishing."""
    return draft_page(norming.draft_of(current_person(), draft_id))


@bp.post("/desk/norm/drafts/<int:draft_id>/publication")
@managers
def publish(draft_id: int) -> Response:
    """Publish the draft with the day from which new visits use it."""
    fields = typed()
    try:
        version = norming.publish(current_person(), draft_id, base_of(fields), fields, now())
    except errors.Invalid as fault:
        return draft_page(norming.draft_of(current_person(), draft_id), 422, fields, _sentences(fault))
    _flash_in_force(version)
    return go("/desk/norm")


@bp.post("/desk/norm/drafts/<int:draft_id>/removal")
@managers
def discard(draft_id: int) -> Response:
    """Throw the draft away."""
    try:
        norming.discard(current_person(), draft_id, base_of(request.form), now())
    except errors.Invalid as fault:
        return draft_page(norming.draft_of(current_person(), draft_id), 422, {}, _sentences(fault))
    flash(_("The draft is thrown away. Nothing else has changed."), "done")
    return go("/desk/norm")


def base_of(fields: form.Raw) -> int:
    """The version that a form showed."""
    sent = form.first(fields, "base")
    return int(sent) if sent.isdecimal() and len(sent) < 9 else 0


def draft_page(
    found: norming.Draft, status: int = 200, fields: Any = None, wrong: dict[str, str] | None = None
) -> Response:
    """A draft at a glance."""
    body, findings = found.body, norming.findings(found)
    by_step = Counter(step_of(one) for one in findings)
    stages = [
        {
            "id": named(stage), "title": norm_words.word(body, "stage", named(stage)) or named(stage),
            "steps": [
                {"id": named(step), "title": norm_words.word(body, "step", named(step), "title") or named(step),
                 "kind": norm_words.kind(str(step.get("kind"))), "wrong": by_step[named(step)]}
                for step in tables(body["structure"], "step") if step.get("stage") == named(stage)
            ],
        }
        for stage in tables(body["structure"], "stage")
    ]  # fmt: skip
    missing = Counter(one.language for one in findings if one.code == "missing")
    return desk_page(
        "desk/norm_draft.html", status, here="norm", draft=found, stages=stages, typed=fields or {}, errors=wrong or {},
        name=norm_words.word(body, "name"), missing=[(one, missing[one]) for one in LANGUAGES],
        findings=[said(found, one) for one in findings[:SHOWN_FINDINGS]], count=len(findings),
        kinds=[(one, norm_words.kind(one)) for one in draft_place.kinds(body)],
        safety=[(named(one), norm_words.word(body, "safety", named(one), "title") or named(one))
                for one in tables(body["structure"], "safety")],
        today=norming.today(current_person(), now()), tongue=language(),
    )  # fmt: skip


def said(found: norming.Draft, one: Finding) -> dict[str, str]:
    """A finding as a list shows it: where, what, and the page and input that it is about."""
    return {
        "place": place_words(found, one), "text": norm_words.finding(one, found.body),
        "href": f"/desk/norm/drafts/{found.id}{page_of(one.path)}#{'-'.join(place_id(one))}",
    }  # fmt: skip


def place_words(found: norming.Draft, one: Finding) -> str:
    """Where a finding is, by the titles of the norm; as the loader says it where there is none."""
    path = one.path[1:] if one.path[:1] == ("words",) else one.path
    titles = []
    for length in range(2, len(path) + 1, 2):
        name = norm_words.word(found.body, *path[:length], "title")
        titles += [name] if name else []
    if path[0:1] == ("safety",) and len(path) > 1:
        titles = [norm_words.word(found.body, *path[:2], "title")]
    return " › ".join(filter(None, titles)) or one.place


def place_id(one: Finding) -> tuple[str, ...]:
    """The input that a finding is about, as its page calls it."""
    if one.path[:1] == ("words",):
        return ("words", one.language, *one.path[1:])
    return ("structure", *one.path)


def step_of(one: Finding) -> str:
    """The step that a finding is about."""
    path = one.path[1:] if one.path[:1] == ("words",) else one.path
    return path[1] if path[:1] == ("step",) and len(path) > 1 else ""


def page_of(path: tuple[str, ...]) -> str:
    """The page on which this place of a draft is edited, below the draft's own address."""
    rest = path[1:] if path[:1] == ("words",) else path
    if rest[:1] == ("step",) and len(rest) > 1:
        problem = f"/problems/{rest[3]}" if rest[2:3] == ("problem",) and len(rest) > 3 else ""
        return f"/steps/{rest[1]}{problem}"
    if rest[:1] == ("safety",) and len(rest) > 1:
        return f"/steps/safety/problems/{rest[1]}"
    if rest[:1] in (("code",), ("settings",)):
        return "/codes" if rest[0] == "code" else "/settings"
    return "/texts" if path[:1] == ("words",) else ""


def _list(status: int = 200, fields: Any = None, wrong: dict[str, str] | None = None) -> Response:
    person, moment = current_person(), now()
    rows = [
        {"version": one, "name": one.norm.word(language(), "name")}
        for one in norming.versions(person, moment)
    ]
    return desk_page(
        "desk/norm.html", status, here="norm", rows=rows, drafts=norming.drafts(person), typed=fields or {},
        errors=wrong or {}, today=norming.today(person, moment),
    )  # fmt: skip


def _flash_in_force(version: norming.Version) -> None:
    text = _(
        "New visits of %(day)s and later use %(version)s. Planned and running visits keep theirs.",
        day=day(version.since), version=version.norm.version,
    )  # fmt: skip
    flash(text, "done")


def _sentences(fault: errors.Invalid) -> dict[str, str]:
    own = {
        name: str(norm_words.FAULTS[code]) for name, code in fault.fields.items() if code in norm_words.FAULTS
    }
    return {**sentences(dict(fault.fields)), **own}
