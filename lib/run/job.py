"""The job of executing one notebook; papermill is imported when it is done, so that whoever asks for it stays light."""

from __future__ import annotations

from typing import Any


def execute(
    source: str, target: str, parameters: dict[str, Any], cwd: str | None = None, cell_timeout: int | None = None
) -> None:
    """Run one notebook with papermill in this process, which runs no other. Raises what papermill raises."""
    import numpy
    import papermill

    numpy.random.seed()  # the fork copied the legacy state
    papermill.execute_notebook(
        source,
        target,
        parameters,
        engine_name="warm",
        cwd=cwd,
        progress_bar=False,
        execution_timeout=cell_timeout,
        request_save_on_cell_execute=False,
    )
