"""Orders, their lines, what is invoiced, paid and delivered for them."""

from tallymark_sdk.model.declare import choice, day, decimal, moment, money, ref, text
from tallymark_sdk.model.types import Dataset

ORDERS = Dataset(
    name="orders",
    description="Orders, from the draft to the payment.",
    label="number",
    money_date="ordered_at",
    columns=(
        text("number", "The order's number."),
        ref("account_id", "accounts", "The account that ordered."),
        ref("opportunity_id", "opportunities", "The opportunity it came from."),
        ref("rep_id", "reps", "The rep who made the sale."),
        ref("team_id", "teams", "The team that made the sale."),
        ref("region_id", "regions", "Its own region; without one the account's counts, else the rep's."),
        text("source", "Where it came from."),
        text("channel", "The way it came in."),
        choice(
            "status",
            "How far it is.",
            "draft",
            "quoted",
            "confirmed",
            "fulfilled",
            "invoiced",
            "paid",
            "cancelled",
            "returned",
        ),
        moment("ordered_at", "When it was ordered."),
        moment("confirmed_at", "When it was confirmed."),
        money("amount", "Its worth after discounts, without tax unless the tenant says otherwise."),
        money("tax", "The tax on it."),
        money("discount", "The discount on the whole order."),
        money("cost", "What the goods cost us."),
    ),
)

ORDER_LINES = Dataset(
    name="order_lines",
    description="The products on an order.",
    money_date_else=("order_id.ordered_at",),
    columns=(
        ref("order_id", "orders", "The order."),
        ref("product_id", "products", "The product."),
        decimal("quantity", "How many.", "units"),
        money("unit_price", "Price of one unit before the discount."),
        decimal("discount_pct", "Discount on the line.", "percent (0 to 100)"),
        money("amount", "Worth of the line after the discount."),
        money("cost", "What the goods of the whole line cost us; empty if unknown."),
        decimal("returned_quantity", "How many were sent back.", "units"),
    ),
)

INVOICES = Dataset(
    name="invoices",
    description="Invoices sent.",
    money_date="issued_at",
    columns=(
        ref("order_id", "orders", "The order invoiced."),
        ref("account_id", "accounts", "The account invoiced."),
        moment("issued_at", "When it was issued."),
        day("due_on", "The day it is due."),
        money("amount", "The amount invoiced."),
        text("status", "Its status by the source's own name."),
    ),
)

PAYMENTS = Dataset(
    name="payments",
    description="Payments received.",
    money_date="paid_at",
    columns=(
        ref("invoice_id", "invoices", "The invoice paid."),
        ref("account_id", "accounts", "The account that paid."),
        moment("paid_at", "When it was paid."),
        money("amount", "The amount paid."),
        text("method", "How it was paid."),
    ),
)

DELIVERIES = Dataset(
    name="deliveries",
    description="Deliveries of an order or of one of its lines.",
    columns=(
        ref("order_id", "orders", "The order."),
        ref("order_line_id", "order_lines", "The line, where it is delivered by line."),
        day("due_on", "The day it is due."),
        moment("delivered_at", "When it was delivered; empty until then."),
        decimal("quantity", "How many.", "units"),
        text("status", "Its status by the source's own name."),
    ),
)
