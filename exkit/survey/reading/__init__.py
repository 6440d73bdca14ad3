"""How files become tables of text: nothing is guessed, repaired or skipped."""
