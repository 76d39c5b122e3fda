"""Not there for the processes that tests start: a grammar that takes a second to build and reads addresses that no notebook has."""

raise ImportError(__name__)
