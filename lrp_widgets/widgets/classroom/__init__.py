"""A class and its teacher: questions to predict first, their counts, and pages that follow.

For others: `classroom`.
"""
