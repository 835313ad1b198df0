"""What is raised for a film; a page knows it before it loads what reads films."""


class FilmError(ValueError):
    """A film or camera that cannot be read or written; its text is one sentence."""
