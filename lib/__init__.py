"""The way of a figure, from the bottom up.

`numbers` reads what the source prints (26万余元) as a bounded quantity. `edition` knows a unit's year: its files, its card, its dictionary.
`check` types the figures and tells what does not agree. A notebook opens its `chapter` and computes, says and draws with it; `score` and
`compare` are for the notebooks that rate an edition, and hold it against other years and units. What a cell shows (`cells`) is all
that `publish` sees: it makes page, PDF, Word file and tables. `run` decides which steps are due and does them, `intake` helps to
lay out and fill in a year, `desk` is the page from which all of it is done, `cli` the command line.
"""
