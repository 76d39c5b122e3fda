"""Fleets: many editions brought up to date, side by side on this machine or on a Dask cluster, and their catalogue.

Only for speed: units run as many at a time as there are cores (how the cost grows with their number: docs/performance.md), and
an edition with nothing due costs a look at its files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict

from lib.edition.edition import Edition
from lib.publish import catalogue
from lib.run import failure, warm
from lib.run.keys import PUBLISH, Steps
from lib.run.runs import Event, Options, Outcome, run, silent

RETRIES = 3
"""How often a cluster does the work of a unit again that was lost."""


def run_all(editions: list[Edition], options: Options, tell: Event = silent, cluster: str = "") -> list[Outcome]:
    """Bring editions up to date: two units at a time on two cores, or as many as a Dask cluster has workers for.

    The years of a unit follow each other, as each is compared with those before it. What is up to date is told at once; what
    fails does not keep the others from being finished.
    """
    units: dict[str, list[Edition]] = {}
    for edition in sorted(editions, key=lambda edition: (edition.unit, edition.year)):
        units.setdefault(edition.unit, []).append(edition)
    due = [years for years in units.values() if len(units) == 1 or options.explain or not all(map(fresh, years))]
    outcomes = {(edition.unit, edition.year): Outcome(edition.unit, edition.year, "unchanged") for edition in editions}
    for outcome in _side_by_side(due, options, tell, cluster):
        outcomes[outcome.unit, outcome.year] = outcome
        tell("edition", **asdict(outcome))
    _catalogue(editions[0], list(outcomes.values()), options)
    return list(outcomes.values())


def fresh(edition: Edition) -> bool:
    """Whether no step of an edition is due, and nothing tells of a failure."""
    steps, names = Steps(edition), (*edition.notebooks, PUBLISH)
    return not failure.folder(edition).exists() and not any(map(steps.why, names))


def run_years(years: list[tuple], options: Options, tell: Event = silent, width: int = 1) -> list[Outcome]:
    """The editions of one unit, each as (unit, year, root), the earliest first."""
    return [run(*edition, options, tell, width) for edition in years]


def _catalogue(edition: Edition, outcomes: list[Outcome], options: Options) -> None:
    """Write the catalogue anew if an edition was."""
    if any(outcome.state == "built" for outcome in outcomes) and not options.explain:
        warm.call(catalogue.write, outputs=str(edition.root / "outputs"), headlines=edition.headlines)


def _side_by_side(units: list[list[Edition]], options: Options, tell: Event, cluster: str) -> Iterator[Outcome]:
    jobs = [[(edition.unit, edition.year, str(edition.root)) for edition in years] for years in units]
    if cluster and jobs:
        yield from _on_cluster(jobs, options, cluster)
    elif len(jobs) == 1:
        yield from (run(*edition, options, tell, os.cpu_count() or 1) for edition in jobs[0])
    else:
        yield from _here(jobs, options, tell)


def _here(jobs: list[list[tuple]], options: Options, tell: Event) -> Iterator[Outcome]:
    """The editions of several units, as they are done. Whoever stops listening ends it after what has begun."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        begun = [pool.submit(run_years, years, options, tell) for years in jobs]
        try:
            for done in as_completed(begun):
                yield from done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _on_cluster(jobs: list[list[tuple]], options: Options, cluster: str) -> Iterator[Outcome]:
    """The editions of several units, as the workers of a Dask cluster finish them; what a lost worker had is done again."""
    from dask.distributed import Client, as_completed

    with Client(cluster) as client:
        begun = client.map(run_years, jobs, options=options, pure=False, retries=RETRIES)
        for done in as_completed(begun):
            yield from done.result()
