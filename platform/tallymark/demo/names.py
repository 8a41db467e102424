"""Names of people and companies that exist nowhere."""

from random import Random

FIRST = [
    "Ada",
    "Ben",
    "Cleo",
    "Dara",
    "Eli",
    "Fay",
    "Gus",
    "Hana",
    "Ira",
    "June",
    "Kofi",
    "Lena",
    "Milo",
    "Nora",
    "Omar",
    "Pia",
    "Quinn",
    "Rosa",
    "Sami",
    "Tess",
    "Uma",
    "Vera",
    "Will",
    "Xenia",
    "Yara",
    "Zane",
    "Alma",
    "Boris",
    "Carla",
    "Dev",
    "Edda",
    "Felix",
    "Gwen",
    "Hugo",
    "Ines",
    "Jonas",
    "Katya",
    "Luis",
    "Mara",
    "Nils",
]
LAST = [
    "Abbott",
    "Barlow",
    "Castell",
    "Dunmore",
    "Ekberg",
    "Fairley",
    "Granger",
    "Holloway",
    "Iversen",
    "Jarvis",
    "Kessler",
    "Lindqvist",
    "Marlowe",
    "Nakata",
    "Okafor",
    "Prescott",
    "Quigley",
    "Rosenthal",
    "Sandoval",
    "Thackeray",
    "Ulrich",
    "Vasquez",
    "Whitlock",
    "Yamada",
    "Zimmer",
    "Ashdown",
    "Bellamy",
    "Crane",
    "Delacroix",
    "Everett",
    "Forsyth",
    "Gallagher",
    "Hargrove",
]

BEFORE = [
    "Amber",
    "Birch",
    "Cobalt",
    "Delta",
    "Ember",
    "Fern",
    "Granite",
    "Harbor",
    "Indigo",
    "Juniper",
    "Kestrel",
    "Linden",
    "Meridian",
    "North",
    "Orchard",
    "Pioneer",
    "Quarry",
    "River",
    "Summit",
    "Timber",
    "Union",
    "Valley",
    "Willow",
    "Beacon",
    "Cedar",
    "Drift",
    "Falcon",
    "Golden",
    "Hollow",
    "Iron",
    "Lumen",
    "Maple",
    "Nimbus",
    "Osprey",
    "Prairie",
    "Raven",
    "Sable",
    "Tidal",
    "Vantage",
    "Westbrook",
]
AFTER = {
    "Technology": ("Labs", "Systems", "Software", "Data", "Networks"),
    "Finance": ("Capital", "Partners", "Trust", "Mutual"),
    "Health": ("Clinics", "Health", "Care Group", "Diagnostics"),
    "Education": ("Academy", "College", "Institute"),
    "Manufacturing": ("Works", "Components", "Industries", "Foundry"),
    "Hospitality": ("Hotels", "Kitchens", "Resorts"),
    "Public sector": ("County Council", "Library Service", "Transit Authority"),
}
INDUSTRIES = tuple(AFTER)


def person(dice: Random) -> str:
    """A full name."""
    return f"{dice.choice(FIRST)} {dice.choice(LAST)}"


def companies(dice: Random, count: int) -> list[tuple[str, str]]:
    """Different company names, each with its industry."""
    every = [
        (f"{before} {after}", industry)
        for before in BEFORE
        for industry, last in AFTER.items()
        for after in last
    ]
    return dice.sample(every, count)
