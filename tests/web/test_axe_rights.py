"""The pages of rights, claims, the owner's link and the checked card at 320 px, in every language and theme."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.models.identity_cards import IdentityCard
from app.models.people import Person
from app.services import approving
from tests.web.auditing import LANGUAGES, SMALL, Auditor
from tests.web.test_axe import play

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", LANGUAGES)
def test_rights_claim_link_and_card(page, cast, sign_in_page, language, live_server):
    cast.home.complaint_phone = "+8657155500199"
    cast.home.save()
    proof = {
        "training": "T-5108, Aurora Academy of Cooling and Washing",
        "training_until": date(2028, 12, 31),
    }
    Person.update(language=language, vouched_by="Root", vouched_on=date(2026, 11, 1), **proof).execute()
    page.set_viewport_size(SMALL)
    sign_in_page(page, "mei")
    played = play(cast.mei, "consent")
    link = approving.token_of(
        approving.ask(cast.mei, played.visit_id, datetime.now(UTC) - timedelta(minutes=1))
    )
    home = f"/visits/{played.visit_id}"
    audit = Auditor(page, language)
    audit.go(f"{home}/steps/listen/problems/wants_refund?wish=refund&cause=product&repairs=2")
    audit.go(f"{home}/steps/repair/problems/compensation").go(f"{home}/steps/listen/problems/not_safe")
    audit.go(f"{home}/approval").go(f"/a/{link}?lang={language}").go(f"{home}/identity")
    audit.go(f"/id/{IdentityCard.get().token}?lang={language}")
    audit.verdict()
