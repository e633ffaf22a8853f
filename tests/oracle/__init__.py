"""An independent reference computation of incidents and pairings, from the text alone."""
