"""How the bench looks past other work on the machine. What is measured is not said here."""

import statistics
import time
from collections.abc import Sequence

GROUPS = 4
LOOP = 500_000


def quietest(values: Sequence[float], groups: int = GROUPS) -> float:
    """The least of the medians of consecutive groups: what the code costs while nobody else slows the processor.

    A neighbour on the same processor makes whole stretches slower, never quicker; within a stretch the median stands.
    """
    size = max(1, len(values) // groups)
    return min(
        statistics.median(values[start : start + size])
        for start in range(0, size * groups, size)
        if start < len(values)
    )


def loop_ms(rounds: int = 20) -> list[float]:
    """Milliseconds of one fixed loop of plain Python, several times: how quick this machine is just now."""
    found = []
    for _ in range(rounds):
        start = time.process_time()
        total = 0
        for number in range(LOOP):
            total += number * number % 7
        found.append((time.process_time() - start) * 1000)
    return found
