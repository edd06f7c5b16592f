"""One module a game; each binds its rules to the name GAME."""
