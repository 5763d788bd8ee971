"""Photos: what is taken, what is refused, that nothing of the original is displayed, and who may look."""

import hashlib
import io
import re
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageFile

from app.models import blobs, records
from app.models.visits import Visit
from app.services import photographing
from tests import builders
from tests.builders import Cast

NOW = datetime.now(UTC)
PLACE = {0x8825: {1: "N", 2: (30.0, 15.0, 0.0)}, 0x010E: "Ms Chen's kitchen"}


@pytest.fixture
def visit(cast: Cast) -> Visit:
    return builders.visit(cast.mei, now=NOW)


def picture(form: str = "JPEG", size: tuple[int, int] = (2400, 1800), **options: Any) -> bytes:
    """A picture that says where and whose it was."""
    image = Image.new("RGB", size, (90, 120, 150))
    exif = Image.Exif()
    exif[0x010E] = PLACE[0x010E]
    exif.get_ifd(0x8825).update(PLACE[0x8825])
    out = io.BytesIO()
    image.save(out, form, exif=exif, **options)
    return out.getvalue()


def send(client: FlaskClient, visit: Visit, *files: tuple[bytes, str], **fields: Any) -> Any:
    """The mat step with photos."""
    data = {"act": "done", "key": str(uuid.uuid4()), "mat": "1", "box": "1", **fields,
            "before": [(io.BytesIO(content), name) for content, name in files]}  # fmt: skip
    return client.post(f"/visits/{visit.id}/steps/mat", data=data, content_type="multipart/form-data")


def sha_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_by_its_hash_and_shown_without_its_notes(
    mei: FlaskClient, visit: Visit, form: str
) -> None:
    content = picture(form)
    assert send(mei, visit, (content, "kitchen.jpg")).status_code == 303
    sha = sha_of(content)
    assert records.of_visit(visit.id)[0].body["before"] == [f"sha256:{sha}"]
    assert photographing.original_path(sha).read_bytes() == content
    response = mei.get(f"/blobs/{sha}?visit={visit.id}")
    assert response.mimetype == "image/jpeg"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in response.headers["Cache-Control"]
    shown = Image.open(io.BytesIO(response.data))
    assert max(shown.size) == 1600 and not shown.getexif()
    assert b"Chen" not in response.data
    assert f"/blobs/{sha}?visit={visit.id}" in mei.get(f"/visits/{visit.id}").get_data(as_text=True)


def test_the_same_photo_twice_is_kept_once(mei: FlaskClient, visit: Visit) -> None:
    content = picture(size=(200, 200))
    send(mei, visit, (content, "a.jpg"), (content, "b.jpg"))
    assert blobs.Blob.select().count() == 1
    assert blobs.Photo.select().count() == 1


def test_a_photo_taken_sideways_is_shown_upright(mei: FlaskClient, visit: Visit) -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (400, 200)).save(out, "JPEG", exif=exif)
    send(mei, visit, (out.getvalue(), "a.jpg"))
    shown = Image.open(io.BytesIO(mei.get(f"/blobs/{sha_of(out.getvalue())}?visit={visit.id}").data))
    assert shown.size == (200, 400)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"GIF89a" + b"\0" * 200, "Send a JPEG, PNG or WebP photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "Send a JPEG, PNG or WebP photo"),
        (b"<!doctype html><script>alert(1)</script>", "Send a JPEG, PNG or WebP photo"),
        (b"%PDF-1.7 nothing", "Send a JPEG, PNG or WebP photo"),
        (b"\xff\xd8\xff" + b"\0" * (photographing.LIMIT + 1), "Send a photo of at most 8 MB"),
    ],
)
def test_what_is_no_photo_is_refused_and_what_was_typed_stays(
    mei: FlaskClient, visit: Visit, content: bytes, sentence: str
) -> None:
    response = send(mei, visit, (content, "a.jpg"), covered="1")
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert sentence in page
    assert re.search(r'name="covered"[^>]*checked', page)
    assert not records.of_visit(visit.id)
    assert not blobs.Blob.select().count()


def test_a_hundred_and_twenty_megapixels_are_refused_without_drawing_them(
    mei: FlaskClient, visit: Visit
) -> None:
    out = io.BytesIO()
    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    Image.new("1", (12_000, 10_000)).save(out, "PNG")
    Image.MAX_IMAGE_PIXELS = limit
    assert len(out.getvalue()) < photographing.LIMIT
    response = send(mei, visit, (out.getvalue(), "bomb.png"))
    assert response.status_code == 422
    assert "at most 50 megapixels" in response.get_data(as_text=True)


def test_a_picture_cut_short_is_refused_and_leaves_nothing(
    mei: FlaskClient, visit: Visit, monkeypatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as the papers' renderer leaves it
    content = picture()[:3000]
    assert send(mei, visit, (content, "a.jpg")).status_code == 422
    assert not photographing.original_path(sha_of(content)).exists()


def test_a_good_photo_is_kept_while_another_field_is_corrected(mei: FlaskClient, visit: Visit) -> None:
    content = picture(size=(300, 300))
    page = send(mei, visit, (content, "a.jpg"), mat="").get_data(as_text=True)
    kept = f'name="before" value="sha256:{sha_of(content)}"'
    assert kept in page
    data = {
        "act": "done",
        "key": str(uuid.uuid4()),
        "mat": "1",
        "box": "1",
        "before": f"sha256:{sha_of(content)}",
    }
    assert mei.post(f"/visits/{visit.id}/steps/mat", data=data).status_code == 303
    assert records.of_visit(visit.id)[0].body["before"] == [f"sha256:{sha_of(content)}"]


def test_a_photo_is_shown_only_through_a_visit_of_ones_own(
    mei: FlaskClient, cast: Cast, visit: Visit
) -> None:
    content = picture(size=(100, 100))
    send(mei, visit, (content, "a.jpg"))
    sha, other = sha_of(content), builders.visit(cast.mei, now=NOW)
    theirs = builders.visit(cast.li, now=NOW)
    blobs.name(theirs.id, sha)
    assert mei.get(f"/blobs/{sha}?visit={visit.id}").status_code == 200
    assert mei.get(f"/blobs/{sha}?visit={other.id}").status_code == 404
    assert mei.get(f"/blobs/{sha}?visit={theirs.id}").status_code == 404
    assert mei.get(f"/blobs/{sha}").status_code == 404
    assert mei.get(f"/blobs/..%2f..%2fsecret-key?visit={visit.id}").status_code == 404


def test_bytes_that_come_later_must_be_those_that_were_named(mei: FlaskClient, visit: Visit) -> None:
    content = picture(size=(120, 90))
    sha, headers = sha_of(content), {"X-Outbox": "1"}
    assert mei.put(f"/blobs/{sha}", data=content, headers=headers).status_code == 404
    data = {"act": "done", "key": str(uuid.uuid4()), "mat": "1", "box": "1", "before": f"sha256:{sha}"}
    mei.post(f"/visits/{visit.id}/steps/mat", data=data)
    assert mei.put(f"/blobs/{sha}", data=content + b"x", headers=headers).status_code == 404
    assert mei.put(f"/blobs/{sha}", data=content, headers=headers).status_code == 200
    assert mei.get(f"/blobs/{sha}?visit={visit.id}").status_code == 200


def test_half_a_file_never_lies_under_a_hash(mei: FlaskClient, visit: Visit, tmp_path: Path) -> None:
    send(mei, visit, (picture(), "a.jpg"))
    left = [path.name for path in tmp_path.rglob("*") if path.is_file() and path.name.startswith(".")]
    assert not left
