"""What a file says of itself, made into the draft of a codebook; every guess is marked."""
