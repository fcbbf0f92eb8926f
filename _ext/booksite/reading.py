"""How long a page takes to read, from what is on it; the site shows it under each page's title.

The model adds up seconds for each word, displayed formula, line, picture and explorer that a reader sees without opening
anything. Brysbaert (2019, *How many words do we read per minute?*, Journal of Memory and Language 109, 104047) finds from
190 studies that adults read English non-fiction at 238 words a minute, most of them between 175 and 300, and slower in a
second language. Who reads to learn, often in a second language, is given 200. The seconds for the rest are this book's own
estimates: time to follow a formula or a line once, to find in a picture what its caption says, to move a point and look.
What a reader works out on paper, and what is folded away, is not in it.
"""

from dataclasses import astuple, dataclass
from pathlib import Path

from booksite.pieces import pieces

SECONDS = {"words": 60 / 200, "formulas": 12, "lines": 3, "pictures": 15, "explorers": 60}
BEYOND = {"Going further": "Going further", "Exercises": "the exercises"}  # sections after the core, as a sentence names them


@dataclass
class Tally:
    """What a reader meets in a part of a page. Code or a formula inside a sentence is one word."""

    words: int = 0
    formulas: int = 0
    lines: int = 0
    pictures: int = 0
    explorers: int = 0

    def __add__(self, other):
        return Tally(*(mine + its for mine, its in zip(astuple(self), astuple(other))))

    def count(self, piece):
        if piece.kind in ("formula", "picture", "explorer"):
            name = f"{piece.kind}s"
            setattr(self, name, getattr(self, name) + 1)
        elif piece.kind == "lines":
            self.lines += sum(bool(line.strip()) for line in piece.text.splitlines())
        elif piece.kind in ("code", "symbol"):
            self.words += 1
        else:
            text = piece.text.partition("<")[0] if piece.kind in ("term", "role") else piece.text
            self.words += sum(any(map(str.isalnum, word)) for word in text.split())

    @property
    def minutes(self):
        """Whole minutes, at least one."""
        return max(1, round(sum(SECONDS[name] * number for name, number in vars(self).items()) / 60))


@dataclass
class Reading:
    """What is on a page: its core, what follows the core, and what is folded away in either."""

    core: Tally
    beyond: Tally
    folded: Tally
    further: tuple  # those of BEYOND that the page has

    @property
    def whole(self):
        return self.core + self.beyond

    def __str__(self):
        """The line under the page's title."""
        core, whole = self.core.minutes, self.whole.minutes
        about = f"About {core} {'minute' if core == 1 else 'minutes'} to read"
        names = " and ".join(BEYOND[section] for section in self.further)
        return f"{about}; {whole} with {names}" if names else about


def reading(path):
    """The Reading of a page, from the Path of its source. Its core ends where the first section of BEYOND begins."""
    found = Reading(Tally(), Tally(), Tally(), ())
    for piece in pieces(path):
        if piece.section in BEYOND and piece.section not in found.further:
            found.further += (piece.section,)
        (found.folded if piece.folded else found.beyond if found.further else found.core).count(piece)
    return found


def show(app, pagename, templatename, context, doctree):
    """Put the time under the title of a page of the book; the front page has no text to speak of."""
    if doctree and pagename != app.config.root_doc:
        line = f'</h1>\n<p class="reading-time">{reading(Path(app.env.doc2path(pagename)))}</p>'
        context["body"] = context["body"].replace("</h1>", line, 1)


def setup(app):
    app.connect("html-page-context", show)
