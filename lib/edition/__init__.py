"""One unit, one year: where its files are, how they are read and written, what its card and its dictionary say.

All reading and writing of tables happens here. Nothing is computed here.
"""
