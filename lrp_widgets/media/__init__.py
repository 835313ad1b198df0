"""Photographs, drawn scenes and video: everything that a network looks at."""
