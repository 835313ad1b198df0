"""HTML pages made from Jinja's templates: what is put in is escaped, and nothing may be missing."""

from functools import lru_cache

import jinja2


@lru_cache
def template(name, *folders):
    """Return the template in the file `name`, looked for in these folders, the first one first."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)
