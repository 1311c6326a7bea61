"""By what a table of campaigns is grouped, and by which model credit is given."""

CAMPAIGN, SOURCE, MEDIUM, CHANNEL = "campaign", "source", "medium", "channel"
PARTNER = "partner"
GROUPINGS = (CAMPAIGN, SOURCE, MEDIUM, CHANNEL, PARTNER)
LAST, FIRST, LINEAR, POSITION, DECAY = "last", "first", "linear", "position", "decay"
MODELS = (LAST, FIRST, LINEAR, POSITION, DECAY)
