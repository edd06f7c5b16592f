"""Societies: streams, topology, the Mesa model, the gateway to models, records, execution."""
