"""The command ``lrp-widgets``: explain pictures and videos, open the dashboard, fetch networks."""

import argparse
import os
import sys
import textwrap
from importlib import import_module

from .. import __version__
from ..figures.view_settings import View
from ..lessons.assignment import FORMS
from ..lrp.attribution import BASELINES, METHODS
from ..lrp.attribution.patches import WIDEST
from ..lrp.attribution.scoring import SCORES
from ..lrp.composites import COMPOSITES, FOR_ATTENTION
from ..lrp.live_frame import STRENGTH
from ..lrp.rule_syntax import OWN, WRITTEN
from ..lrp.settings import as_text, number, settings, whole_number
from ..networks.precision import PRECISIONS
from ..networks.preprocessing import BY_NAME
from ..session import REQUEST
from .cli_judge import MEASURES
from .cli_output import DONE, INTERRUPTED, SOME_FAILED, USAGE, UsageError, sentence

# The settings that are options, by their names.
OPTIONS = {each.option: each for each in (REQUEST | settings(View)).values() if each.option}

# What an option says otherwise than the page does, where the page has a list to choose from.
CLASS = {"metavar": "CLASS", "type": str}  # known once the network is
OTHERWISE = {
    "network": {
        "default": "vgg16",
        "metavar": "NAME|FILE",
        "help": "default: vgg16; see: networks; or a Keras model, .keras or .h5",
    },
    "weights": {"metavar": "pretrained|random|FILE", "type": str},
    "rules": {
        "metavar": "RULES",
        "type": str,
        "help": 'a composite and other rules for blocks or layers, such as "epsilon-plus,block2:'
        "gamma:0.1\"; default: the network's own composite; what there is stands below",
    },
    "start": {"help": "default: softmax, or a class's if --target names one"},
    "target": CLASS | {"help": "class to explain, by number or name; default: the top"},
    "through": {
        "metavar": "LAYER:CHANNELS",
        "help": "follow only what passes through these channels, such as block3_conv2:5,7 or, "
        "through both, block3_conv2:5,fc1:12; default: everything",
    },
    "other": CLASS | {"help": "class to contrast it with; default: the runner-up"},
}


def main(arguments=None):
    """Run one command and return its exit code: 0 all good, 1 some failed, 2 wrong usage.

    arguments: the words of the command line, by default those of this process. A mistake is
    answered with one sentence on the error output; argparse exits with 2 by itself.
    """
    # Before anything imports TensorFlow, whose greetings would bury what we say.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console without ε should not end the run
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except UsageError as error:
        return _complain(sentence(error), USAGE)
    except (ValueError, OSError) as error:
        return _complain(sentence(error), SOME_FAILED)
    except KeyboardInterrupt:
        return _complain("Stopped.", INTERRUPTED)


def _complain(text, code):
    print(f"lrp-widgets: {text}", file=sys.stderr)
    return code


