"""A question to a class: its words and choices, and how an address and the server check them."""

from dataclasses import dataclass

LONGEST_TEXT = 200  # characters
LONGEST_CHOICE = 80
FEWEST_CHOICES, MOST_CHOICES = 2, 6
# Between question and choices in an address.
BETWEEN = "|"


@dataclass(frozen=True)
class ClassQuestion:
    """A question in plain text; `answer` is the right choice, counted from 0, None for none.

        ClassQuestion("Where does most of it end?", ("bias", "padding"), 0)

    White space is joined, and what cannot be printed is left out. Raises ValueError, saying what
    is right, for too many or too long words.
    """

    text: str
    choices: tuple[str, ...]
    answer: int | None = None

    def __post_init__(self):
        text, choices = _line(self.text), tuple(map(_line, self.choices))
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "choices", choices)
        if not 0 < len(text) <= LONGEST_TEXT:
            raise ValueError(f"a question has 1 to {LONGEST_TEXT} characters")
        if not FEWEST_CHOICES <= len(choices) <= MOST_CHOICES:
            raise ValueError(f"a question has {FEWEST_CHOICES} to {MOST_CHOICES} choices")
        if not all(0 < len(choice) <= LONGEST_CHOICE for choice in choices):
            raise ValueError(f"a choice has 1 to {LONGEST_CHOICE} characters")
        if len(set(choices)) < len(choices):
            raise ValueError("two choices are the same")
        if self.answer is not None and not 0 <= self.answer < len(choices):
            raise ValueError("the right answer is one of the choices")

    @property
    def asked(self):
        """Question and choices as JSON has them, without the right answer."""
        return {"text": self.text, "choices": list(self.choices)}


def read_ask(text):
    """Return the text of `ask=…`, checked: a question and its choices with "|" between them.

    Raises ValueError for what is no such text.
    """
    question, *choices = text.split(BETWEEN)
    checked = ClassQuestion(question, tuple(choices))
    return BETWEEN.join([checked.text, *checked.choices])


def _line(text):
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
