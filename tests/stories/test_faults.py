"""Whole visits while server, line and browser fail at random: nothing is lost, nothing comes twice, and the test can fail.

The harness is tools/faults; `make faults RUNS=50` runs more of them.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tools.faults import run as harness

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SEED = 20261122


def run(count: int, seed: int, **values: bool) -> harness.Result:
    """In a thread of its own: the tests beside it hold a browser in this one, and each browser wants its own."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(harness.run, count, seed, **values).result()


def test_five_visits_arrive_once_each_whatever_fails():
    result = run(5, SEED)
    assert result.tally.is_whole, "\n".join([result.line, *result.tally.findings])
    assert result.tally.visits == 5 and result.tally.saves >= 5 * 25, result.line
    assert result.browser_kills and result.server_kills, result.line


def test_a_server_that_forgets_what_it_received_is_found_out():
    result = run(2, SEED, is_control=True)
    assert result.tally.duplicated, "\n".join([result.line, *result.tally.findings])
