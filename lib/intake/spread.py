"""Work on a long document by all cores at once: forks have what there is to do, so that results alone travel."""

import os
from collections.abc import Callable, Sequence
from itertools import pairwise
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
LONG = 1_000
"""Fewer things are done sooner than a fork."""


def spread(work: Callable[[Sequence[T]], list[R]], things: Sequence[T]) -> list[R]:
    """What `work` makes of things, of each by itself, in their order. Raises what it raises."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1  # of Linux, where a fork is safe
    if len(things) < LONG:
        cores = 1
    parts = [things[a:b] for a, b in pairwise(len(things) * n // cores for n in range(cores + 1))]
    lines = [_forked(work, part) for part in parts[1:]]
    return [
        *work(parts[0]),
        *(one for line, part in zip(lines, parts[1:], strict=True) for one in _made(line, work, part)),
    ]


def _forked(work: Callable[[Sequence[T]], list[R]], part: Sequence[T]) -> Connection:
    ours, theirs = Pipe(duplex=False)
    get_context("fork").Process(target=lambda: theirs.send(work(part)), daemon=True).start()
    theirs.close()
    return ours


def _made(line: Connection, work: Callable[[Sequence[T]], list[R]], part: Sequence[T]) -> list[R]:
    """What a fork has made, or where it has died what is made here."""
    try:
        return line.recv()
    except EOFError:
        return work(part)
