"""Commands for the command line: `python -m presentation.commands.NAME`."""
