"""How coherent a character is, across runs, wordings, orders of mention, paraphrases and readouts.

Pure functions over tidy frames. `policies` reads what every character does before it has seen
anything; arbitrariness, discrimination, entropy, retest and distance look at these alone.
`memory_one` looks at what characters do to each other in repeated games, `tipping` at how a
series' shares change whoever stays. `summary` puts them together.
"""
