"""Publishing: which protocol and price list hold now, and those that a visit began under, found by their hash."""

import json
from datetime import datetime
from functools import lru_cache

from app.domain import price_list, protocol
from app.domain.price_list import PriceList
from app.domain.protocol import Protocol
from app.models import contents
from app.models.outlets import Outlet


def pin(outlet: Outlet, now: datetime) -> tuple[str, str]:
    """The hashes of the outlet's protocol and price list, their content kept from now on. Needs a transaction."""
    norm = protocol.load(outlet.protocol)
    prices = price_list.load(outlet.price_list)
    if not contents.is_kept(
        norm.hash
    ):  # reading a norm's files again takes longer than everything else of a save
        contents.keep("protocol", outlet.protocol, norm.hash, protocol.source_of(outlet.protocol), now)
    if not contents.is_kept(prices.hash):
        body = json.dumps(price_list.to_json(prices), ensure_ascii=False)
        contents.keep("price_list", prices.id, prices.hash, body, now)
    return norm.hash, prices.hash


def norm_of(outlet: Outlet) -> Protocol:
    """The norm that the outlet's next visit will begin under."""
    return protocol.load(outlet.protocol)


@lru_cache(maxsize=64)
def protocol_of(hash_: str) -> Protocol:
    """The protocol with this hash, shipped or stored. :raise LookupError: when nobody ever used it."""
    for name in protocol.shipped():
        if protocol.load(name).hash == hash_:
            return protocol.load(name)
    row = contents.find("protocol", hash_)
    return protocol.from_json(row.body, row.name)


@lru_cache(maxsize=64)
def prices_of(hash_: str) -> PriceList:
    """The price list with this hash, shipped or stored. :raise LookupError: when nobody ever used it."""
    for name in price_list.shipped():
        if price_list.load(name).hash == hash_:
            return price_list.load(name)
    row = contents.find("price_list", hash_)
    return price_list.from_json(json.loads(row.body))
