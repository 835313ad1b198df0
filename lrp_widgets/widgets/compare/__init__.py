"""Two explanations side by side."""
