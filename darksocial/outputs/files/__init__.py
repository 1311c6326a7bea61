"""Files to go on working with: the tables of a report, and the visits and shares behind them."""
