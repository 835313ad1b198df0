"""The websocket between a page and its class's room.

A websocket rather than server-sent events: a page reaches its kernel by one, so it passes wherever
the page works, while proxies hold streams back; it takes none of the six connections that a browser
gives a host; and the server sees at once who has gone. Both directions use it, so that nothing here
is a request that another site could forge: foreign origins get no connection.
"""

import json
from contextlib import suppress

from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from jupyter_server.utils import url_path_join
from tornado.ioloop import IOLoop
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from .classroom import ABSENT, Refused, read_question
from .public import Flow

LARGEST = 16_000  # bytes of a message
MESSAGES = {"at_once": 60, "a_second": 10}  # of one page
CONNECTIONS = 3  # of one page: one, and those that a lost network has left
_FLOODED, _OVER = 1008, 4000  # why a connection is closed


class ClassSocket(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """One page's connection: it opens a room or joins one, then says and hears what is new.

    A page is named by its kernel's long random name. What it hears is always all that it shows of
    its room, so that a slow page gets the newest and none of what came between.
    """

    max_message_size = LARGEST

    def initialize(self, classroom, pages):
        self.classroom = classroom
        self.pages = pages  # page → its connections
        self.room = self.member = None
        self.page = None
        self._has_news = self._is_telling = False

    def set_default_headers(self):
        """None of an HTML page's."""

    @ws_authenticated
    async def get(self, kernel_id):
        if kernel_id not in self.kernel_manager:
            raise HTTPError(404, "There is no such page.")
        if len(self.pages.get(kernel_id, ())) >= CONNECTIONS:
            raise HTTPError(429, f"A page has {CONNECTIONS} connections at most.")
        self.page, self.flow = kernel_id, Flow(**MESSAGES)
        await super().get(kernel_id)

    def open(self, *arguments):
        super().open(*arguments)
        self.pages.setdefault(self.page, set()).add(self)

    def on_close(self):
        mine = self.pages.get(self.page, set())
        mine.discard(self)
        if not mine:
            self.pages.pop(self.page, None)
        self._leave()

    def send_ping(self):
        """Called twice a minute; a page whose kernel has ended has no place here."""
        if self.page in self.kernel_manager:
            super().send_ping()
        else:
            self.close(_OVER)

    # What the page says

    def on_message(self, message):
        if not self.flow.takes(1):
            self.close(_FLOODED, "More was said than a page needs.")
            return
        try:
            said = json.loads(message)
        except (ValueError, RecursionError):
            said = None
        try:
            self._hear(said)
        except Refused as refusal:
            self._tell({"refused": str(refusal)})

    def _hear(self, said):
        match said:
            case {"do": "open"}:
                self._enter(self.classroom.open(self.page))
            case {"do": "resume", "code": str(code), "secret": str(token)}:
                self._enter(self.classroom.resume(self.page, code[:9], token))
            case {"do": "join", "code": str(code), "secret": str() | None as member}:
                self._enter(*self.classroom.join(self.page, code[:9], member))
            case {"do": "leave"}:
                self._leave()
            case _ if self.room is None:
                raise Refused("This page is in no room.")
            case {"do": "answer", "number": int(number), "choice": int(choice)} if self.member:
                self.room.answer(self.member, number, choice)
            case _ if self.member:
                raise Refused("Only the page that has opened the room does this.")
            case _:
                self._teach(said)

    def _teach(self, said):
        match said:
            case {"do": "ask", "question": asked}:
                self.room.ask(read_question(asked))
            case {"do": "reveal"}:
                self.room.reveal()
            case {"do": "put away"}:
                self.room.put_away()
            case {"do": "show", "state": str(state)}:
                self.room.show(state)
            case {"do": "results"}:
                self._tell({"results": self.room.results()})
            case {"do": "close"}:
                self.classroom.close(self.room)
            case _:
                raise Refused("The server does not know what that is.")

    def _enter(self, room, member=None):
        self._leave()
        self.room, self.member = room, member
        room.connect(self, member)

    def _leave(self):
        room, self.room = self.room, None
        if room is None:
            return
        room.disconnect(self, self.member)
        if not self.member:
            IOLoop.current().call_later(ABSENT + 1, self.classroom.close_deserted)

    # What the page hears

    def changed(self):
        """There is news: tell it, once what was told before has left this machine."""
        self._has_news = True
        if not self._is_telling:
            IOLoop.current().add_callback(self._tell_news)

    def ended(self, sentence):
        """The page is in its room no more."""
        self.room = None
        self._tell({"ended": sentence})

    async def _tell_news(self):
        if self._is_telling:
            return
        self._is_telling = True
        try:
            while self._has_news and self.room is not None:
                self._has_news = False
                room, member = self.room, self.member
                told = room.for_member(member) if member else room.for_teacher()
                await self.write_message(json.dumps({"room": told}))
        except WebSocketClosedError:
            pass  # `on_close` follows
        finally:
            self._is_telling = False

    def _tell(self, words):
        with suppress(WebSocketClosedError):
            self.write_message(json.dumps(words))


def handler(base_url, classroom):
    """The handler with its address, to be asked before Voilà's."""
    address = url_path_join(base_url, r"/voila/api/class/([\w-]+)")
    return address, ClassSocket, {"classroom": classroom, "pages": {}}
