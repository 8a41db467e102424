"""Rows of the pipeline: stages, opportunities with their lines, spans and changes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from tallymark.demo.deals import COMPETITORS, Deal
from tallymark.demo.leads import Lead
from tallymark.demo.spending import begun
from tallymark.demo.world import World

PIPELINE = "sales"
#: id: (name, kind, probability)
STAGES: Mapping[str, tuple[str, str, float]] = {
    "qualification": ("Qualification", "open", 0.10),
    "discovery": ("Discovery", "open", 0.20),
    "proposal": ("Proposal", "open", 0.40),
    "negotiation": ("Negotiation", "open", 0.60),
    "agreement": ("Verbal agreement", "open", 0.85),
    "won": ("Won", "won", 1.0),
    "lost": ("Lost", "lost", 0.0),
    "cancelled": ("Cancelled", "cancelled", 0.0),
}
_FORECAST = {
    "qualification": "pipeline",
    "discovery": "pipeline",
    "proposal": "best case",
    "negotiation": "commit",
    "agreement": "commit",
}
_ORIGINS = {
    "Website": "marketing",
    "Trade show": "marketing",
    "Referral": "referral",
    "Outbound": "rep",
    "Partner": "other",
}

_CONTESTED = 0.4  # of the deals that are won or open
_FRAMED = 15  # percent of the won deals without a plan
_TERMS = (365, 365, 365, 730, 730, 1096, 181)  # days


def write_stages(world: World) -> None:
    """Fill stages."""
    for position, (key, (name, kind, probability)) in enumerate(STAGES.items(), 1):
        world.add(
            "stages",
            id=key,
            pipeline_id=PIPELINE,
            pipeline_name="Sales",
            name=name,
            position=position,
            kind=kind,
            is_quote=key == "proposal",
            probability=probability,
            is_active=True,
        )


def write_deals(
    world: World, deals: list[Deal], campaigns: Mapping[str, list[str]], leads: Iterable[Lead]
) -> None:
    """Fill opportunities, their lines, their spans and their changes."""
    dice, terms = world.dice("pipeline"), world.dice("terms")
    came_from = {lead.deal: lead for lead in leads if lead.deal}
    for deal in deals:
        running = campaigns.get(f"{deal.account.source} {deal.created_on:%Y}", [])
        campaign = dice.choice(running) if running and dice.random() < 0.5 else None
        if campaign and not begun(campaign, deal.created_on):
            campaign = None
        if deal.competitor is None and deal.status in ("won", "open") and terms.random() < _CONTESTED:
            deal.competitor = terms.choice(COMPETITORS)
        lead = came_from.get(deal.id)
        _opportunity(world, dice, deal, lead.campaign if lead else campaign, lead.id if lead else None)
        _lines(world, deal)
        _spans(world, deal)
        _changes(world, dice, deal)


def _opportunity(world: World, dice: Random, deal: Deal, campaign: str | None, lead: str | None) -> None:
    account, main, status = deal.account, deal.basket.lines[0], deal.status
    touched = _last_touch(world, dice, deal)
    slip = timedelta(days=round(dice.gauss(2, 9)))
    contract, term = _contract(deal)
    recurring = sum((line.amount for line in deal.basket.lines if line.product.recurring), Decimal(0))
    world.add(
        "opportunities",
        id=deal.id,
        name=f"{account.name}: {main.product.name}",
        account_id=account.id,
        contact_id=dice.choice(account.contacts),
        lead_id=lead,
        campaign_id=campaign,
        rep_id=deal.rep.id if deal.rep else None,
        team_id=deal.rep.team if deal.rep else None,
        region_id=account.region,
        pipeline_id=PIPELINE,
        stage_id=deal.stage,
        status=status,
        amount=deal.amount,
        currency=deal.currency,
        recurring_amount=recurring or None,
        recurring_period="year" if recurring else None,
        probability=STAGES[deal.stage][2],
        forecast_category=_FORECAST.get(deal.stage, "closed"),
        kind=deal.kind,
        source=account.source,
        channel=account.channel,
        origin="rep" if deal.kind in ("renewal", "upsell") else _ORIGINS[account.source],
        product_id=main.product.id,
        product_group=main.product.group,
        opened_at=deal.created,
        first_touch_at=deal.created - timedelta(hours=dice.randint(2, 200)),
        expected_close_on=deal.ends_on + slip,
        closed_at=deal.closed,
        won_at=deal.closed if status == "won" else None,
        lost_at=deal.closed if status == "lost" else None,
        loss_reason=deal.reason,
        competitor=deal.competitor,
        contract_start_on=contract,
        contract_end_on=contract + timedelta(days=term - 1) if contract else None,
        last_activity_at=touched,
        created_at=deal.created,
        updated_at=max(touched, deal.closed or deal.created),
    )


def _contract(deal: Deal) -> tuple[date | None, int]:
    """First day and length in days of a won deal's contract: of plans, and of frame agreements for the rest."""
    luck = int(deal.id.removeprefix("opp-")) * 7919 % 100
    if deal.status != "won" or not (deal.basket.lines[0].product.recurring or luck < _FRAMED):
        return None, 0
    return deal.ends_on + timedelta(days=14), _TERMS[luck % len(_TERMS)]


