"""The blueprint with the routes of every page of delivery."""

from tallymark.web.delivery import channel_views, previews, recipients
from tallymark.web.delivery.public import links
from tallymark.web.delivery.views import delivery

__all__ = ["channel_views", "delivery", "links", "previews", "recipients"]
