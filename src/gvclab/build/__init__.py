"""From `content/` to notebooks and back: `gvclab build`.

    content/lessons/<name>.md    -> course/<name>.ipynb
    content/glossary/*.yml       -> course/glossary.ipynb
    content/exercises/<name>.md  -> solutions/section-<n>/<name>.ipynb -> exercises/section-<n>/<name>.ipynb

Of another language, by its catalogues in `locale/` (`gvclab build --language zh`; see `translation`), all of them are
in one folder, which is a course directory of nbgrader: `course/zh/`, `course/zh/solutions/`, `course/zh/exercises/`.

The last arrow is nbgrader's own: what stands in `exercises/` is what `nbgrader generate_assignment` releases.
"""

from gvclab.build.tree import BuildReport, budgets, build, check, counted, from_notebooks, targets

__all__ = ["BuildReport", "budgets", "build", "check", "counted", "from_notebooks", "targets"]
