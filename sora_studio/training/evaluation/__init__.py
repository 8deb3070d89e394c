"""Measures of the built-in model with their bars, and the attribute classifier that reads its clips."""
