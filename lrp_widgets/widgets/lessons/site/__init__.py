"""The lessons as plain web pages, which need no kernel.

For others: `lesson_pages`.
"""
