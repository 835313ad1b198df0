"""Writes the repository's address, CITATION.cff's, into every link that leads there or to Binder.

A fork changes `repository-code` in CITATION.cff and runs `make links`.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = (
    "README.md",
    "CONTRIBUTING.md",
    "notebooks/teaching_guide.md",
    "lrp_widgets/widgets/lessons/site/lesson_pages.py",
)
NAME = r"[\w.-]+"
ADDRESS = rf"^repository-code: https://github\.com/({NAME})/({NAME})/?$"


def repository():
    """Return (owner, name) as CITATION.cff says."""
    found = re.search(ADDRESS, (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    if not found:
        sys.exit("CITATION.cff needs a line such as repository-code: https://github.com/me/mine")
    return found.groups()


def linked(text, owner, name):
    """Return the text with its links made those of a repository."""
    text = re.sub(rf"(mybinder\.org/v2/gh/){NAME}/{NAME}(?=/)", rf"\g<1>{owner}/{name}", text)
    clone = rf"git clone https://github\.com/{NAME}/{NAME} && cd {NAME}"
    return re.sub(clone, f"git clone https://github.com/{owner}/{name} && cd {name}", text)


if __name__ == "__main__":
    for file in FILES:
        path = ROOT / file
        path.write_text(linked(path.read_text("utf-8"), *repository()), "utf-8")
