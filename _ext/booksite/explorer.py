"""The `explorer` directive: a live explorer on a page that is not a notebook.

```{explorer} relu elu
```
"""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective


class Explorer(SphinxDirective):
    """An explorer of the named activations; several are compared in one frame."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        import activlib
        from activlib.explorer import explorer_html

        names = self.arguments[0].split()
        unknown = [name for name in names if name not in activlib.activations]
        if unknown:
            raise self.error(f"unknown activation {unknown[0]!r}; known are {', '.join(activlib.activations)}")
        chosen = [activlib.activations[name] for name in names]
        return [nodes.raw("", explorer_html(chosen if len(chosen) > 1 else chosen[0]), format="html")]


def setup(app):
    app.add_directive("explorer", Explorer)
