"""Names of bodies: neither database sorts Chinese, so we keep a key that does."""

from __future__ import annotations

SORT_KEY_LENGTH = 400


def sort_key(name: str) -> str:
    """Pinyin of the name, tone by tone, lower case; names that are not Chinese sort as they are."""
    # A quarter of a second of dictionaries, needed only when a name is stored.
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(name.strip(), style=Style.TONE3, neutral_tone_with_five=True)
    return " ".join(syllables).lower()[:SORT_KEY_LENGTH]
