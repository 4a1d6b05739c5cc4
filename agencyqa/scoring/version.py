"""Stored beside every result. Raise it with any change that could move a figure."""

ENGINE_VERSION = "1"
