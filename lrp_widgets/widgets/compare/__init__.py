"""Two explanations side by side.

For others: `compare` (the widget), `compare_page` (its place in the dashboard).
"""