def _last_touch(world: World, dice: Random, deal: Deal) -> datetime:
    if deal.closed:
        return deal.closed - timedelta(hours=dice.randint(1, 60))
    quiet = dice.choice((0, 1, 1, 2, 3, 5, 8, 14, 30, 45))
    day = max(world.yesterday - timedelta(days=quiet), deal.created_on)
    return max(world.moment(dice, day), deal.created)


def _lines(world: World, deal: Deal) -> None:
    for number, line in enumerate(deal.basket.lines, 1):
        world.add(
            "opportunity_lines",
            id=f"{deal.id}-{number}",
            opportunity_id=deal.id,
            product_id=line.product.id,
            quantity=line.quantity,
            unit_price=line.unit_price,
            discount_pct=round(100 * line.discount, 3),
            amount=line.amount,
            currency=deal.currency,
            created_at=deal.created,
        )


def _spans(world: World, deal: Deal) -> None:
    for number, (stage, entered) in enumerate(deal.stages):
        left = deal.stages[number + 1][1] if number + 1 < len(deal.stages) else None
        world.add(
            "stage_history",
            id=f"{deal.id}-{number + 1}",
            opportunity_id=deal.id,
            pipeline_id=PIPELINE,
            from_stage_id=deal.stages[number - 1][0] if number else None,
            stage_id=stage,
            entered_at=entered,
            left_at=left,
            amount_at_entry=deal.amount,
            currency=deal.currency,
            probability_at_entry=STAGES[stage][2],
            close_on_at_entry=deal.ends_on,
            changed_by_id=deal.rep.id if deal.rep else None,
            origin="source",
            created_at=entered,
        )


def _changes(world: World, dice: Random, deal: Deal) -> None:
    last = deal.closed.date() if deal.closed else world.yesterday
    room = (last - deal.created_on).days
    if deal.rep and deal.rep is not deal.first_rep and deal.first_rep.left_on:
        handed = max(deal.first_rep.left_on, deal.created_on)
        _change(world, dice, deal, "owner", deal.first_rep.id, deal.rep.id, min(handed, last))
    if room > 6 and dice.random() < 0.25:
        day = deal.created_on + timedelta(days=dice.randint(3, room - 1))
        before = deal.ends_on - timedelta(days=dice.randint(5, 35))
        _change(world, dice, deal, "close_date", before.isoformat(), deal.ends_on.isoformat(), day)
    if deal.amount and room > 6 and dice.random() < 0.2:
        day = deal.created_on + timedelta(days=dice.randint(3, room - 1))
        before_amount = (deal.amount * Decimal(str(round(dice.uniform(0.8, 1.25), 2)))).quantize(deal.amount)
        _change(world, dice, deal, "amount", str(before_amount), str(deal.amount), day)


def _change(world: World, dice: Random, deal: Deal, field: str, old: str, new: str, day: date) -> None:
    at = world.moment(dice, day)
    world.add(
        "opportunity_changes",
        id=f"{deal.id}-{field}",
        opportunity_id=deal.id,
        field=field,
        old_value=old,
        new_value=new,
        changed_at=at,
        changed_by_id=deal.first_rep.id,
        created_at=at,
    )
