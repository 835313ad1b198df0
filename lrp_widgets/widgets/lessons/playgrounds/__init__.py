"""What is played with in a lesson, one widget an equation.

Notebooks take them from `lrp_widgets.widgets`; nothing else in the package needs them.
"""
