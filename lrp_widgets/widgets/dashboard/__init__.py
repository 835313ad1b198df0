"""The whole page: title bar, remarks, downloads, and the views that it switches between.

For others: `dashboard`.
"""
