"""What the lessons measure, one module an experiment: numbers alone, no widget and no question.

Every module here is for others: for `lessons`' questions, and for the widgets that play with it.
"""
