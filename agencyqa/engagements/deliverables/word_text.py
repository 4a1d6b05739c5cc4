"""The text of a Word file for comparison: paragraphs and rows of tables in the order of reading, nothing else."""

from __future__ import annotations

from typing import BinaryIO

# Reports have a few megabytes of pictures; the text of anything larger is not looked at.
LARGEST = 30 * 1024 * 1024


class NoText(Exception):
    """The file says it is a Word file and cannot be read as one."""


def paragraphs_of(stream: BinaryIO) -> list[str]:
    """Without empty ones; blanks at the ends and in a row mean nothing. Raise NoText."""
    import docx

    try:
        document = docx.Document(stream)
        found: list[str] = []
        for block in document.iter_inner_content():
            if hasattr(block, "rows"):
                found += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
            else:
                found.append(block.text)
    # Whatever a damaged package makes its reader raise, the answer is the same.
    except Exception as error:
        raise NoText from error
    return [text for text in (" ".join(each.split()) for each in found) if text]
