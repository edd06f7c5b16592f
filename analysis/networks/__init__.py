"""Who does what to whom, as a network: reciprocity, mixing, clusters, standing and their nulls.

Pure functions over matrices [giver, receiver] of counted acts; `acts` reads them off a run, `nulls`
tells what chance alone would give, `measures` puts one run together and `summary` many.
"""
