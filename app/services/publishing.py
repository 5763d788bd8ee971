"""Publishing: which protocol and price list hold on a day, and those that a visit began under, found by their hash."""

import json
from datetime import date, datetime
from functools import lru_cache

from app.domain import price_list, protocol
from app.domain.price_list import PriceList
from app.domain.protocol import Protocol
from app.models import contents, norms
from app.models.outlets import Outlet


def pin(outlet: Outlet, day: date, now: datetime) -> tuple[str, str]:
    """The hashes of the protocol and price list that a visit of this day uses, their content kept from now on.

    Needs a transaction.
    """
    norm = norm_of(outlet, day)
    prices = price_list.load(outlet.price_list)
    keep_shipped(norm, now)
    if not contents.is_kept(prices.hash):
        body = json.dumps(price_list.to_json(prices), ensure_ascii=False)
        contents.keep("price_list", prices.id, prices.hash, body, now)
    return norm.hash, prices.hash


def norm_of(outlet: Outlet, day: date) -> Protocol:
    """The protocol that new visits of this day use: what the outlet has put in force, else its shipped one."""
    chosen = norms.in_force(outlet.id, day)
    return protocol_of(chosen) if chosen else protocol.load(outlet.protocol)


def keep_shipped(norm: Protocol, now: datetime) -> None:
    """Keep the text of a shipped protocol, so that it outlives its folder. Needs a transaction."""
    if contents.is_kept(
        norm.hash
    ):  # reading a norm's files again takes longer than everything else of a save
        return
    name = next(name for name in protocol.shipped() if protocol.load(name).hash == norm.hash)
    contents.keep("protocol", name, norm.hash, protocol.source_of(name), now)


@lru_cache(maxsize=64)
def protocol_of(hash_: str) -> Protocol:
    """The protocol with this hash, shipped or stored. :raise LookupError: when nobody ever used it."""
    for name in protocol.shipped():
        if protocol.load(name).hash == hash_:
            return protocol.load(name)
    row = contents.find("protocol", hash_)
    return protocol.from_json(row.body)


@lru_cache(maxsize=64)
def prices_of(hash_: str) -> PriceList:
    """The price list with this hash, shipped or stored. :raise LookupError: when nobody ever used it."""
    for name in price_list.shipped():
        if price_list.load(name).hash == hash_:
            return price_list.load(name)
    row = contents.find("price_list", hash_)
    return price_list.from_json(json.loads(row.body))
