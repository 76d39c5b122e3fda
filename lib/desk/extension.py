"""The Jupyter server extension: loaded by the project's own Jupyter settings (`etc/jupyter`), or by `jixiao desk`."""

import os
from typing import Any

from lib.desk.desk import Desk
from lib.desk.handlers import handlers
from lib.edition.edition import root

KEPT = ("jixiao", "kernelspec")  # what a notebook says of itself, besides its language


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "lib.desk.extension"}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Add what is ours to a Jupyter server, a line each."""
    desk = Desk(root(app.root_dir))
    os.environ["JIXIAO_DESK"] = str(desk.note)  # for the kernels that this server starts
    app.contents_manager.register_pre_save_hook(keep_clean)
    app.web_app.add_handlers(".*$", handlers(app.base_url, desk))


def keep_clean(model: dict[str, Any], path: str = "", **_: Any) -> None:
    """A `pre_save_hook` of Jupyter's server: a notebook of ours is saved without outputs; cells keep source, id and tags."""
    if model["type"] != "notebook" or not path.startswith("notebooks/"):
        return
    notebook = model["content"]
    said = notebook["metadata"]
    notebook["metadata"] = {name: said[name] for name in KEPT if name in said} | {"language_info": {"name": "python"}}
    for cell in notebook["cells"]:
        cell["metadata"] = {name: told for name, told in cell["metadata"].items() if name == "tags"}
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
