"""The command line: it sits on top of everything and decides nothing."""
