"""How fast darksocial is, as ratios within one run on one machine."""
