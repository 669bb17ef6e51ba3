"""Languages other than English: catalogues of translations, the pseudo-locale, numbers, dates and lists.

English in `content/` is the source. A translation is a gettext catalogue, one for each content file:
`locale/zh/lessons/2.3a-suppliers.po`. An entry has the place of its text as context (`msgctxt`) and the English
as its id; it counts when it is translated, not marked fuzzy, and fits (`catalogue.misfit`).

`qps` is the pseudo-locale: no files, every text of ours wrapped and lengthened by a function (`pseudo`). What shows
up unwrapped in it cannot be translated.
"""

from gvclab.language.catalogues import catalogue, misfit
from gvclab.language.pseudo import PSEUDO

__all__ = ["PSEUDO", "catalogue", "misfit"]
