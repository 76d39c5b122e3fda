"""Self-evaluation: sheets and their rules as data, targets, points with bounds. Takes a chapter's figures; publishes nothing."""
