"""JupyterLab: what it does with a notebook of the project before it is saved."""

from typing import Any

KEPT = ("jixiao", "kernelspec")
"""What a notebook says of itself, besides its language."""


def keep_clean(model: dict[str, Any], path: str = "", **_: Any) -> None:
    """A `pre_save_hook` of Jupyter's server: outputs stay on the screen and out of the file, so that git sees what was written alone.

    Cells keep source, id and tags. A notebook outside of notebooks/ is saved as it is.
    """
    if model["type"] != "notebook" or not path.startswith("notebooks/"):
        return
    notebook = model["content"]
    said = notebook["metadata"]
    notebook["metadata"] = {name: said[name] for name in KEPT if name in said} | {"language_info": {"name": "python"}}
    for cell in notebook["cells"]:
        cell["metadata"] = {name: told for name, told in cell["metadata"].items() if name == "tags"}
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
