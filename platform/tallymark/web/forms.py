"""What our forms share: the CSRF token, and errors that belong to no single field."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice


class Form(FlaskForm):
    """A form with a CSRF token. `refuse` adds an error that the page shows above the fields."""

    def refuse(self, message: str) -> None:
        """Say why the whole form was not accepted."""
        self.form_errors.append(message)


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Options of a select field from pairs of value and label."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]
