"""What the source prints, typed, and what must agree. Takes tables, gives findings; shows nothing and makes no chapter."""
