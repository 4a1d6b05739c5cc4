"""Form fields with exact values: what was typed stays in the box until it is understood.

The macros of ``templates/web`` write the markup; a field only says its ``kind`` and what to show.
"""

from agencyqa.web.fields.base import (
    AreaField,
    DateField,
    FlagField,
    InputField,
    SecretField,
    TextField,
    UploadField,
)
from agencyqa.web.fields.choices import (
    ChoiceField,
    IdField,
    IdsField,
    MultiChoiceField,
    OptionsField,
    RadioChoiceField,
    TextChoiceField,
)
from agencyqa.web.fields.figures import (
    MoneyField,
    NumberField,
    PointsField,
    ShareField,
    WholeField,
    YearField,
)
from agencyqa.web.fields.found import Among, FoundField, FoundManyField, SoughtField

__all__ = [
    "Among",
    "AreaField",
    "ChoiceField",
    "DateField",
    "FlagField",
    "FoundField",
    "FoundManyField",
    "IdField",
    "IdsField",
    "InputField",
    "MoneyField",
    "MultiChoiceField",
    "NumberField",
    "OptionsField",
    "PointsField",
    "RadioChoiceField",
    "SecretField",
    "ShareField",
    "SoughtField",
    "TextChoiceField",
    "TextField",
    "UploadField",
    "WholeField",
    "YearField",
]
