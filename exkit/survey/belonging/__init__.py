"""Which wave and which unit a row belongs to, by declared rules."""
