"""`python -m tools.faults --runs 50 --seed 7`: prints one line; ends with 1 if anything of it is wrong."""

import argparse
import signal
import sys
from typing import Any

from tools.faults.run import KEPT, run


def _interrupted(*_: Any) -> None:
    raise KeyboardInterrupt  # so that every process is ended on the way out


def main() -> int:
    """Read the arguments, run, print."""
    asked = argparse.ArgumentParser(prog="tools.faults", description=__doc__)
    asked.add_argument("--runs", type=int, default=5, help="how many visits")
    asked.add_argument("--seed", type=int, default=20261122, help="which faults happen when")
    asked.add_argument(
        "--control", action="store_true", help="without the server's de-duplication: must fail"
    )
    asked.add_argument("--rate", type=float, default=None, help="share of taps at which something goes wrong")
    asked.add_argument("--watch", action="store_true", help="print every tap")
    given = asked.parse_args()
    signal.signal(signal.SIGTERM, _interrupted)
    result = run(given.runs, given.seed, given.control, given.rate, say=True, watch=given.watch)
    print(result.line)
    print("  " + ", ".join(f"{name} {n}" for name, n in sorted(result.happened.items()) if ":" not in name))
    print(f"  {result.seconds:.0f} s, seed {given.seed}")
    for finding in result.tally.findings[:40]:
        print(f"  {finding}")
    if not result.tally.is_whole:
        print(f"  more in {KEPT}")
    return 0 if result.tally.is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
