"""The command ``lrp-widgets``: explain pictures and films, open the dashboard, fetch networks."""

import argparse
import os
import sys
import textwrap

from .. import __version__
from .._support.colors import COLORMAPS, SCALES
from ..lrp.attribution import BASELINES, METHODS
from ..lrp.attribution.patches import WIDEST
from ..lrp.attribution.scoring import SCORES
from ..lrp.composites import COMPOSITES
from ..lrp.live_frame import STRENGTH
from ..lrp.rule_syntax import OWN, WRITTEN, read_number
from ..lrp.targets import STARTS
from ..networks.precision import PRECISIONS
from .cli_judge import MEASURES
from .cli_output import DONE, INTERRUPTED, SOME_FAILED, USAGE, UsageError, sentence


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
    _add_video(commands)
    _add_dashboard(commands)
    _add_fetch(commands)
    command = commands.add_parser("networks", help="list the networks, and which are on the disk")
    command.set_defaults(run=_networks)
    return parser


def _add_explain(commands):
    command = commands.add_parser(
        "explain",
        help="draw pictures beside their relevance maps",
        **_description(
            "Explain what a network says about pictures: one PNG each, the picture beside the "
            "relevance of its pixels. Exit code: 0 all explained, 1 some failed, 2 wrong usage."
        ),
    )
    add = command.add_argument
    add("paths", nargs="+", metavar="PATH", help="a picture, a folder, or a sample such as cat")
    _add_settings(add)
    add("--scale", choices=SCALES, default="symmetric", help="default: symmetric about zero")
    add("--out", default="results", metavar="FOLDER", help="where the PNGs go; default: results/")
    command.set_defaults(run=_explain)


def _add_judge(commands):
    command = commands.add_parser(
        "judge",
        help="measure whether maps are right: rules and other methods, side by side",
        **_description(
            "Measure maps of pictures, beside noise, a constant map and, for drawn scenes, the "
            "object itself: a table, its numbers (measures.csv), and the curves of the picture "
            "taken apart (curves.csv, one PNG each). Exit code: 0 all judged, 1 some failed, 2 "
            "wrong usage."
        ),
    )
    add = command.add_argument
    add("paths", nargs="+", metavar="PATH", help="a picture, a folder, or a sample such as star")
    _add_network(add)
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
    add("--patch", type=_patch, default=8, metavar="N", help="pixels, 1 to 16; default: 8")
    add("--baseline", choices=BASELINES, default="mean", help="in a patch's place; default: mean")
    add("--score", choices=SCORES, default="probability", help="default: probability")
    add("--out", default="results", metavar="FOLDER", help="where all goes; default: results/")
    command.set_defaults(run=_judge)


def _add_video(commands):
    command = commands.add_parser(
        "video",
        help="draw relevance over a film, or over the camera's picture",
        **_description(
            "Explain a film or the camera frame by frame: a film of the same length, its middle "
            "square under the relevance of its pixels, with the film's sound. Ctrl-C ends it "
            "and keeps what there is. Exit code: 0 all explained, 1 broken off or failed, 2 wrong "
            "usage."
        ),
    )
    add = command.add_argument
    add("clip", nargs="?", metavar="CLIP", help="a film: MP4, WebM, MOV, MKV, AVI, GIF and others")
    add("--camera", metavar="N", help="a camera of this machine instead: 0 is the first")
    add("--seconds", type=_seconds, metavar="S", help="stop after so many; default: the whole film")
    add("--out", default="lrp.mp4", metavar="FILE", help="MP4, MOV, MKV or WebM; default: lrp.mp4")
    add("--side-by-side", action="store_true", help="the picture itself on the left")
    add("--strength", type=_share, default=STRENGTH, help=f"of relevance; default: {STRENGTH}")
    add("--precision", choices=PRECISIONS, default="exact", help="live: quicker, in bfloat16")
    _add_settings(add)
    command.set_defaults(run=_video)


