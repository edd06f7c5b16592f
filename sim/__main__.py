"""`python -m sim` is the `society` command."""

from cli.app import main

main()
