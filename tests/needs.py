"""What a test needs from the machine: a skip that says why, or a failure where nothing may be skipped."""

import os

import pytest


def need(condition: object, reason: str) -> None:
    """Skips the test unless `condition` holds; with JIXIAO_NO_SKIPS=1 it fails instead."""
    if not condition:
        (pytest.fail if os.environ.get("JIXIAO_NO_SKIPS") == "1" else pytest.skip)(reason)
