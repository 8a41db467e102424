"""What our forms share: the CSRF token, and errors that belong to no single field."""

from flask_wtf import FlaskForm


class Form(FlaskForm):
    """A form with a CSRF token. `refuse` adds an error that the page shows above the fields."""

    def refuse(self, message: str) -> None:
        """Say why the whole form was not accepted."""
        self.form_errors.append(message)
