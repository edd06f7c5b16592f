"""Characters: personas, populations, memory, minds, readouts and the completer port."""
