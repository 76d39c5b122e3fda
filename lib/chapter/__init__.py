"""What a notebook works with: its chapter of an edition, and the prose, tables and charts that it shows.

Everything shown is made from quantities, which carry their lineage. Nothing here knows a form, a score or another edition.
"""
