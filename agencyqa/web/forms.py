"""The base of every form: errors of services and of the database land on the field that caused them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from flask import g, request
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError
from wtforms import HiddenField

from agencyqa.errors import Invalid, Refused
from agencyqa.extensions import db
from agencyqa.web import refusals
from agencyqa.web.constraints import Constraints, constraint_errors
from agencyqa.web.fields import (
    Among,
    AreaField,
    ChoiceField,
    DateField,
    FlagField,
    FoundField,
    FoundManyField,
    IdField,
    IdsField,
    InputField,
    MoneyField,
    MultiChoiceField,
    NumberField,
    OptionsField,
    PointsField,
    RadioChoiceField,
    SecretField,
    ShareField,
    SoughtField,
    TextChoiceField,
    TextField,
    UploadField,
    WholeField,
    YearField,
)
from agencyqa.web.fields.found import BUTTON, ByPart, Finder
from agencyqa.web.kept_markup import DrawnFrom
from agencyqa.web.messages import sentence

__all__ = [
    "Among",
    "AreaField",
    "ChoiceField",
    "DateField",
    "FilterForm",
    "FlagField",
    "Form",
    "FoundField",
    "FoundManyField",
    "IdField",
    "IdsField",
    "InputField",
    "MoneyField",
    "MultiChoiceField",
    "NumberField",
    "OnceForm",
    "OptionsField",
    "PointsField",
    "RadioChoiceField",
    "SecretField",
    "ShareField",
    "SoughtField",
    "TextChoiceField",
    "TextField",
    "UploadField",
    "VersionedForm",
    "WholeField",
    "YearField",
    "constraint_errors",
]

_TOKEN = re.compile(r"[0-9a-f]{32}")


class VersionField(HiddenField):
    """The version of the record the page was made from; None where a browser sent none that can be read."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0] if valuelist else ""
        readable = isinstance(text, str) and text.isascii() and text.isdigit()
        self.data: Any = int(text) if readable else None


class Form(FlaskForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._refused_status: int | None = None
        # An error page finds here the labels of what was typed.
        g.setdefault("web_forms", []).append(self)

    def validate_on_submit(self, *args: Any, **kwargs: Any) -> bool:
        """False also where the button of a ``FoundField`` was used, which only shows what matches."""
        if self.is_submitted() and self.shows_matches(request.form):
            return False
        return bool(super().validate_on_submit(*args, **kwargs))

    def shows_matches(self, sent: Mapping[str, Any]) -> bool:
        """Whether the button of a ``FoundField`` was used: then that is done, and nothing else is looked at."""
        field = self._fields.get(str(sent.get(BUTTON, "")))
        if not isinstance(field, ByPart) or not field.is_many:
            return False
        field.show_matches()
        return True

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form again."""
        if self._refused_status is not None:
            return self._refused_status
        return Invalid.status if self.is_submitted() and self.errors else 200

    def apply(self, error: Invalid) -> None:
        """Put the sentences of a service's error on the fields it names, the rest above the form."""
        for name, (code, params) in error.fields.items():
            self.add_error(name, sentence(code, **params))
        if not error.fields:
            self.add_error(None, sentence(error.code, **error.params))

    def add_error(self, name: str | None, text: str) -> None:
        field = self._fields.get(name) if name else None
        if field is None:
            self.form_errors.append(text)
        else:
            field.errors = [*field.errors, text]

    def catching(self, constraints: Constraints | None = None) -> _Catching:
        """``with form.catching(…):`` around service and commit: see ``_Catching``."""
        return _Catching(self, constraints or {})


class _Catching:
    """Rolls back and shows on the form what its user can correct: Invalid, Refused, a known constraint.

    Everything else passes on to the error pages.
    """

    def __init__(self, form: Form, constraints: Constraints) -> None:
        self.form = form
        self.constraints = constraints

    def __enter__(self) -> Form:
        return self.form

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, IntegrityError):
            error = constraint_errors(error, self.constraints)
        if isinstance(error, Invalid):
            db.session.rollback()
            self.form.apply(error)
            return True
        if isinstance(error, Refused):
            db.session.rollback()
            refusals.tell(error)
            self.form.form_errors.append(sentence(error.code, provision=error.provision, **error.params))
            self.form._refused_status = error.status
            return True
        return False


class VersionedForm(Form):
    version = VersionField()


class TokenField(HiddenField):
    """A random name of this opening of the page. Whatever else a browser sends is replaced by a new one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default=lambda: uuid4().hex, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0] if valuelist else ""
        is_token = isinstance(text, str) and _TOKEN.fullmatch(text) is not None
        self.data: Any = text if is_token else uuid4().hex


class OnceForm(Form):
    """``form_token`` is new on every fresh page; under a unique constraint it makes a form count once."""

    form_token = TokenField()


class FilterForm(Form, DrawnFrom):
    """The conditions above a list, kept in the address. What cannot be read counts as not given."""

    class Meta:
        csrf = False

    def drawn_from(self) -> tuple[Any, ...]:
        return (
            type(self),
            self.is_used,
            *(field.drawn_from() for field in self if isinstance(field, InputField)),
        )

    @classmethod
    def read(
        cls,
        *,
        choices: Mapping[str, Sequence[tuple[Any, Any]]] | None = None,
        finders: Mapping[str, Finder] | None = None,
        **kwargs: Any,
    ) -> Self:
        """Fill from the address; without any of its fields there, the defaults (``kwargs``) hold.

        ``choices`` gives the fields whose list depends on the actor their choices, ``finders`` each ``SoughtField``
        what it looks in.
        """
        given = bool(request.args) and not cls._names().isdisjoint(request.args)
        form = cls(formdata=request.args if given else None, **kwargs)
        for name, pairs in (choices or {}).items():
            form[name].choices = pairs
        for name, find in (finders or {}).items():
            form[name].look_in(find)
        if not given and not kwargs:
            # Nothing was said, so nothing can be wrong.
            return form
        form.validate()
        for field in form:
            if field.errors:
                field.process_data(None)
                field.raw_data = None
                field.errors = ()
        return form

    @classmethod
    @cache
    def _names(cls) -> frozenset[str]:
        """What an address may hold for the fields."""
        kinds = {name: getattr(getattr(cls, name, None), "field_class", None) for name in dir(cls)}
        known = {name: kind for name, kind in kinds.items() if kind is not None}
        return frozenset(known) | {
            f"{name}_part" for name, kind in known.items() if issubclass(kind, FoundField)
        }

    @property
    def is_used(self) -> bool:
        return any(not field.is_blank() for field in self if isinstance(field, InputField))