def _description(text):
    """A command's description, and below its options the words that --rules knows, not broken."""
    named = {OWN: "the network's own composite"}
    named |= {name: composite.description for name, composite in COMPOSITES.items()}
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


def _add_settings(add):
    """What is explained and how it is coloured, for pictures and films alike."""
    _add_network(add)
    add(
        "--rules",
        default=OWN,
        metavar="RULES",
        help='a composite and other rules for blocks or layers, such as "epsilon-plus,block2:'
        "gamma:0.1\"; default: the network's own composite; what there is stands below",
    )
    add("--pooling", choices=("avg", "max"), default="avg", help="proportional, winner-take-all")
    add("--channels", choices=("gray", "rgb"), default="gray", help="summed, or kept per channel")
    add("--start", choices=STARTS, help="default: softmax, or a class's if --target names one")
    add("--target", metavar="CLASS", help="class to explain, by number or name; default: the top")
    add("--other", metavar="CLASS", help="class to contrast it with; default: the runner-up")
    add("--epsilon", type=_epsilon, default=1e-9, help="the stabilizer; default: 1e-9")
    add("--colormap", choices=COLORMAPS, default="RdBu_r", help="default: RdBu_r")


def _add_network(add):
    add("--network", default="vgg16", metavar="NAME", help="default: vgg16; see: networks")
    add(
        "--weights",
        default="pretrained",
        metavar="pretrained|random|FILE",
        help="default: pretrained",
    )
    add("--seed", type=_seed, default=0, help="of random weights; default: 0")


def _add_dashboard(commands):
    command = commands.add_parser("dashboard", help="serve the dashboard and open it in a browser")
    command.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets other machines in")
    command.add_argument("--port", type=_port, default=8866, help="default: 8866")
    command.add_argument("--no-browser", action="store_true", help="only print the address")
    command.add_argument(
        "--preheat",
        action="store_true",
        help="keep one kernel ready for the next visitor, which takes 0.6 GB of memory",
    )
    command.set_defaults(run=_dashboard)


def _add_fetch(commands):
    command = commands.add_parser("fetch", help="fetch a network's weights, once")
    command.add_argument("name", metavar="NAME", help="a network, such as vgg16; see: networks")
    command.set_defaults(run=_fetch)


def _seed(text):
    value = _number(int, text)
    if value is None or value < 0:
        raise argparse.ArgumentTypeError(f"it must be a whole number of at least 0, not {text!r}")
    return value


def _patch(text):
    value = _number(int, text)
    if value is None or not 1 <= value <= WIDEST:
        raise argparse.ArgumentTypeError(
            f"it must be a whole number from 1 to {WIDEST}, not {text!r}"
        )
    return value


def _epsilon(text):
    value = _number(read_number, text)
    if value is None or value < 0:
        raise argparse.ArgumentTypeError(f"it must be a number of at least 0, not {text!r}")
    return value


def _seconds(text):
    value = _number(read_number, text)
    if value is None or value <= 0:
        raise argparse.ArgumentTypeError(f"it must be a number above 0, not {text!r}")
    return value


def _share(text):
    value = _number(read_number, text)
    if value is None or not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"it must be a number from 0 to 1, not {text!r}")
    return value


def _port(text):
    value = _number(int, text)
    if value is None or not 0 <= value < 2**16:
        raise argparse.ArgumentTypeError(f"it must be a number from 0 to 65535, not {text!r}")
    return value


def _number(kind, text):
    try:
        return kind(text)
    except ValueError:
        return None


def _explain(options):
    from .cli_explain import explain_pictures

    return explain_pictures(options)


def _judge(options):
    from .cli_judge import judge_pictures

    return judge_pictures(options)


def _video(options):
    from .cli_video import explain_video

    return explain_video(options)


def _dashboard(options):
    from .server import serve

    serve(
        host=options.host,
        port=options.port,
        open_browser=not options.no_browser,
        preheat=options.preheat,
    )
    return DONE


def _fetch(options):
    from .cli_networks import fetch_network

    return fetch_network(options.name)


def _networks(options):
    from .cli_networks import list_networks

    return list_networks()
