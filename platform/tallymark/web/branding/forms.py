"""The form of a company's look."""

from typing import cast

from flask_wtf.file import FileField
from wtforms import BooleanField, StringField
from wtforms.fields import ColorField
from wtforms.validators import Length

from tallymark.branding.colours import DEEP, PRIMARY, BadColour, readable
from tallymark.branding.logos import MAX_BYTES
from tallymark.i18n.isolation import bare
from tallymark.web.forms import Form
from tallymark.web.localisation import gettext as _
from tallymark.web.localisation import say
from tallymark_tenants.branding import Branding

_WORDS = ("sender_name", "agency_line", "label")


class BrandingForm(Form):
    """Colours, words and a logo."""

    logo = FileField(_("Logo"))
    remove_logo = BooleanField(_("Go without a logo"))
    primary_colour = ColorField(_("Brand colour"))
    deep_colour = ColorField(_("Dark colour of the cover"))
    agency_line = StringField(_("Prepared by"), validators=[Length(max=80)])
    label = StringField(_("Label on the cover"), validators=[Length(max=30)])
    sender_name = StringField(_("Sender of e-mails"), validators=[Length(max=80)])

    def take_colours(self) -> dict[str, str]:
        """Check the colours: the nearest readable one is put in the field of one that isn't. Both, or {} on an error."""
        found = {}
        for field in (self.primary_colour, self.deep_colour):
            try:
                found[field.name] = readable(str(field.data or ""))
            except BadColour as error:
                asked = str(field.data or "")
                field.errors = [say(error)]
                if error.nearest:
                    field.data = error.nearest
                    field.errors = [
                        _(
                            "White text can't be read on %(asked)s. The nearest colour that carries it, %(nearest)s, is "
                            "filled in: keep it, or choose another.",
                            asked=asked,
                            nearest=error.nearest,
                        )
                    ]
        return found if len(found) == 2 else {}

    def words(self) -> dict[str, str]:
        """The words, without spaces round them or controls of direction, which belong to no name."""
        return {name: bare(str(self[name].data or "")).strip() for name in _WORDS}

    def upload(self) -> bytes | None:
        """The chosen file's bytes, one more than is taken at most; None where none was chosen."""
        if not self.logo.data or not getattr(self.logo.data, "filename", ""):
            return None
        with self.logo.data.stream as file:
            return cast(bytes, file.read(MAX_BYTES + 1))


def branding_form(kept: Branding) -> BrandingForm:
    """The form, filled with what is kept or with the product's own look."""
    return BrandingForm(
        data={
            "primary_colour": kept.primary_colour or PRIMARY,
            "deep_colour": kept.deep_colour or DEEP,
            **{name: getattr(kept, name) for name in _WORDS},
        }
    )


def colours_kept(colours: dict[str, str]) -> dict[str, str]:
    """As they are stored: nothing for the product's own colours."""
    return {} if (colours["primary_colour"], colours["deep_colour"]) == (PRIMARY, DEEP) else colours
