"""What our forms share: the CSRF token, and errors that belong to no single field."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.fields.choices import SelectChoice

from tallymark.web.localisation import gettext as _


class Form(FlaskForm):
    """A form with a CSRF token. `refuse` adds an error that the page shows above the fields."""

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check all fields; control characters in text are an error, as the database keeps no NUL."""
        valid = bool(super().validate(extra_validators))
        for field in self:
            # A password is only hashed, and one that was accepted before must stay typable.
            text = isinstance(field, StringField) and not isinstance(field, PasswordField)
            if text and has_controls(field.data or ""):
                field.errors = [*field.errors, _("This holds control characters; type it again.")]
                valid = False
        return valid

    def refuse(self, message: str) -> None:
        """Say why the whole form was not accepted."""
        self.form_errors.append(message)


def has_controls(text: str) -> bool:
    """Whether there are control characters (Unicode's category Cc), such as NUL or a line feed."""
    return any(unicodedata.category(letter) == "Cc" for letter in text)


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Options of a select field from pairs of value and label."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]
