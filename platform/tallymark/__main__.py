"""`python -m tallymark`: the `tallymark` command for processes that start others."""

from tallymark.cli import main

main()
