"""What our answers forbid the browser: scripts of other hosts, foreign frames, guessed types.

They are the same under `lrp-widgets dashboard` and under a Jupyter server's Voilà. What Voilà and
anywidget need is allowed by name below. SECURITY.md says what the whole promises.
"""

import os
import re

from tornado.web import OutputTransform

# In whose frames our pages may be shown, such as a learning platform's.
SETTING = "LRP_WIDGETS_FRAME_ANCESTORS"
_POLICY_HEADER = "Content-Security-Policy"
_ORIGIN = re.compile(r"https?://(\*\.)?[\w.-]+(:\d+)?|'self'|'none'")

# What a page may load and where it may send, by kind; of other hosts nothing.
_POLICY = {
    "default-src": "'self'",
    # Voilà writes its scripts into the page, and anywidget imports each widget's module from a
    # blob that it makes of the text sent by the kernel. Nothing evaluates text (no 'unsafe-eval').
    "script-src": "'self' 'unsafe-inline' blob:",
    # JupyterLab's and our widgets put their styles into the page.
    "style-src": "'self' 'unsafe-inline'",
    # Thumbnails and icons are data; pictures and recordings of the visitor's own are blobs.
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "font-src": "'self' data:",
    # The kernel's websocket, at the page's own address.
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}

_OTHERS = {
    "X-Content-Type-Options": "nosniff",
    # Links to papers do not tell what the page showed; ours do.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}


def frame_ancestors():
    """Return whose frames may show our pages: LRP_WIDGETS_FRAME_ANCESTORS, or None.

    Raises ValueError where a word of it is no origin.
    """
    words = os.environ.get(SETTING, "").split()
    for word in words:
        if not _ORIGIN.fullmatch(word):
            raise ValueError(
                f"{SETTING} names origins such as https://moodle.example.org, not {word!r}."
            )
    return " ".join(words) or None


def policy(ancestors=None):
    """Return the content security policy; `ancestors`: of whose frames, where ours is to say it."""
    parts = _POLICY | ({"frame-ancestors": ancestors} if ancestors else {})
    return "; ".join(f"{kind} {allowed}" for kind, allowed in parts.items())


class OurHeaders:
    """For a `JupyterHandler`: our headers beside what the Jupyter server, or a hub, sets.

    Two policies hold both. In whose frames a page may be shown is the server's to say, unless our
    setting says it.
    """

    def set_default_headers(self):
        super().set_default_headers()
        for name, value in _OTHERS.items():
            self.set_header(name, value)
        ancestors = frame_ancestors()
        put = self.set_header if ancestors else self.add_header
        put(_POLICY_HEADER, policy(ancestors))


class OnEveryAnswer(OutputTransform):
    """For a tornado application that is all ours: the headers on files and refusals too."""

    def transform_first_chunk(self, status_code, headers, chunk, finishing):
        for name, value in _OTHERS.items():
            headers[name] = value
        headers[_POLICY_HEADER] = policy(frame_ancestors() or "'self'")
        return status_code, headers, chunk
