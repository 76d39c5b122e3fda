"""The job of executing one notebook: a function for a warm process, a command for one of its own with papermill's stock engine.

papermill is imported when it is done, so that whoever asks for it stays light.
"""

import json
import logging
import sys
from pathlib import Path
from typing import Any


def _refuse(record: logging.LogRecord) -> bool:
    """What papermill only warns of is an error here: a parameter that the notebook does not know. Raises ValueError."""
    if record.getMessage().startswith("Passed unknown parameter"):
        raise ValueError(f"笔记本没有参数 {record.getMessage().rpartition(' ')[2]}。请写进标有 parameters 的那一格")
    return True


def execute(source: str, target: str, engine_name: str = "warm", **more: Any) -> None:
    """Run one notebook in this process, which runs no other; arguments and errors are papermill's."""
    import papermill

    logging.getLogger("papermill").addFilter(_refuse)
    each_cell = engine_name != "warm"  # a process that dies leaves the cells before
    more |= {"progress_bar": False, "request_save_on_cell_execute": each_cell}
    papermill.execute_notebook(source, target, engine_name=engine_name, **more)


def wrong(unit: str, year: int, root: str) -> str:
    """What `jixiao check` finds that stops a run; nothing if nothing does."""
    from lib.edition.edition import Edition
    from lib.intake import check

    return check.wrong(Edition(unit, year, Path(root)))


if __name__ == "__main__":
    execute(**json.loads(sys.argv[1]), engine_name="nbclient")
