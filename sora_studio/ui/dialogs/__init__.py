"""Dialogs: export, and the choosing of files. None of them blocks work that is under way."""
