"""What the renderer is given: a strictly parsed page, the paper's own pictures, nothing from outside; printing process only."""

import io
from collections import Counter
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import cssselect2
import segno
import weasyprint
from weasyprint.html import UA_COUNTER_STYLE
from weasyprint.urls import URLFetcher, URLFetcherResponse

SVG = "{http://www.w3.org/2000/svg}"
QR_MASK = (
    4  # any of the eight is readable; looking for the prettiest takes longer than laying out the paper's head
)


class Assets(URLFetcher):
    """Knows the pictures handed over with the paper, and nothing else in the world."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=("asset",))
        self._assets = assets

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        name = url.removeprefix("asset:")
        if not url.startswith("asset:") or name not in self._assets:
            raise ValueError("not an asset of this paper")
        body = self._assets[name]
        kind = "image/png" if body.startswith(b"\x89PNG") else "image/jpeg"
        return URLFetcherResponse(url, body, {"Content-Type": kind})


class Source(weasyprint.HTML):
    """A page that was written by our own templates: well-formed XML, and styled from `plain` upwards.

    Text of people reaches it escaped; what is not well-formed raises instead of being guessed at.
    """

    def __init__(self, html: str, plain: weasyprint.CSS, fetcher: Assets) -> None:
        root = ElementTree.fromstring(html)
        self.base_url = "asset:"
        self.url_fetcher = fetcher
        self.media_type = "print"
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element
        self._plain = plain

    def signs(self) -> Counter[str]:
        """Every sign of the page's text, counted, white space apart: all of them have to be on the paper."""
        body = self.etree_element.find("body")
        parts: list[str] = []
        for element in body.iter():  # type: ignore[union-attr]
            parts += [element.text or "" if not element.tag.startswith(SVG) else "", element.tail or ""]
        return Counter("".join("".join(parts).split()))

    def _ua_stylesheets(self, forms: bool = False) -> list[weasyprint.CSS]:
        return [self._plain]

    def _ua_counter_style(self) -> list[Any]:
        return [UA_COUNTER_STYLE.copy()]


def qr_png(text: str) -> bytes:
    """A square code with two modules of margin, one pixel a module."""
    out = io.BytesIO()
    segno.make_qr(text, error="l", boost_error=False, mask=QR_MASK).save(out, kind="png", scale=1, border=2)
    return out.getvalue()
