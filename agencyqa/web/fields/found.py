"""Stored things out of very many: beyond what anybody reads in a list it is found by a part of its name."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any, Protocol

from wtforms.validators import StopValidation

from agencyqa.web import normalise
from agencyqa.web.fields.choices import IdField, IdsField, OptionsField
from agencyqa.web.messages import sentence

# Of more than these nobody looks for one in a list.
MOST_OFFERED = 200
# What the button sends that shows what matches.
BUTTON = "find"
_LONGEST_PART = 200


class Finder(Protocol):
    """(id, text) of what the actor may name, in the order of the list, at most ``limit``.

    ``part`` is a part of a name or code, ``only`` the one id that is asked for.
    """

    def __call__(
        self, *, part: str = "", only: int | None = None, limit: int | None = None
    ) -> list[tuple[int, str]]: ...


class Among:
    """A ``Finder`` in a list that costs little to read, though too long to show."""

    def __init__(self, choices: Sequence[tuple[int, str]]) -> None:
        self.choices = choices

    def __call__(
        self, *, part: str = "", only: int | None = None, limit: int | None = None
    ) -> list[tuple[int, str]]:
        wanted = part.casefold()
        matching = (
            pair
            for pair in self.choices
            if (not wanted or wanted in pair[1].casefold()) and (only is None or pair[0] == only)
        )
        return list(islice(matching, limit))


class ByPart(OptionsField):
    """Up to ``MOST_OFFERED`` a list as any other; beyond that a box for a part of the name stands before it.

    The route calls ``look_in`` before it validates or shows the form.
    """

    part = ""
    is_many = False
    is_cut = False
    _find: Finder | None = None

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        text = formdata.get(f"{self.name}_part", "") if formdata else ""
        self.part = normalise.text(text)[:_LONGEST_PART] if isinstance(text, str) else ""
        # A form with a file is filled only when the body has been read, long after the route named the finder.
        if self._find is not None:
            self.look_in(self._find)

    def drawn_from(self) -> tuple[Any, ...]:
        return (self.part, *super().drawn_from())

    def look_in(self, find: Finder) -> None:
        """Take what is offered from ``find``; nothing else can be shown or chosen."""
        self._find = find
        few = find(limit=MOST_OFFERED + 1)
        self.is_many = len(few) > MOST_OFFERED
        self.choices = self._offered(find) if self.is_many else few

    def _offered(self, find: Finder) -> list[tuple[int, str]]:
        raise NotImplementedError

    def _matching(self, find: Finder) -> list[tuple[int, str]]:
        matching = find(part=self.part, limit=MOST_OFFERED + 1) if self.part else []
        self.is_cut = len(matching) > MOST_OFFERED
        return matching[:MOST_OFFERED]

    def show_matches(self) -> None:
        """After the button: choose the only match, or say that there is none or that there are too many."""
        raise NotImplementedError

    def _what_is_wrong(self, matching: Sequence[tuple[Any, Any]], several: str = "several_found") -> str:
        if not self.part:
            return sentence("nothing_to_find")
        if not matching:
            return sentence("nothing_found", part=self.part)
        if self.is_cut:
            return sentence("too_many_found", part=self.part, most=MOST_OFFERED)
        return sentence(several, part=self.part, count=len(matching))


class FoundField(ByPart, IdField):
    """One thing: the list holds what matches, and a part that only one thing matches chooses it."""

    @property
    def kind(self) -> str:  # type: ignore[override]
        return "found" if self.is_many else "choice"

    def _offered(self, find: Finder) -> list[tuple[int, str]]:
        if self.part:
            return self._matching(find)
        return find(only=self.data) if self.data is not None else []

    def show_matches(self) -> None:
        if self._chosen_matches():
            return
        self.raw_data, self.data = None, None
        if self.part and len(self.choices) == 1:
            self.data = self.choices[0][0]
        elif not self.choices or self.is_cut:
            self.errors = [self._what_is_wrong(self.choices)]

    def pre_validate(self, form: Any) -> None:
        if self.is_many and self.part and not self._chosen_matches():
            # Who has chosen something and then looked for something else has not said yet which is meant.
            is_unchosen = self.data is None and not self.process_errors
            if not is_unchosen or len(self.choices) != 1:
                raise StopValidation(self._what_is_wrong(self.choices))
            self.raw_data, self.data = None, self.choices[0][0]
        super().pre_validate(form)

    def _chosen_matches(self) -> bool:
        return self.data is not None and any(key == self.data for key, _ in self.choices)


class FoundManyField(ByPart, IdsField):
    """Any number of things: those that are ticked stay in view, before those that match the part."""

    matching: Sequence[tuple[int, str]] = ()

    @property
    def kind(self) -> str:  # type: ignore[override]
        return "found_many" if self.is_many else "checks"

    def _offered(self, find: Finder) -> list[tuple[int, str]]:
        self.matching = self._matching(find)
        # No more than a list may have: who sends thousands of numbers has not ticked them.
        ticked = [pair for each in (self.data or ())[:MOST_OFFERED] for pair in find(only=each)]
        return ticked + [pair for pair in self.matching if pair not in ticked]

    def show_matches(self) -> None:
        if len(self.matching) == 1:
            self._tick(self.matching[0][0])
        elif not self.matching or self.is_cut:
            self.errors = [self._what_is_wrong(self.matching)]

    def pre_validate(self, form: Any) -> None:
        if self.is_many and self.part and not self.process_errors and not self._ticked_matches():
            # Who has looked for somebody and ticked nobody of that name has not said yet who is meant.
            if self.data or len(self.matching) != 1:
                raise StopValidation(self._what_is_wrong(self.matching, "several_found_to_tick"))
            self._tick(self.matching[0][0])
        super().pre_validate(form)

    def _ticked_matches(self) -> bool:
        return any(key in (self.data or ()) for key, _ in self.matching)

    def _tick(self, key: int) -> None:
        self.raw_data, self.data = None, sorted({*(self.data or ()), key})


class SoughtField(FoundField):
    """The same in the conditions above a list: beyond ``MOST_OFFERED`` a part of the name narrows the list by itself.

    ``sought`` is that part, or "" where one thing is chosen (``data``) or all are offered.
    """

    @property
    def kind(self) -> str:  # type: ignore[override]
        return "part" if self.is_many and self.data is None else "choice"

    @property
    def sought(self) -> str:
        return self.part if self.kind == "part" else ""

    def is_blank(self) -> bool:
        return self.data is None and not self.sought

    def look_in(self, find: Finder) -> None:
        few = find(limit=MOST_OFFERED + 1)
        self.is_many = len(few) > MOST_OFFERED
        if self.is_many:
            few = find(only=self.data) if self.data is not None else []
        self.choices = few

    def pre_validate(self, form: Any) -> None:
        if self.data is not None or self.process_errors:
            IdField.pre_validate(self, form)
