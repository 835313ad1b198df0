"""Is the map right? The picture taken apart, and measures of the map.

For others: `judge_page` (its place in the dashboard), `judge` (the widget).
"""
