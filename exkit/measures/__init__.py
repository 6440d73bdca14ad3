"""People become scores, scores become tallies."""
