"""What is raised for a video; a page knows it before it loads what reads videos."""


class VideoError(ValueError):
    """A video or camera that cannot be read or written; its text is one sentence."""
