"""A stored thing out of very many: beyond what anybody reads in a list it is found by a part of its name."""

from __future__ import annotations

from typing import Any, Protocol

from wtforms.validators import StopValidation

from agencyqa.web import normalise
from agencyqa.web.fields.choices import IdField
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


class FoundField(IdField):
    """Up to ``MOST_OFFERED`` a list as any other. Beyond that a box for a part of the name stands before it, and the
    list holds what matches; a part that only one thing matches chooses it.

    The route calls ``look_in`` before it validates or shows the form.
    """

    part = ""
    is_many = False
    is_cut = False

    @property
    def kind(self) -> str:  # type: ignore[override]
        return "found" if self.is_many else "choice"

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        text = formdata.get(f"{self.name}_part", "") if formdata else ""
        self.part = normalise.text(text)[:_LONGEST_PART] if isinstance(text, str) else ""

    def look_in(self, find: Finder) -> None:
        """Take what is offered from ``find``; nothing else can be shown or chosen."""
        few = find(limit=MOST_OFFERED + 1)
        self.is_many = len(few) > MOST_OFFERED
        if not self.is_many:
            self.choices = few
        elif self.part:
            matching = find(part=self.part, limit=MOST_OFFERED + 1)
            self.is_cut = len(matching) > MOST_OFFERED
            self.choices = matching[:MOST_OFFERED]
        else:
            self.choices = find(only=self.data) if self.data is not None else []

    def show_matches(self) -> None:
        """After the button: choose the only match, or say that there is none or that there are too many."""
        if self._chosen_matches():
            return
        self.raw_data, self.data = None, None
        if self.part and len(self.choices) == 1:
            self.data = self.choices[0][0]
        elif not self.choices or self.is_cut:
            self.errors = [self._what_is_wrong()]

    def pre_validate(self, form: Any) -> None:
        if self.is_many and self.part and not self._chosen_matches():
            # Who has chosen something and then looked for something else has not said yet which is meant.
            is_unchosen = self.data is None and not self.process_errors
            if not is_unchosen or len(self.choices) != 1:
                raise StopValidation(self._what_is_wrong())
            self.raw_data, self.data = None, self.choices[0][0]
        super().pre_validate(form)

    def _chosen_matches(self) -> bool:
        return self.data is not None and any(key == self.data for key, _ in self.choices)

    def _what_is_wrong(self) -> str:
        if not self.part:
            return sentence("nothing_to_find")
        if not self.choices:
            return sentence("nothing_found", part=self.part)
        if self.is_cut:
            return sentence("too_many_found", part=self.part, most=MOST_OFFERED)
        return sentence("several_found", part=self.part, count=len(self.choices))
