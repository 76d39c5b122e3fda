"""The jobs of a run, each a function for a process of `warm`.

papermill is imported when it is done, so that whoever asks for it stays light.
"""

import logging
from typing import Any

from lib.edition.edition import Edition
from lib.run import warm


def _refuse(record: logging.LogRecord) -> bool:
    """What papermill only warns of is an error here: a parameter that the notebook does not know. Raises ValueError."""
    if record.getMessage().startswith("Passed unknown parameter"):
        raise ValueError(f"笔记本没有参数 {record.getMessage().rpartition(' ')[2]}。请写进标有 parameters 的那一格")
    return True


def execute(source: str, target: str, engine_name: str = "warm", **more: Any) -> None:
    """Run one notebook in this process, which runs no other; arguments and errors are papermill's."""
    import papermill

    logging.getLogger("papermill").addFilter(_refuse)
    each_cell = engine_name != "warm" or not warm.AVAILABLE  # a kernel that dies leaves the cells before
    more |= {"progress_bar": False, "request_save_on_cell_execute": each_cell}
    # papermill fills in what it finds between braces
    paths = (path.replace("{", "{{").replace("}", "}}") for path in (source, target))
    papermill.execute_notebook(*paths, engine_name=engine_name, **more)


def wrong(edition: Edition) -> str:
    """What `jixiao check` finds that stops a run; nothing if nothing does."""
    from lib.intake import check

    return check.wrong(edition)
