"""What every floor needs: paths, downloads, memory, progress, colours, words for numbers.

Also the checks of what callers hand in, and TensorFlow's import, put off until it is needed.
"""
