"""Executed notebooks as page, PDF, Word file, workbook and tables. Knows nothing of unions, chapters or scores."""
