"""Analysis: stored tables become metrics, contrasts and a report. Reads only the run folder."""
