"""Rooms in which a class answers questions and follows its teacher's page.

They live in the server's memory and are gone with it. A room knows pages and no people: each page
has one answer to a question, and only the counts are told. Whoever opens a room gets a secret, by
which the server knows its teacher; the others need the room's code, which is read aloud.

A connection is whatever has `changed()`, called when there is something new to tell its page, and
`ended(sentence)`, after which the page is in the room no more.
"""

import secrets
import time

from .._support.class_question import ClassQuestion
from .public import Flow

ROOMS = 50
MEMBERS = 300  # pages in one room
ABSENT = 600  # seconds that a room waits for its teacher
LONGEST_STATE = 4000  # characters of the address that a class follows
KEPT = 100  # questions of a room whose counts can be downloaded
GUESSES = {"at_once": 10, "a_second": 0.1}  # wrong codes of one page

# Neither look-alikes nor vowels, which would make words: 16⁵ codes, a million.
_LETTERS = "BCDFHJKMPQRTWXYZ"
_LENGTH = 5


class Refused(Exception):
    """What a page asked for cannot be; the text is one sentence for it."""


class Classroom:
    """All rooms of one server; `kernels`, its kernel manager, knows which pages there are.

    A page is named by its kernel, which nobody else knows.
    """

    def __init__(self, kernels):
        self.kernels = kernels
        self.rooms = {}  # code → Room
        self._guessing = {}  # page → Flow of wrong codes

    def open(self, page):
        """Return a new room of a page, or the one that it has opened. Raises Refused."""
        self.close_deserted()
        for room in self.rooms.values():
            if room.page == page:
                return room
        if len(self.rooms) >= ROOMS:
            raise Refused("This server has no free room; try again later.")
        code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        if code in self.rooms:
            return self.open(page)
        self.rooms[code] = Room(code, page)
        return self.rooms[code]

    def resume(self, page, code, token):
        """Return the room that a reloaded page has opened before. Raises Refused."""
        room = self._find(page, code)
        if not secrets.compare_digest(room.token.encode(), token.encode("utf-8", "replace")):
            raise self._wrong(page, code)
        room.page = page
        return room

    def join(self, page, code, member=None):
        """Return (room, member): a page's place in a room; `member` is the one that it had.

        Raises Refused for a code of no room, after too many of them, and where a room is full.
        """
        room = self._find(page, code)
        return room, room.enter(page, member)

    def close(self, room):
        """End a room for all who are in it."""
        self.rooms.pop(room.code, None)
        room.end()

    def close_deserted(self):
        """End the rooms whose teachers have been away for too long."""
        for room in [room for room in self.rooms.values() if room.is_deserted()]:
            self.close(room)

    def _find(self, page, code):
        self.close_deserted()
        self._guessing = {one: flow for one, flow in self._guessing.items() if one in self.kernels}
        if not self._guessing.setdefault(page, Flow(**GUESSES)).takes(0):
            raise Refused("Too many wrong codes; wait half a minute.")
        room = self.rooms.get(code)
        if room is None:
            raise self._wrong(page, code)
        return room

    def _wrong(self, page, code):
        self._guessing[page].takes(1)
        return Refused(f"There is no room {code} on this server.")


