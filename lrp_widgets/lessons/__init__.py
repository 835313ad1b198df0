"""The lessons' questions and answers; the lessons themselves are the notebooks beside them.

``check("02-share", 0.4)`` tells at once whether an answer is right.
"""

from .asking import check, question
from .catalogue import LESSONS, Lesson, lesson

__all__ = ["LESSONS", "Lesson", "check", "lesson", "question"]
