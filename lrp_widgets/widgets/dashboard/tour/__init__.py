"""The guided tour: its pages and tasks, and what drives the dashboard through them.

For others: `driver`, `pages`.
"""
