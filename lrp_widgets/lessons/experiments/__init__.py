"""What the lessons measure, one module an experiment."""
