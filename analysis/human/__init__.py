"""Beside people: what characters did in a published experiment, and what people did in it."""
