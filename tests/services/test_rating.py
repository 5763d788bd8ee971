"""A rating lies on the phone sealed to the outlet's key; only the server opens it, with a key outside the database."""

import base64
import json

import pytest

from app import config, errors
from app.services import rating, visiting
from app.services.rehearsing import Rehearsal
from tests.builders import NOW
from tests.services.phoning import Phone

OPINION = {"quality": "2", "attitude": "5", "satisfied": "no", "comment": "Es tropft noch — 还在漏"}


@pytest.fixture(autouse=True)
def data_dir(tmp_path):
    config.use(config.Config(data_dir=tmp_path, database=str(tmp_path / "doorstep.db"), secret_key="x" * 32))
    return tmp_path


@pytest.fixture
def phone(cast, visit):
    play = Rehearsal(cast.mei, visit.id, NOW)
    play.until("sign")
    found = Phone(cast.mei, visit)
    found.clock = play.clock
    found.do("sign", "handed_over")
    return found


def test_the_key_is_made_once_outside_the_database_and_only_for_its_owner(data_dir):
    first = rating.public_jwk(7)
    path = data_dir / "keys" / "rating-7.pem"
    assert rating.public_jwk(7) == first and path.stat().st_mode & 0o777 == 0o600
    assert (data_dir / "keys").stat().st_mode & 0o777 == 0o700
    assert rating.public_jwk(8)["n"] != first["n"] and len(list(path.parent.iterdir())) == 2


def test_what_was_sealed_is_opened_when_it_takes_effect(phone):
    sealed = rating.sealed(rating.public_jwk(phone.visit.outlet_id), OPINION)
    assert "tropft" not in sealed
    phone.do("sign", "rated", {"sealed": sealed}, role="customer")
    assert phone.opened.walk.rated
    record = phone.opened.records[-1]
    assert {name: record.body[name] for name in OPINION} == OPINION and "sealed" not in record.body


def spoiled(sealed, name):
    envelope = json.loads(base64.b64decode(sealed))
    part = bytearray(base64.b64decode(envelope[name]))
    part[-1] ^= 1
    envelope[name] = base64.b64encode(part).decode()
    return base64.b64encode(json.dumps(envelope).encode()).decode()


@pytest.mark.parametrize("spoil", [
    lambda sealed: spoiled(sealed, "key"), lambda sealed: spoiled(sealed, "iv"), lambda sealed: spoiled(sealed, "data"),
    lambda sealed: sealed[:-8], lambda sealed: "", lambda sealed: "x" * 30_000, lambda sealed: "é",
    lambda sealed: base64.b64encode(b"[]").decode(), lambda sealed: base64.b64encode(b"{}").decode(),
    lambda sealed: base64.b64encode(b"[" * 9000).decode(),
])  # fmt: skip
def test_what_cannot_be_opened_is_refused_with_the_field_named(phone, spoil):
    sealed = spoil(rating.sealed(rating.public_jwk(phone.visit.outlet_id), OPINION))
    (result,) = phone.send(phone.keep("sign", "rated", {"sealed": sealed}, role="customer"))
    assert (result["state"], result["reason"], result["fields"]) == (
        "refused",
        "invalid",
        {"sealed": "cannot_be_opened"},
    )


def test_another_outlets_key_opens_nothing(phone):
    sealed = rating.sealed(rating.public_jwk(phone.visit.outlet_id + 1), OPINION)
    with pytest.raises(errors.Invalid):
        rating.opened(phone.visit.outlet_id, sealed)


def test_on_a_plain_form_it_is_said_openly_as_before(phone):
    play = Rehearsal(phone.person, phone.visit.id, phone.clock)
    play.act("sign", "rated", OPINION, role="customer")
    assert visiting.opened(phone.person, phone.visit.id, NOW).walk.rated
