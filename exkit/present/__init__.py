"""Results become tables, pictures and sentences in the reader's language, through one door: `protect`."""
