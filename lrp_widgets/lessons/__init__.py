"""The lessons' questions and answers; the lessons themselves are the notebooks beside them.

``check("02-share", 0.4)`` tells at once whether an answer is right.

For others: what `__all__` lists, `asked`, `assignment`, `checking`, `questions`, `thumbnails`,
`worksheet`, and the folders `experiments` and `marking`. Each notebook also takes what its own
`lesson01`, `lesson02`, … has ready.
"""

import os

from .catalog import LESSONS, Lesson, lesson
from .checking import check, question

__all__ = ["LESSONS", "Lesson", "check", "lesson", "question"]

# TensorFlow's greetings would stand in the middle of a lesson.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
