"""What students hand in: answers files, read and checked, as a table and as a page on the class.

For others: `collect`.
"""
