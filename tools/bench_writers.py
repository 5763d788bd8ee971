"""The bench's writers: played visits whose saves are timed, and processes with threads that all save at once."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from app.models import database
from app.models.people import Person
from app.services import visiting
from app.services.rehearsing import Rehearsal
from app.services.visiting import Submission


@contextmanager
def timed(spent: list[float], clock: Callable[[], float]) -> Iterator[None]:
    """While this holds, every save adds what the clock says it took."""
    plain = visiting.submit

    def slow(*arguments: Any, **options: Any) -> Any:
        start = clock()
        try:
            return plain(*arguments, **options)
        finally:
            spent.append(clock() - start)

    visiting.submit = slow
    try:
        yield
    finally:
        visiting.submit = plain


def script(person: Person, visit_id: int) -> list[tuple[str, str, dict[str, Any]]]:
    """The acts of an ordinary visit up to the self-inspection, as one played visit makes them."""
    acts: list[tuple[str, str, dict[str, Any]]] = []
    plain = visiting.submit

    def noted(who: Person, entry: Submission, *arguments: Any, **options: Any) -> Any:
        acts.append((entry.step, entry.act, dict(entry.fields)))
        return plain(who, entry, *arguments, **options)

    visiting.submit = noted
    try:
        Rehearsal(person, visit_id, datetime.now(UTC)).until("sign")
    finally:
        visiting.submit = plain
    return acts


def write(path: str, visit_ids: list[int], threads: int, seconds: float, barrier: Any, results: Any) -> None:
    """One writing process: its threads save for a while; the waits of all go back."""
    database.init(path)
    database.connect()
    mei = Person.get(Person.login == "mei")
    acts = script(mei, visit_ids.pop())
    waits: list[list[float]] = [[] for _ in range(threads)]
    gate = threading.Barrier(threads + 1)
    workers = [
        threading.Thread(
            target=_write_thread, args=(mei, visit_ids[number::threads], acts, seconds, gate, waits[number])
        )
        for number in range(threads)
    ]
    for worker in workers:
        worker.start()
    barrier.wait()
    gate.wait()
    for worker in workers:
        worker.join()
    results.put([wait for one in waits for wait in one])
    database.close()


def _write_thread(
    mei: Person,
    visit_ids: list[int],
    acts: list[Any],
    seconds: float,
    gate: threading.Barrier,
    waits: list[float],
) -> None:
    database.connect()
    gate.wait()
    end = time.perf_counter() + seconds
    for visit_id in visit_ids:
        for step, act, fields in acts:
            now = datetime.now(UTC)
            entry = Submission(
                visit=visit_id, step=step, act=act, key=str(uuid.uuid4()), fields=fields, at=now
            )
            start = time.perf_counter()
            visiting.submit(mei, entry, now)
            done = time.perf_counter()
            if done > end:
                database.close()
                return
            waits.append(done - start)
    raise RuntimeError("too few visits for the time")
