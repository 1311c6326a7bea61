"""`python -m darksocial` is the command `darksocial`."""

from darksocial.cli import main

main()
