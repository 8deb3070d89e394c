"""Open models: what there is, what it needs and costs, what is here; fetched, checked and removed."""
