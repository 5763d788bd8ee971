"""The control: the product's own server with its memory of what it has received taken away. Never run for anybody.

A key that comes again is taken for a new save. The test of faults must find what this does.
"""

import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask.cli import main

from app.domain import steps as _steps  # noqa: F401  the app is whole before anything of it is changed
from app.models import inbox
from app.services import judging, syncing


def forget_what_came() -> None:
    """Every entry counts as new, whatever its key, and takes the next free place of its visit."""
    take = syncing._take

    def take_again(person: Any, device: str, entry: syncing.Entry, *rest: Any) -> Any:
        if inbox.entry(entry.submission.key) is not None:
            again = replace(entry.submission, key=str(uuid.uuid4()), corrects=None)
            entry = replace(entry, submission=again, seq=inbox.next_of(again.visit, device))
        return take(person, device, entry, *rest)

    syncing._take = take_again
    _judge_without_base(judging)


def _judge_without_base(module: Any) -> None:
    judge: Callable[..., Any] = module.judged

    def judged(before: Any, submission: Any, *rest: Any, **more: Any) -> Any:
        return judge(before, replace(submission, base=None), *rest, **more)

    from app.services import visiting

    module.judged = visiting.judged = judged


if __name__ == "__main__":
    forget_what_came()
    sys.argv = ["flask", "--app", "app.factory", "serve"]
    main()
