"""Numbers as reports print them: read, bounded, computed with, written back. Nothing here knows a file, a unit or a report."""
