"""Facts about one value: an agent, a referrer, a campaign, a page, a request."""
