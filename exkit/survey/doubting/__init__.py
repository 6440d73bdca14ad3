"""What may be wrong with data that break no rule: pointed out, never repaired."""
