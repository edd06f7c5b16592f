"""Inventories answered in character: what they say of traits, of structure and of adherence.

Pure functions over `probes.parquet` and `run.json`; only `summary` knows folders. Items are told
apart by whether the persona's text states them: an answer to a stated item shows that the text was
read, and only one to an unseen item can show that a person was put together from it.
"""
