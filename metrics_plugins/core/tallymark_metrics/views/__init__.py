"""Derived tables that the built-in metrics read, one a module."""

from tallymark_metrics.views.booked_activities import BOOKED_ACTIVITIES
from tallymark_metrics.views.care import CARE
from tallymark_metrics.views.competitor_prices import COMPETITOR_PRICES
from tallymark_metrics.views.contact_channels import DEALS_BY_CONTACT
from tallymark_metrics.views.cost_shares import COST_SHARES
from tallymark_metrics.views.customers import CUSTOMERS
from tallymark_metrics.views.deals_of_customers import DEALS_OF_CUSTOMERS
from tallymark_metrics.views.deliveries_of_orders import DELIVERIES_OF_ORDERS
from tallymark_metrics.views.engagement import ENGAGEMENT
from tallymark_metrics.views.first_purchases import BUYERS, FIRST_PURCHASES
from tallymark_metrics.views.first_sales import FIRST_SALES
from tallymark_metrics.views.holdings import HOLDINGS
from tallymark_metrics.views.invoices_of_orders import INVOICES_OF_ORDERS
from tallymark_metrics.views.market_shares import MARKET_SHARES
from tallymark_metrics.views.mrr_moves import MRR_MOVES
from tallymark_metrics.views.mrr_spans import MRR_SPANS
from tallymark_metrics.views.open_invoices import OPEN_INVOICES
from tallymark_metrics.views.payments_of_orders import PAYMENTS_OF_ORDERS
from tallymark_metrics.views.rep_first_wins import REP_FIRST_WINS
from tallymark_metrics.views.repeat_orders import REPEAT_ORDERS
from tallymark_metrics.views.scored_surveys import SCORED_SURVEYS
from tallymark_metrics.views.sold_lines import SOLD_LINES
from tallymark_metrics.views.tenures import TENURES
from tallymark_metrics.views.trainings_of_reps import TRAININGS_OF_REPS
from tallymark_metrics.views.waiting_lines import WAITING_LINES

__all__ = [
    "BOOKED_ACTIVITIES",
    "BUYERS",
    "CARE",
    "COMPETITOR_PRICES",
    "COST_SHARES",
    "CUSTOMERS",
    "DEALS_BY_CONTACT",
    "DEALS_OF_CUSTOMERS",
    "DELIVERIES_OF_ORDERS",
    "ENGAGEMENT",
    "FIRST_PURCHASES",
    "FIRST_SALES",
    "HOLDINGS",
    "INVOICES_OF_ORDERS",
    "MARKET_SHARES",
    "MRR_MOVES",
    "MRR_SPANS",
    "OPEN_INVOICES",
    "PAYMENTS_OF_ORDERS",
    "REPEAT_ORDERS",
    "REP_FIRST_WINS",
    "SCORED_SURVEYS",
    "SOLD_LINES",
    "TENURES",
    "TRAININGS_OF_REPS",
    "WAITING_LINES",
]
