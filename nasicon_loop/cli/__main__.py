"""`python -m nasicon_loop.cli` is the same as `nasicon`."""

from nasicon_loop.cli import main

main()