def _parser():
    parser = argparse.ArgumentParser(
        prog="lrp-widgets", description="Layer-wise Relevance Propagation, to look at."
    )
    parser.add_argument("--version", action="version", version=f"lrp-widgets {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_explain(commands)
    _add_judge(commands)
    _add_concepts(commands)
    _add_video(commands)
    _add_export(commands)
    _add_dashboard(commands)
    _add_collect(commands)
    _add_worksheet(commands)
    _add_assignment(commands)
    _add_fetch(commands)
    words = "list the networks, and which are on the disk"
    _command(commands, "networks", words, "cli_networks.list_networks")
    return parser


def _command(commands, name, words, run, **described):
    """Add a command that calls `run`, "module.function"; return what adds its arguments."""
    command = commands.add_parser(name, help=words, **described)
    command.set_defaults(run=_later(*run.split(".")))
    return command.add_argument


def _add_explain(commands):
    add = _command(
        commands,
        "explain",
        "draw pictures beside their relevance maps",
        "cli_explain.explain_pictures",
        **_description(
            "Explain what a network says about pictures: one PNG each, the picture beside the "
            "relevance of its pixels. Exit code: 0 all explained, 1 some failed, 2 wrong usage."
        ),
    )
    add("paths", nargs="+", metavar="PATH", help="a picture, a folder, or a sample such as cat")
    _add_settings(add, OPTIONS)
    add("--out", default="results", metavar="FOLDER", help="where the PNGs go; default: results/")


def _add_judge(commands):
    add = _command(
        commands,
        "judge",
        "measure whether maps are right: rules and other methods, side by side",
        "cli_judge.judge_pictures",
        **_description(
            "Measure maps of pictures, beside noise, a constant map and, for drawn scenes, the "
            "object itself: a table, its numbers (measures.csv), and the curves of the picture "
            "taken apart (curves.csv, one PNG each). Exit code: 0 all judged, 1 some failed, 2 "
            "wrong usage."
        ),
    )
    add("paths", nargs="+", metavar="PATH", help="a picture, a folder, or a sample such as star")
    _add_settings(add, ("network", "weights", "seed"))
    add(
        "--rules",
        nargs="+",
        default=["z-plus", "epsilon-plus", "gradient"],
        metavar="RULES",
        help="composites or rules, and of other methods: " + ", ".join(METHODS),
    )
    add(
        "--measures",
        nargs="+",
        default=["abpc", "mass", "rank-accuracy", "other-class", "gini"],
        metavar="MEASURE",
        help="of: " + ", ".join(MEASURES),
    )
    add("--target", metavar="CLASS", help="class to explain, by number or name; default: the top")
    add(
        "--patch",
        type=_read_by(whole_number(1, WIDEST)),
        default=8,
        metavar="N",
        help="pixels, 1 to 16; default: 8",
    )
    add("--baseline", choices=BASELINES, default="mean", help="in a patch's place; default: mean")
    add("--score", choices=SCORES, default="probability", help="default: probability")
    add("--out", default="results", metavar="FOLDER", help="where all goes; default: results/")


def _add_concepts(commands):
    add = _command(
        commands,
        "concepts",
        "find what a network's channels stand for, in a folder of pictures",
        "cli_concepts.find_in_folder",
        **_description(
            "Go through a folder of pictures, folders in it included, and keep of every channel "
            "the pictures in which it carries most relevance and those that excite it most. The "
            "dashboard shows them for a click on a channel. Ctrl-C ends it; the same command goes "
            "on from there. Exit code: 0 all read, 1 some could not be read, 2 wrong usage."
        ),
    )
    add("network", metavar="NETWORK", help="see: networks; or a Keras model, .keras or .h5")
    add("folder", metavar="FOLDER", help="of pictures; the more, the better: some thousand")
    _add_settings(add, ("weights", "seed"))
    _add_file(add)
    words = "a composite; default: epsilon-plus, or what suits the network"
    add("--rules", metavar="RULES", help=words)


def _add_video(commands):
    add = _command(
        commands,
        "video",
        "draw relevance over a video, or over the camera's picture",
        "cli_video.explain_video",
        **_description(
            "Explain a video or the camera frame by frame: a video of the same length, its middle "
            "square under the relevance of its pixels, with the video's sound. Ctrl-C ends it "
            "and keeps what there is. Exit code: 0 all explained, 1 broken off or failed, 2 wrong "
            "usage."
        ),
    )
    add("video", nargs="?", metavar="VIDEO", help="MP4, WebM, MOV, MKV, AVI, GIF and others")
    add("--camera", metavar="N", help="a camera of this machine instead: 0 is the first")
    add(
        "--seconds",
        type=_read_by(_above_zero),
        metavar="S",
        help="stop after so many; default: the whole video",
    )
    add("--out", default="lrp.mp4", metavar="FILE", help="MP4, MOV, MKV or WebM; default: lrp.mp4")
    add("--side-by-side", action="store_true", help="the picture itself on the left")
    add(
        "--strength",
        type=_read_by(number(0, 1)),
        default=STRENGTH,
        help=f"of relevance; default: {STRENGTH}",
    )
    add("--precision", choices=PRECISIONS, default="exact", help="live: quicker, in bfloat16")
    _add_settings(add, OPTIONS.keys() - {"dtype", "scale"})


def _add_export(commands):
    add = _command(
        commands,
        "export",
        "write an explanation, or the lessons, as pages that need no server",
        "cli_export.export",
        **_description(
            "Explain a picture and write a page that steps through its layers in any browser: "
            "from a disk, without a network, in a learning platform. `lessons` in the picture's "
            "place writes a folder of all lessons, whose tasks the browser checks. Exit code: 0 "
            "written, 1 failed, 2 wrong usage."
        ),
    )
    add("picture", metavar="PICTURE", help="a file, a sample such as cat, or: lessons")
    _add_settings(add, OPTIONS)
    add("--layer", metavar="NAME", help="where the page begins; default: the input")
    add(
        "--units",
        type=_read_by(whole_number(0, 100)),
        default=3,
        metavar="N",
        help="of each layer, which the microscope opens; default: 3, the strongest",
    )
    add(
        "--unit",
        action="append",
        default=[],
        metavar="UNIT",
        help="one more, such as block2_conv1:3,4,7 or fc1:12; may be given several times",
    )
    add("--out", metavar="PATH", help="default: lrp.html, of the lessons the folder site/")


def _description(text):
    """A command's description, and below its options the words that --rules knows, not broken."""
    named = {OWN: "the network's own composite"}
    named |= {
        name: composite.description for name, composite in (COMPOSITES | FOR_ATTENTION).items()
    }
    width = max(map(len, named))
    lines = [
        "composites for --rules:",
        *(f"  {name:{width}}  {words}" for name, words in named.items()),
        "",
        "rules, some with a number, such as gamma:0.1 or gamma:1/4:",
        textwrap.indent(textwrap.fill(", ".join(WRITTEN), 76, break_on_hyphens=False), "  "),
    ]
    return {
        "description": textwrap.fill(text, 78),
        "epilog": "\n".join(lines),
        "formatter_class": argparse.RawDescriptionHelpFormatter,
    }


def _add_settings(add, names):
    """Options for the named settings: what is explained, and how it is coloured."""
    for name, each in OPTIONS.items():
        if name not in names:
            continue
        given = {"default": each.default, "help": f"{each.help} Default: {each.default}"}
        if each.read:
            given["type"] = _read_by(each.read)
        if each.words:
            given["metavar"] = f"{{{','.join(map(as_text, each.words))}}}"
        add(f"--{name.replace('_', '-')}", **given | OTHERWISE.get(name, {}))
        if name == "network":
            _add_file(add)


def _add_file(add):
    """Options of a network that is a file."""
    add("--classes", metavar="FILE", help="of a network that is a file: its classes, one a line")
    words = "of a network that is a file: what it takes pixels as; default: as-it-is"
    add("--preprocess", choices=tuple(BY_NAME), help=words)


def _add_dashboard(commands):
    command = commands.add_parser("dashboard", help="serve the dashboard and open it in a browser")
    command.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets other machines in")
    command.add_argument(
        "--port", type=_read_by(whole_number(0, 2**16 - 1)), default=8866, help="default: 8866"
    )
    command.add_argument("--no-browser", action="store_true", help="only print the address")
    command.add_argument(
        "--preheat",
        action="store_true",
        help="keep a kernel with the first map ready for the next visitor; 0.1 GB of memory",
    )
    command.add_argument(
        "--max-visitors",
        type=_read_by(whole_number(1, 10_000)),
        metavar="N",
        help="how many may be here at once; default: as many as the free memory holds",
    )
    command.add_argument(
        "--public",
        action="store_true",
        help="limits for a server that anybody can reach: pictures of 25 megapixels and 20 MB, no "
        "videos, kernels of 4 GB; see SECURITY.md",
    )
    command.set_defaults(run=_dashboard)


def _add_collect(commands):
    add = _command(
        commands,
        "collect",
        "check a class's answers: a table for a grade book, and a page on what went wrong",
        "cli_collect.collect_answers",
        description="Check the files that students download in a lesson (My lesson). Every answer "
        "is checked anew. The table has a row for each student and a column for each task: 1 for a "
        "task that is right and for a prediction that is made. The page beside it counts, for each "
        "task, what the class got wrong. Exit code: 0 all read, 1 some could not be read, 2 wrong "
        "usage.",
    )
    add("paths", nargs="+", metavar="FILE", help="a file, or a folder of them")
    add("--out", default="class.csv", metavar="FILE", help="default: class.csv")
    add(
        "--run-code",
        action="store_true",
        help="run the students' code too, in a process of its own but with your rights; "
        "without this, code gets no points",
    )


def _add_worksheet(commands):
    words = "write a lesson's predictions and tasks as a page to print"
    add = _command(commands, "worksheet", words, "cli_worksheet.write_worksheet")
    _add_lesson(add)
    add("--out", metavar="FILE", help="default: worksheet-02.html, say")
    add("--solutions", action="store_true", help="the key, for the teacher")


def _add_assignment(commands):
    add = _command(
        commands,
        "assignment",
        "write a lesson's coding tasks as a notebook for nbgrader or otter-grader",
        "cli_assignment.write_assignment",
        description="Write the teacher's version, with solutions and hidden tests, which the "
        "grader takes out for students.",
    )
    _add_lesson(add)
    add("--out", metavar="FILE", help="default: assignment-02.ipynb, say")
    add("--form", choices=FORMS, default=FORMS[0], help="default: nbgrader")


def _add_lesson(add):
    add("lesson", type=_read_by(whole_number(1, 99)), metavar="LESSON", help="such as 2")


def _add_fetch(commands):
    words = "fetch a network's weights, once"
    add = _command(commands, "fetch", words, "cli_networks.fetch_network")
    add("name", metavar="NAME", help="a network, such as vgg16; see: networks")


def _above_zero(text):
    value = number(0)(text)
    if not value:
        raise ValueError("it is a number above 0")
    return value


def _later(module, function):
    """A command's function, imported once it is asked for."""
    return lambda options: getattr(import_module(f"{__package__}.{module}"), function)(options)


def _read_by(reader):
    """A setting's reader as argparse takes it."""

    def read(text):
        try:
            return reader(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{error}, not {text!r}") from None

    return read


def _dashboard(options):
    from . import forked_kernels

    if options.no_browser:
        forked_kernels.begin()  # while the server's own imports take a second
    from .server import serve

    serve(
        host=options.host,
        port=options.port,
        open_browser=not options.no_browser,
        preheat=options.preheat,
        max_visitors=options.max_visitors,
        for_public=options.public,
    )
    return DONE
