"""What may be worked out of the figures that are shown, and which of them to withhold so that it may not."""
