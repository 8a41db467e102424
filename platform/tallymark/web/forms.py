"""What our forms share: the CSRF token, and errors that belong to no single field."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.fields.choices import SelectChoice

from tallymark.web.localisation import formatter, ngettext, texts
from tallymark.web.localisation import gettext as _
from tallymark_sdk.said import mark


class Sentence(str):
    """A sentence of a check of WTForms, which puts numbers into it by `%`."""

    __slots__ = ()

    def __mod__(self, values: Any) -> str:
        shown = {
            name: formatter().number(value) if isinstance(value, int) else value
            for name, value in dict(values).items()
        }
        return str.__mod__(self.replace(")d", ")s"), shown)


class _Words:
    """The checks of WTForms in the reader's language."""

    def gettext(self, message: str) -> str:
        return Sentence(_(message))

    def ngettext(self, one: str, many: str, count: int) -> str:
        return Sentence(texts().ngettext(one, many, count))


CHECKS = (
    mark("This field is required."),
    mark("Not a valid choice."),
    mark("Invalid Choice: could not coerce."),
    mark("Invalid value, must be one of: %(values)s."),
    mark("Not a valid integer value."),
    mark("Not a valid decimal value."),
    mark("Not a valid float value."),
    mark("Not a valid date value."),
    mark("Not a valid time value."),
    mark("Number must be at least %(min)s."),
    mark("Number must be at most %(max)s."),
    mark("Number must be between %(min)s and %(max)s."),
    mark("Invalid input."),
    mark("Field must be between %(min)d and %(max)d characters long."),
)
"""What WTForms says itself; its sentences with a count stand in `ngettext` below."""


def _counted() -> tuple[str, ...]:  # pragma: no cover — only for the collector of texts
    return (
        ngettext(
            "Field must be at least %(min)d character long.",
            "Field must be at least %(min)d characters long.",
            1,
        ),
        ngettext(
            "Field cannot be longer than %(max)d character.",
            "Field cannot be longer than %(max)d characters.",
            1,
        ),
        ngettext(
            "Field must be exactly %(max)d character long.",
            "Field must be exactly %(max)d characters long.",
            1,
        ),
        ngettext(
            "'%(value)s' is not a valid choice for this field.",
            "'%(value)s' are not valid choices for this field.",
            1,
        ),
    )


class Form(FlaskForm):
    """A form with a CSRF token. `refuse` adds an error that the page shows above the fields."""

    class Meta(FlaskForm.Meta):
        """Where WTForms finds the words of its own checks."""

        def get_translations(self, _form: Any) -> _Words:
            """The words of the request's reader."""
            return _Words()

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
