"""What `make lab` tells Jupyter's server; JUPYTER_CONFIG_PATH names this folder. What a user has set at home stays."""

from lib.desk.lab import keep_clean

c = get_config()  # noqa: F821
c.ServerApp.jpserver_extensions = {"nbdime": False}  # it is for git, not for the analyst's screen
c.ContentsManager.pre_save_hook = keep_clean
