"""Languages, scripts, calendars: the one door through which text and numbers reach people."""

from tallymark.i18n.catalogue import Catalogue, catalogue, mark, parse_locale
from tallymark.i18n.formatter import Formatter
from tallymark.i18n.isolation import isolate

__all__ = ["Catalogue", "Formatter", "catalogue", "isolate", "mark", "parse_locale"]
