"""Sora Studio: a desktop studio for creative video generation."""

__version__ = "0.1.0"
