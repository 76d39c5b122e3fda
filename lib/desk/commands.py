"""The command of the desk: `jixiao desk`."""

import click

from lib.edition.edition import root


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("more", nargs=-1, type=click.UNPROCESSED, metavar="[Jupyter 的参数]…")
def desk(more: tuple[str, ...]) -> None:
    """工作台：在浏览器里新建、录入、核对、生成、打开，写一句看一句。只有本机能打开，地址里带口令。

    例：jixiao desk；jixiao desk --no-browser --port=8899
    """
    from jupyter_server.serverapp import ServerApp

    ours = {"lib.desk.extension": True, "jupyterlab": False, "notebook": False}
    given = {"jpserver_extensions": ours, "default_url": "/jixiao/", "root_dir": str(root()), "ip": "127.0.0.1"}
    ServerApp.launch_instance([*more, *(f"--ServerApp.{name}={value}" for name, value in given.items())])
