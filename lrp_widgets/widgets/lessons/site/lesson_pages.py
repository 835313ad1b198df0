"""The lessons as plain web pages: prose, equations, tasks that the browser checks, and widgets.

What a kernel would be needed for is not there: menus and sliders that ask it are left out, widgets
that cannot move without it stand still, and a line leads to a page with Python.
"""

import ast
import base64
import io
import re
from contextlib import redirect_stdout
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote

import anywidget
import ipywidgets
import nbformat

from .... import __version__
from ...._support.paths import folder
from ...._support.templates import template
from ....figures.markdown import document
from ....lessons import LESSONS
from ....lessons.thumbnails import picture
from ...dashboard.dashboard import Dashboard
from ...page.export import lives, policy, prepare_parts, styles
from ..header import LessonHead
from ..predict import Covered
from ..task import Task

_HERE = Path(__file__).parent
BINDER = (
    "https://mybinder.org/v2/gh/lrp-widgets/lrp_widgets/HEAD?urlpath=voila%2Frender%2Fnotebooks%2F"
)
PATIENCE = 1800  # seconds for what a lesson measures; a page is not written without it


def write_lessons(out, lessons=LESSONS, say=print):
    """Write a page for each lesson and their index into the folder `out`; return it.

    `say` is told what is written. Raises RuntimeError where a lesson cannot be executed.
    """
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    for lesson in lessons:
        path = out / page_name(lesson)
        path.write_text(LessonPage(lesson).text(), "utf-8")
        say(f'"{path}" has {path.stat().st_size / 1e6:.1f} MB.')
    (out / "index.html").write_text(index_page(lessons), "utf-8")
    (out / ".nojekyll").touch()  # GitHub Pages takes the files as they are
    return out


def page_name(lesson):
    return lesson.notebook.removesuffix(".ipynb") + ".html"


