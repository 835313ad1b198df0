"""Stepping through the layers, and through the four steps of one.

For others: `stepper`, `channel_maps`, `layer_channels`.
"""