class Room:
    """One class: a question with its counts, and the state of the teacher's page."""

    def __init__(self, code, page):
        self.code, self.page = code, page
        self.token = secrets.token_urlsafe(24)
        self.state = ""
        self.question = None
        self.number = 0  # of the question; an answer names it
        self.is_revealed = False
        self._answers = {}  # member → choice
        self._members = {}  # member → its page
        self._here = {}  # member → its connection
        self._teacher = None
        self._alone_since = time.monotonic()
        self._asked = []  # (question, counts) of those before

    # Who is here

    @property
    def members(self):
        """How many pages are here, without the teacher's."""
        return len(self._here)

    def enter(self, page, member=None):
        """Return a page's name in this room: the one that it had, or a new one."""
        for name, its_page in self._members.items():
            if its_page == page:
                return name
        if member not in self._members:
            if len(self._members) >= MEMBERS:
                self._forget_one_who_left()
            member = secrets.token_urlsafe(12)
        self._members[member] = page
        return member

    def _forget_one_who_left(self):
        left = next((name for name in self._members if name not in self._here), None)
        if left is None:
            raise Refused(f"The room {self.code} is full.")
        del self._members[left]
        self._answers.pop(left, None)

    def connect(self, connection, member=None):
        """A page is here: a member's, or the teacher's. One that it had open before is ended."""
        before = self._here.get(member) if member else self._teacher
        if member:
            self._here[member] = connection
        else:
            self._teacher = connection
        if before not in (None, connection):
            before.ended("This room is open in another window of yours.")
        self._tell_all()

    def disconnect(self, connection, member=None):
        """A page has gone, perhaps for a moment."""
        if member and self._here.get(member) is connection:
            del self._here[member]
            self._tell_teacher()
        elif not member and self._teacher is connection:
            self._teacher, self._alone_since = None, time.monotonic()
            self._tell_all()

    def is_deserted(self):
        """Whether the teacher has been away for too long."""
        return self._teacher is None and time.monotonic() - self._alone_since >= ABSENT

    def end(self):
        """Tell everybody that this room is no more."""
        for connection in filter(None, [self._teacher, *self._here.values()]):
            connection.ended(f"The room {self.code} is closed.")
        self._teacher, self._here = None, {}

    # What the teacher does

    def show(self, state):
        """Those who follow come to this state, the query of the teacher's address."""
        if len(state) > LONGEST_STATE:
            raise Refused("What this page shows has too long an address to be followed.")
        self.state = state
        self._tell_all()

    def ask(self, question):
        """Ask a `ClassQuestion`; the one before is put away with its counts."""
        self.put_away()
        self.question, self.number, self.is_revealed = question, self.number + 1, False
        self._answers = {}
        self._tell_all()

    def reveal(self):
        """Show counts and right answer to all; from now on nobody answers."""
        self.is_revealed = self.question is not None
        self._tell_all()

    def put_away(self):
        """End the question; its counts can still be downloaded."""
        if self.question is not None:
            self._asked = [*self._asked, self._result()][-KEPT:]
        self.question, self.is_revealed = None, False
        self._tell_all()

    def results(self):
        """Return the questions so far, each with its counts."""
        return self._asked + ([self._result()] if self.question is not None else [])

    def _result(self):
        return {**self.question.asked, "answer": self.question.answer, "counts": self.counts}

    # What a member does

    def answer(self, member, number, choice):
        """Take a member's answer to the question of that number, in place of the one before."""
        if self.question is None or number != self.number:
            raise Refused("This question is over.")
        if self.is_revealed:
            raise Refused("The answer is out; nobody can answer any more.")
        if not 0 <= choice < len(self.question.choices):
            raise Refused("There is no such choice.")
        self._answers[member] = choice
        self._tell_teacher()
        self._tell(self._here.get(member))

    @property
    def counts(self):
        """How many chose each choice."""
        given = list(self._answers.values())
        return [given.count(choice) for choice in range(len(self.question.choices))]

    # What each page is told

    def for_teacher(self):
        """What the teacher's page shows of this room, as JSON has it."""
        told = {"role": "teacher", "code": self.code, "secret": self.token, "here": self.members}
        if self.question is not None:
            told["question"] = self._asks() | {"answer": self.question.answer}
            told["counts"] = self.counts
        return told

    def for_member(self, member):
        """What a member's page shows: counts and right answer only once they are revealed."""
        told = {"role": "member", "code": self.code, "secret": member, "state": self.state}
        told["teacher"] = self._teacher is not None
        if self.question is not None:
            told["question"] = self._asks() | {"mine": self._answers.get(member)}
            if self.is_revealed:
                told["question"]["answer"] = self.question.answer
                told["counts"] = self.counts
        return told

    def _asks(self):
        return {**self.question.asked, "number": self.number, "revealed": self.is_revealed}

    def _tell_all(self):
        self._tell_teacher()
        for connection in self._here.values():
            self._tell(connection)

    def _tell_teacher(self):
        self._tell(self._teacher)

    def _tell(self, connection):
        if connection is not None:
            connection.changed()


def read_question(asked):
    """Return the ClassQuestion that a teacher's page has sent. Raises Refused."""
    match asked:
        case {"text": str(text), "choices": [*choices], "answer": int() | None as answer} if all(
            isinstance(choice, str) for choice in choices
        ):
            try:
                return ClassQuestion(text, tuple(choices), answer)
            except ValueError as error:
                raise Refused(f"This cannot be asked: {error}.") from None
    raise Refused("A question has a text, choices, and a right answer or none.")
