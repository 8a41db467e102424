"""Products, their stock, and the market they are sold in."""

from tallymark_sdk.model.declare import choice, day, decimal, flag, money, ref, text
from tallymark_sdk.model.types import Dataset

PRODUCTS = Dataset(
    name="products",
    description="What is sold, with the list price and when it holds.",
    label="name",
    money_date="valid_from",
    columns=(
        text("sku", "The product's own code (stock keeping unit)."),
        text("name", "The product's name."),
        text("product_group", "The group it belongs to."),
        money("list_price", "List price of one unit."),
        money("cost", "What one unit costs us."),
        flag("is_recurring", "Whether it is sold as a subscription."),
        flag("is_active", "Whether it is on sale."),
        day("valid_from", "First day the list price holds; empty if it always did."),
        day("valid_to", "First day the list price no longer holds; empty while it does."),
    ),
)

STOCK_MOVEMENTS = Dataset(
    name="stock_movements",
    description="Goods coming into and going out of stock.",
    columns=(
        ref("product_id", "products", "The product."),
        day("moved_on", "The day."),
        choice("kind", "Why the stock changed.", "opening", "received", "sold", "adjusted"),
        decimal("quantity", "How many; less than zero where they go out.", "units"),
    ),
)

COMPETITOR_PRICES = Dataset(
    name="competitor_prices",
    description="What competitors were seen to charge.",
    money_date="observed_on",
    columns=(
        text("competitor", "The competitor's name."),
        ref("product_id", "products", "Our product that theirs compares with."),
        day("observed_on", "The day the price was seen."),
        money("price", "Their price of one unit."),
    ),
)

MARKET_SIZES = Dataset(
    name="market_sizes",
    description="How much is sold by everybody, by region and product group.",
    money_date="period_start",
    columns=(
        ref("region_id", "regions", "The region."),
        text("product_group", "The product group."),
        day("period_start", "First day of the period."),
        day("period_end", "First day after the period."),
        money("value", "What the whole market is worth in the period."),
    ),
)
