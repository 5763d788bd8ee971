"""Words that the phone's scripts say, by key and language; `{places}` are filled in by the script. No pages."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, current_app, request
from flask.wrappers import Response

from app.domain.vocabulary import CUSTOMER_ACTS, LANGUAGES
from app.errors import NotFound
from app.web import overlay_words, pwa, visit_words
from app.web.i18n import lazy_, speak  # every sentence below is lazy_("…")

bp = Blueprint("phone_words", __name__)
YEAR_S = 31_536_000

Words = Mapping[str, Any]

# static/js/store.js
STORE: Words = {}

# static/js/outbox.js, keep.js, outbox_page.js
OUTBOX: Words = {
    "outbox.badge_sent": lazy_("All sent"),
    "outbox.badge_saved": lazy_("Unsent: {n}"),
    "outbox.badge_held": lazy_("{n} sent, waiting"),
    "outbox.badge_photos": lazy_("Photos to send: {n}"),
    "outbox.badge_correct": lazy_("{n} to put right"),
    "outbox.badge_sign_in": lazy_("Sign in to send"),
    "outbox.badge_other_person": lazy_("Not sent: sign in again"),
    "outbox.badge_others": lazy_("Saves of {name} are here"),
    "outbox.not_saved_full": lazy_("NOT saved: phone storage is full"),
    "outbox.not_saved_store": lazy_("NOT saved: this phone could not store it"),
    "outbox.not_saved_text": lazy_("What you typed is still here. Make room on the phone, then press again."),
    "outbox.sign_in": lazy_("Sign in"),
    "outbox.all_sent": lazy_("Everything is with the office"),
    "outbox.all_sent_text": lazy_("Nothing waits on this phone."),
    "outbox.unsent": lazy_("{n} saved on this phone, not sent yet"),
    "outbox.unsent_text": lazy_("They are safe here and go out by themselves as soon as there is a network."),
    "outbox.unsent_photos": lazy_("Photos on this phone, not sent yet: {n}"),
    "outbox.unsent_photos_text": lazy_(
        "What they belong to is with the office. They follow when there is a network."
    ),
    "outbox.oldest": lazy_("Oldest: {age}"),
    "outbox.needs_sign_in": lazy_("Sign in to send"),
    "outbox.needs_sign_in_text": lazy_(
        "You were signed out. Nothing is lost: it goes out after you sign in."
    ),
    "outbox.other_person": lazy_("Sign in again under your own name"),
    "outbox.other_person_text": lazy_(
        "Somebody else is signed in here now. Saves go out only under the name of who made them."
    ),
    "outbox.to_correct": lazy_("To put right: {n}"),
    "outbox.to_correct_text": lazy_(
        "The office could not take these. Later saves of the visit are safe there and wait."
    ),
    "outbox.of_others": lazy_("Saves of {name} on this phone: {n}"),
    "outbox.of_others_text": lazy_("They go out when {name} signs in here, never under another name."),
    "outbox.visit": lazy_("Visit {n}"),
    "outbox.office_has": lazy_("The office has {n} of {total}"),
    "outbox.office_other": lazy_("The office has something else: call the desk"),
    "outbox.photos_wait": lazy_("Photos to send: {n}"),
    "outbox.photo_refused": lazy_("The office could not take a photo"),
    "outbox.photo_remove": lazy_("Leave this photo out"),
    "outbox.is_pending": lazy_("Saved on this phone"),
    "outbox.is_held": lazy_("With the office, waiting for an earlier save to be put right"),
    "outbox.is_refused": lazy_("The office could not take this"),
    "outbox.withdrawal": lazy_("Withdrawn: {label}"),
    "outbox.put_right": lazy_("Put it right"),
    "outbox.no_answer": lazy_("No answer from the office"),
    "outbox.no_answer_text": lazy_("Nothing is lost. It is tried again by itself."),
    "outbox.out_offline": lazy_("No network: you stay signed in"),
    "outbox.out_offline_text": lazy_("Signing out empties this phone, and the office must know of it first."),
    "outbox.out_unsent": lazy_("Saves of {name} that only this phone has: {n}"),
    "outbox.out_unsent_text": lazy_(
        "Send them first, or keep them here: they go out when {name} signs in on this phone again."
    ),
    "outbox.out_send": lazy_("Send now"),
    "outbox.out_keep": lazy_("Keep them here and sign out"),
}

# static/js/visit_state.js, visit_paint.js, problem_sheet.js
# What the customer did has no page of the engineer's to take its name from.
OUTBOX |= {
    f"outbox.act_{act}": visit_words.ACTS[act] for act in (*CUSTOMER_ACTS, "handed_over", "handed_back")
}
OVERLAY: Words = {f"v.{key}": words for key, words in overlay_words.WORDS.items()}

# static/service-worker.js, offline.js
WORKER: Words = {
    "offline.ready": lazy_("Today's {n} visits are on this phone, {at}"),
    "offline.ready_one": lazy_("Today's visit is on this phone, {at}"),
    "offline.none": lazy_("No visit needs to be on this phone, {at}"),
    "offline.missing": lazy_("Not on this phone yet: {visits}. Open the app where there is a network."),
    "offline.update": lazy_("New version – reload"),
    "offline.sign_out_offline": lazy_("Signing out needs the network. You are still signed in."),
    "offline.sign_out_unsent": lazy_(
        "{n} saves are only on this phone. Signing out waits until the office has them."
    ),
}

# static/js/customer*.js, pin.js
CUSTOMER: Words = {
    "customer.cannot": lazy_("The phone cannot be handed over without a signal here"),
    "customer.cannot_text": lazy_(
        "Nothing was saved. Show this page once with a signal, or have the customer sign on paper."
    ),
}

ALL = (STORE, OUTBOX, OVERLAY, WORKER, CUSTOMER)


@bp.get("/phone-words/<language>")
def phone_words(language: str) -> Response:
    """All of them in one language as {key: sentence}. Kept for ever when asked for with the app's version as `v`."""
    if language not in LANGUAGES:
        raise NotFound(language=language)
    speak(language)
    response = Response(_text(), mimetype="application/json")
    if request.args.get("v") == pwa.version():
        response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)


def _text() -> str:
    words = {key: str(sentence) for one in ALL for key, sentence in one.items()}
    return str(current_app.json.dumps(words))
