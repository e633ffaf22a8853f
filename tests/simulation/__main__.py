"""`just simulate`: histories, deliveries, crashes and races, each repeated by its seed.

`just simulate` takes 20,000 seeds from a random one on; `just simulate 7` repeats seed 7 and makes
every check; `just simulate 7 --histories 500 --jobs 2` takes 500 seeds from 7 on, on two cores.
"""

import argparse
import random
import sys
from functools import partial

from tests.simulation.many import simulate_many

HISTORIES = 20_000


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("a whole number from 1")
    return number


def main(arguments: list[str] | None = None) -> int:
    """Simulate what is asked for; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(
        prog="just simulate", description="Histories, deliveries, crashes and races from a seed."
    )
    parser.add_argument("seed", type=int, nargs="?", help="the first seed; alone, the only one")
    parser.add_argument(
        "--histories", type=_positive, metavar="N", help="how many seeds, one by one"
    )
    parser.add_argument("--jobs", type=_positive, default=1, metavar="J", help="on how many cores")
    options = parser.parse_args(arguments)
    if options.seed is None:
        first = random.SystemRandom().getrandbits(32)
        histories = HISTORIES if options.histories is None else options.histories
    else:
        first = options.seed
        histories = 1 if options.histories is None else options.histories
    print(f"seeds {first} to {first + histories - 1}", flush=True)
    told = simulate_many(
        range(first, first + histories),
        jobs=options.jobs,
        thorough=histories == 1,
        tell=partial(print, flush=True),
    )
    print(told.sentence)
    return 1 if told.failures else 0


if __name__ == "__main__":
    sys.exit(main())
