"""Run all sites on all cores and write what came out."""

import json
import os
from itertools import product
from multiprocessing import Pool

from darksocial.simulation.worlds import worlds
from tests.accuracy import RESULTS, SEEDS, SEEDS_OF_WORLD, SITES, measured, measured_world
from tests.generate.accuracy import PAGE, page


def main() -> None:
    """Measure, store, and write the page."""
    sites = [*product(SITES, range(1, SEEDS + 1))]
    troubles = [*product(sorted(worlds()), range(1, SEEDS_OF_WORLD + 1))]
    with Pool(os.cpu_count(), maxtasksperchild=4) as pool:
        rows = pool.starmap(measured, sites, chunksize=1)
        rows += pool.starmap(measured_world, troubles, chunksize=1)
    RESULTS.write_text(json.dumps(rows, indent=0) + "\n", "utf-8")
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
