"""The control: the product's own server with its memory of what it has received taken away. Never run for anybody.

A key that comes again is taken for a new save, from a phone of its own, so that neither the key nor its place stops it.
The test of faults must find what this does.
"""

import sys
import uuid
from dataclasses import replace
from typing import Any

from flask.cli import main

from app.services import syncing


def forget_what_came() -> None:
    """Every entry that comes again takes effect again; the phone is told what it would be told otherwise."""
    known = syncing._known

    def take_again(phone: Any, entry: syncing.Entry, kept: Any, now: Any) -> dict[str, Any]:
        other = f"again-{uuid.uuid4()}"
        submission = replace(entry.submission, key=str(uuid.uuid4()), device=other, base=None, corrects=None)
        syncing._take(replace(phone, device=other), replace(entry, submission=submission, seq=1), now)
        return known(phone, entry, kept, now)

    syncing._known = take_again


if __name__ == "__main__":
    forget_what_came()
    sys.argv = ["flask", "--app", "app.factory", "serve"]
    main()
