"""What lessons are made of: header, index, predictions, tasks, and `playgrounds`.

Notebooks take them from `lrp_widgets.widgets`; nothing else in the package needs them.
"""
