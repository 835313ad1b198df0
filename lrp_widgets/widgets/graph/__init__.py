"""The view "Graph": from the class through the strongest channels of a few layers to the pixels.

For others: `channel_graph` (the widget), and `graph_page` (which follows the dashboard).
"""
