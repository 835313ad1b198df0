"""What lessons are made of: header, index, predictions, tasks."""
