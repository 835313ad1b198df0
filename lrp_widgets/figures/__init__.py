"""Matplotlib's pictures, captions, saving: an explanation on paper."""
