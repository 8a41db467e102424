"""The wall screen: a scorecard on a television in the office, live, by a link that needs no sign-in."""
