"""Reps, where they belong, and what they learn."""

from tallymark_sdk.model.declare import (
    choice,
    day,
    decimal,
    flag,
    moment,
    money,
    ref,
    text,
)
from tallymark_sdk.model.types import Dataset

REPS = Dataset(
    name="reps",
    description="The people who sell, as they are now.",
    label="name",
    columns=(
        text("name", "The rep's name."),
        text("email_hash", "Keyed hash of the e-mail address."),
        text("role", "The rep's role."),
        text("department", "The department the rep works in."),
        ref("manager_id", "reps", "The rep's manager."),
        ref("team_id", "teams", "The team the rep is in now."),
        ref("region_id", "regions", "The region the rep sells in now."),
        day("hired_on", "First day at work."),
        day("left_on", "Last day at work; empty while employed."),
        flag("is_active", "Whether the rep still sells."),
        decimal("weekly_hours", "Working time by contract.", "hours a week"),
        text("timezone", "The rep's time zone (IANA name).", source="IANA Time Zone Database"),
    ),
)

REP_ASSIGNMENTS = Dataset(
    name="rep_assignments",
    description="Which team, region and manager a rep had, and when.",
    columns=(
        ref("rep_id", "reps", "The rep."),
        ref("team_id", "teams", "The team."),
        ref("region_id", "regions", "The region."),
        ref("manager_id", "reps", "The manager."),
        day("valid_from", "First day it holds; empty if it always did."),
        day("valid_to", "First day it no longer holds; empty while it does."),
    ),
)

TEAMS = Dataset(
    name="teams",
    description="Teams of reps.",
    label="name",
    columns=(
        text("name", "The team's name."),
        ref("parent_id", "teams", "The team it is part of."),
        ref("manager_id", "reps", "Who leads it."),
        text("department", "The department it belongs to."),
    ),
)

REGIONS = Dataset(
    name="regions",
    description="Regions that are sold in.",
    label="name",
    columns=(
        text("name", "The region's name."),
        ref("parent_id", "regions", "The region it is part of."),
        text("country", "The country it lies in (ISO 3166 code or name).", source="ISO 3166-1"),
    ),
)

TRAININGS = Dataset(
    name="trainings",
    description="What reps were taught.",
    label="course",
    money_date="completed_at",
    money_date_else=("assigned_at",),
    columns=(
        ref("rep_id", "reps", "The rep."),
        text("skill", "The skill taught."),
        text("course", "The course's name."),
        choice("kind", "Whether the skill was new to the rep.", "new", "strengthened"),
        choice("status", "How far the rep got.", "assigned", "started", "passed", "failed"),
        moment("assigned_at", "When it was assigned."),
        moment("completed_at", "When it was passed or failed."),
        decimal("hours", "Time spent on it.", "hours"),
        decimal("score", "The result by the course's own scale.", "points"),
        money("cost", "What it cost."),
    ),
)
