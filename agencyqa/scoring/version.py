"""Stored beside every result. Raise it with any change that could move a figure."""

ENGINE_VERSION = "1"

# Written into what uses a rule that the first engine did not have; everything else keeps its bytes.
EXTENDED_VERSION = "2"


def rollup_engine(*, is_extended: bool) -> str:
    return EXTENDED_VERSION if is_extended else ENGINE_VERSION
