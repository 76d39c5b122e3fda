"""Fleets: many editions brought up to date, side by side on this machine or on a Dask cluster, and their catalogue.

Only for speed: units run as many at a time as there are cores (how the cost grows with their number: docs/performance.md), and
an edition with nothing due costs a look at its files.
"""

import os
from dataclasses import asdict
from itertools import chain, groupby
from pathlib import Path

from lib.edition.edition import Edition
from lib.edition.store import names, outputs, work
from lib.publish import catalogue
from lib.run import failure, warm
from lib.run.keys import PUBLISH, Steps
from lib.run.runs import Event, Options, Outcome, _each, locked, run, silent

CORES = os.cpu_count() or 1


def run_all(editions: list[Edition], options: Options, tell: Event = silent, cluster: str = "") -> list[Outcome]:
    """Bring editions up to date: as many units at a time as there are cores, or workers of a Dask cluster; the years of a
    unit follow each other, as each is compared with those before it. What is up to date is told at once; what fails
    does not keep the others from being finished."""
    ordered = sorted(editions, key=lambda edition: (edition.unit, edition.year))
    units = [list(years) for _, years in groupby(ordered, key=lambda edition: edition.unit)]
    anyway = len(units) == 1 or options.explain or options.force
    due = [years for years in units if anyway or not all(map(fresh, years))]
    outcomes = {(edition.unit, edition.year): Outcome(edition.unit, edition.year, "unchanged") for edition in editions}
    if cluster and due:
        made = _on_cluster(due, options, tell, cluster)
    elif len(due) == 1:
        made = [run_years(due[0], options, tell, CORES)]
    else:
        made = _each(run_years, [(years, options, tell) for years in due], CORES)
    outcomes |= {(outcome.unit, outcome.year): outcome for outcome in chain(*made)}
    found = list(outcomes.values())
    if not options.explain:
        try:
            enlist(editions[0].root, any(outcome.state == "built" for outcome in found))
        except Exception as error:
            told = failure.of(error, outputs(editions[0].root))
            found.append(Outcome("目录页", 0, "failed", told.kind, str(told)))
            tell("edition", **asdict(found[-1]))
    return found


def enlist(root: Path, changed: bool) -> None:
    """Write the catalogue where editions changed, or where it is not as it was left; one run at a time, as the last looks last."""
    folder = outputs(root)
    if changed or not catalogue.whole(folder):
        with failure.told("目录页"), locked(work(root) / "catalogue.lock"):
            headlines = names(root / "data" / "headlines.csv")
            warm.call(catalogue.write, stays="catalogue", outputs=str(folder), headlines=headlines, base=str(root))


def fresh(edition: Edition) -> bool:
    """Whether no step of an edition is due, and nothing tells of a failure."""
    try:
        steps, all_of_them = Steps(edition), (*edition.notebooks, PUBLISH)
        return not failure.folder(edition).exists() and not any(map(steps.why, all_of_them))
    except Exception:  # a run of it will say so
        return False


def run_years(years: list[Edition], options: Options, tell: Event = silent, width: int = 1) -> list[Outcome]:
    """The editions of one unit, the earliest first."""
    return [run(edition.unit, edition.year, str(edition.root), options, tell, width) for edition in years]


def _on_cluster(units: list[list[Edition]], options: Options, tell: Event, cluster: str) -> list[list[Outcome]]:
    """The editions of several units, told as the workers of a Dask cluster finish them; what a lost worker had is done again."""
    from dask.distributed import Client, as_completed

    made = []
    with Client(cluster) as client:
        for done in as_completed(client.map(run_years, units, options=options, pure=False, retries=3)):
            made.append(done.result())
            for outcome in made[-1]:
                tell("edition", **asdict(outcome))
    return made
