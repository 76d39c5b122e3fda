"""Work on a long document by all cores at once: forks have what there is to do, so that results alone travel."""

import os
from collections.abc import Callable, Sequence
from itertools import pairwise
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from typing import Any

Work = Callable[[Sequence[Any]], list[Any]]
LONG = 1_000  # fewer things are done sooner than a fork


def spread(work: Work, things: Sequence[Any]) -> list[Any]:
    """What `work` makes of things, of each by itself, in their order. Raises what it raises."""
    linux = hasattr(os, "sched_getaffinity")  # where a fork is safe
    cores = len(os.sched_getaffinity(0)) if linux and len(things) >= LONG else 1
    parts = [things[a:b] for a, b in pairwise(len(things) * n // cores for n in range(cores + 1))]
    forks = [(part, _forked(work, part)) for part in parts[1:]]
    return [*work(parts[0]), *(one for part, line in forks for one in _made(line, work, part))]


def _forked(work: Work, part: Sequence[Any]) -> Connection:
    ours, theirs = Pipe(duplex=False)
    get_context("fork").Process(target=lambda: theirs.send(work(part)), daemon=True).start()
    theirs.close()
    return ours


def _made(line: Connection, work: Work, part: Sequence[Any]) -> list[Any]:
    """What a fork has made, or where it has died what is made here."""
    try:
        return line.recv()
    except EOFError:
        return work(part)
