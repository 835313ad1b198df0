"""The camera's or a video's picture, explained while it moves."""
