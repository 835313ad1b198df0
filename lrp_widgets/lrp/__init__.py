"""The mathematics: rules, composites, targets, propagation, and what an explanation says."""
