"""Alerts: rules that watch KPIs after each load and once a day, and say once what they find.

`rules` reads what a rule says, `judging` holds figures against it (`band` for what is unusual), `recording` says each
thing once, `quiet` and `delivering` see when and to whom it goes, `preview` tells what a rule would have said.
"""
