"""Which steps of which editions are due, and doing them. Knows no chapter: what a notebook is and needs, it says itself."""
