"""The tools that do the looking. Each turns what it finds into refusals."""
