"""The picture of a camera or a video, explained while it moves.

For others: `live` (the widget), `live_page` (its place in the dashboard).
"""
