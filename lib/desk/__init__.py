"""The analyst's desk: what JupyterLab is told of this project."""
