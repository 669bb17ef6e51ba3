"""What the paper claims, what was found, and the works that bear on it: one home for all pages.

    verdict("C2.3-5", prediction="2.3-p2")    a claim's card in a lesson, with what its reader predicted
    other_claims("C2.3-2", "C2.3-9")         the claims that a lesson does not discuss, a folded line each
    studies("miroudot-2020")                 what studies find, a card each
    cite("boehm-flaaen-pandalai-nayar-2019") a Markdown link, "Boehm et al. 2019"
    references(["…"])                        the lines of a list of references
    linked("As {cite}`…` find, …")           a text with its citations as links

The files are `content/bibliography.yml`, `content/verdicts.yml` and `content/claims/`, a file a section.
"""

from .bibliography import Work, cite, cited, linked, references, work, works
from .claims import Claim, all_claims, claim
from .verdicts import Chip, chip, chips

_SHOWN = ("other_claims", "studies", "verdict")

__all__ = [
    "Chip",
    "Claim",
    "Work",
    "all_claims",
    "chip",
    "chips",
    "cite",
    "cited",
    "claim",
    "linked",
    "references",
    "work",
    "works",
    *_SHOWN,
]


def __getattr__(name: str):
    if name in _SHOWN:  # late: a build has no use for ipywidgets
        from . import shown

        return getattr(shown, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