class LessonPage:
    """One lesson's notebook as a page: `text()`."""

    def __init__(self, lesson):
        self._lesson = lesson
        self._names = {"__name__": "lesson"}  # of the notebook's cells
        self._widgets = {}  # {id: (widget, what its page shall answer)}
        self._covers = {}  # {id of a cover: the predictions that it waits for}
        self._also = [LessonHead]  # whose styles the page needs besides those of its widgets

    def text(self):
        """Return the page as HTML; its cells are executed once."""
        notebook = nbformat.read(folder("notebooks") / self._lesson.notebook, as_version=4)
        body = "\n".join(self._cell(cell) for cell in notebook.cells)
        make = prepare_parts(
            {name: widget for name, (widget, _) in self._widgets.items()},
            {name: given for name, (_, given) in self._widgets.items()},
        )
        payload, scripts = make(covers=self._covers)
        style = styles([*self._also, *(widget for widget, _ in self._widgets.values())])
        at = LESSONS.index(self._lesson)
        return template("lesson.html.j2", _HERE).render(
            lesson=self._lesson,
            count=len(LESSONS),
            before=_link(LESSONS[at - 1]) if at else None,
            after=_link(LESSONS[at + 1]) if at + 1 < len(LESSONS) else None,
            binder=BINDER + self._lesson.notebook,
            body=body,
            policy=policy(scripts, style),
            style=style,
            payload=payload,
            scripts=scripts,
            version=__version__,
        )

    def _cell(self, cell):
        if cell.cell_type == "markdown":
            return self._prose(cell.source)
        value, printed = self._run(cell.source)
        said = f"<pre>{escape(printed)}</pre>" if printed else ""
        return said + self._shown(value)

    def _run(self, code):
        """The value of a cell's last line, and what it printed."""
        tree = ast.parse(code)
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            last = ast.Expression(tree.body.pop().value)
        where = f"<{self._lesson.notebook}>"
        printed, value = io.StringIO(), None
        try:
            with redirect_stdout(printed):
                exec(compile(tree, where, "exec"), self._names)
                if last is not None:
                    value = eval(compile(last, where, "eval"), self._names)
        except Exception as error:
            message = f"{self._lesson.notebook} cannot be executed: {type(error).__name__}: {error}"
            raise RuntimeError(message) from error
        return value, printed.getvalue().strip()

    def _prose(self, markdown):
        return f'<div class="jp-RenderedMarkdown">{_linked(document(markdown)[0])}</div>'

    # What a cell shows

    def _shown(self, value):
        if value is None:
            return ""
        if isinstance(value, ipywidgets.Widget):
            return f'<div class="lrp-page-cell">{self._widget(value)}</div>'
        if hasattr(value, "_repr_markdown_"):
            return self._prose(value._repr_markdown_())
        return f"<pre>{escape(repr(value))}</pre>"

    def _widget(self, widget):
        """A widget's place on the page, and those of all that it holds."""
        if hasattr(widget, "wait") and not widget.wait(PATIENCE):
            raise RuntimeError(f"{self._lesson.notebook}: {type(widget).__name__} takes too long.")
        match widget:
            case LessonHead():
                return ""
            case Covered():
                return self._covered(widget)
            case Dashboard():
                return self._place(widget.stepper, inspector=widget.export_panel.inspector())
            case Task():
                return self._task(widget)
            case anywidget.AnyWidget():
                return self._place(widget) if lives(widget) else self._still(widget)
            case ipywidgets.HTML():
                words = f'<div class="widget-html-content">{_plain(widget.value)}</div>'
                return f'<div class="{_classes(widget)}">{words}</div>' if widget.value else ""
            case ipywidgets.Box():
                inside = "".join(map(self._widget, widget.children))
                return f'<div class="{_classes(widget)}">{inside}</div>' if inside else ""
        return ""  # a menu, a slider or a button: they ask a kernel

    def _place(self, widget, **given):
        name = f"widget-{len(self._widgets) + 1}"
        self._widgets[name] = widget, given
        return f'<div id="{name}" class="{_classes(widget)}"></div>'

    def _still(self, widget):
        words = (
            "It stands still on this page: to move it takes Python. "
            f'<a href="{BINDER}{self._lesson.notebook}">Open this lesson with Python</a>'
        )
        return (
            f'<figure class="lrp-page-still"><div inert>{self._place(widget)}</div>'
            f"<figcaption>{words}</figcaption></figure>"
        )

    def _covered(self, widget):
        cover = self._place(widget.cover)
        name = list(self._widgets)[-1]
        self._covers[name] = list(widget.cover.waiting)
        inside = self._widget(widget.content)
        covered = f'<div data-covered="{name}" hidden>{inside}</div>'
        return f'<div class="lrp-covered">{cover}{covered}</div>'

    def _task(self, task):
        task.without_kernel()
        if task.checks:
            return self._place(task)
        self._also.append(task)
        return (
            f'<section class="lrp-card lrp-task"><div class="lrp-heading">{task.heading}</div>'
            f'<div class="lrp-task-text">{task.text}</div>'
            f'<p class="lrp-task-unit">This task is answered in Python: '
            f'<a href="{BINDER}{self._lesson.notebook}">open this lesson with Python</a>.</p>'
            f'<div class="lrp-task-help"><details class="lrp-task-more"><summary>Hint</summary>'
            f'<div>{task.hint}</div></details><details class="lrp-task-more">'
            f"<summary>Solution</summary><div>{task.solution}</div></details></div></section>"
        )


def index_page(lessons):
    """Return the page that leads to the lessons, as HTML."""
    style = styles([LessonHead])
    return template("index.html.j2", _HERE).render(
        cards=[(lesson, page_name(lesson), *_thumbnail(lesson)) for lesson in lessons],
        policy=policy([], style),
        style=style,
        version=__version__,
    )


def _thumbnail(lesson):
    """A lesson's picture as an address of its own, and what it shows."""
    file, words = picture(lesson.number)
    data = "" if file is None else base64.b64encode(file).decode()
    return f"data:image/png;base64,{data}", words


def _link(lesson):
    return {"page": page_name(lesson), "number": lesson.number, "title": lesson.title}


def _linked(words):
    """Prose whose links to notebooks lead to their pages, or to a page with Python."""

    def place(match):
        name, query = match[1], match[2] or ""
        for lesson in LESSONS:
            if lesson.notebook == f"{name}.ipynb":
                return f'href="{page_name(lesson)}"'
        if name == "index":
            return 'href="index.html"'
        return f'href="{BINDER}{name}.ipynb{quote(unescape(query), safe="")}"'

    return _plain(re.sub(r'href="(\w+)\.ipynb(\?[^"]*)?"', place, words))


def _plain(words):
    """HTML whose alignments are classes: the page's policy allows no styles in attributes."""
    return re.sub(r'style="text-align: ?(\w+);?"', r'class="lrp-align-\1"', words)


def _classes(widget):
    return escape(" ".join(widget._dom_classes))
