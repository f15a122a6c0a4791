"""What makes the weights that the program ships; the program itself never runs it."""
