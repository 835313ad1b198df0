"""What several widgets draw with (maps, scales, cells, buttons), and what they run on.

Every module here is for others.
"""
