"""The Jupyter server extension: loaded by the project's own Jupyter settings (`etc/jupyter`), or by `jixiao desk`."""

import os
from typing import Any

from lib.desk.desk import Desk
from lib.desk.handlers import handlers
from lib.desk.lab import keep_clean
from lib.edition.edition import root


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "lib.desk.extension"}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Add what is ours to a Jupyter server, a line each."""
    desk = Desk(root(app.root_dir))
    os.environ["JIXIAO_DESK"] = str(desk.note)  # for the kernels that this server starts
    app.web_app.settings["jixiao"] = desk
    app.contents_manager.register_pre_save_hook(keep_clean)
    app.web_app.add_handlers(".*$", handlers(app.base_url, desk))
