"""A program of its own: the lines of a PDF on its standard input, page by page, as JSON on its standard output.

A hostile file can make any reader loop or swell. This one runs alone, with limits that it gives itself before it
looks at the file, and imports nothing of ours: whatever becomes of it, the server goes on. See ``pdf_text``.
"""

from __future__ import annotations

import json
import logging
import resource
import sys

MEGABYTE = 1024 * 1024
SECONDS = 20
MEMORY = 768 * MEGABYTE
# Of what it writes, to its standard output as to any file.
LARGEST_OUTPUT = 8 * MEGABYTE
MOST_PAGES = 500
MOST_CHARACTERS = 1_500_000
TOO_LONG = 3
UNREADABLE = 4


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_OUTPUT, LARGEST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    limit()
    from pypdf import PdfReader

    # It complains about every small fault of a file; nobody reads that here.
    logging.disable(logging.CRITICAL)
    try:
        reader = PdfReader(sys.stdin.buffer)
        if len(reader.pages) > MOST_PAGES:
            return TOO_LONG
        pages: list[list[str]] = []
        length = 0
        for page in reader.pages:
            text = page.extract_text()
            length += len(text)
            if length > MOST_CHARACTERS:
                return TOO_LONG
            pages.append(text.splitlines())
    except MemoryError:
        return TOO_LONG
    # Whatever a damaged file makes its reader raise, the answer is the same.
    except Exception:
        return UNREADABLE
    sys.stdout.write(json.dumps(pages))
    return 0


if __name__ == "__main__":
    sys.exit(main())
