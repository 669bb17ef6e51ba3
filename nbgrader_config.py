"""nbgrader for this course: https://nbgrader.readthedocs.io

    nbgrader generate_assignment section-2     solutions/ -> release/, the same bytes as exercises/
    nbgrader autograde section-2               submitted/<student>/ -> autograded/<student>/, gradebook.db
    nbgrader generate_feedback section-2       autograded/<student>/ -> feedback/<student>/

nbgrader writes to `release/`, because somebody's practice in `exercises/` must not be overwritten.
"""

from pathlib import Path

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.converters import Autograde

from gvclab.content import text
from gvclab.grading.feedback import CleanFeedback, FeedbackExporter, Grades, PlainOutputs, clean_html, markdown2html
from gvclab.grading.submission import RestoreCells

c = get_config()  # noqa: F821 - given by traitlets

c.CourseDirectory.course_id = "gvclab"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "release"
# nbgrader copies what lies beside a notebook: to the students on release, into the feedback on the way back.
# An assignment is its notebook and nothing else.
c.CourseDirectory.ignore = [
    *(".*", "__pycache__", "feedback"),
    *(
        "*.pyc",
        "*.py",
        "*.md",
        "*.yml",
        "*.yaml",
        "*.json",
        "*.csv",
        "*.html",
        "*.pdf",
        "*.db",
        "*.zip",
        "*.lock",
    ),
]

# `release/` is made from `solutions/` and nothing else, so it may be made again.
c.GenerateAssignment.force = True
c.ClearSolutions.code_stub = {"python": text("build.stub.code")}
c.ClearSolutions.text_stub = text("build.stub.text")

# Cells that were deleted, copied, split or retyped are put right before the submission runs.
c.Autograde.sanitize_preprocessors = [RestoreCells, *Autograde.sanitize_preprocessors.default()]

# Hints and scores go back to the students, keys do not; what students wrote runs no script in a browser.
c.GenerateFeedback.preprocessors = [Grades, CleanFeedback, CSSHTMLHeaderPreprocessor]
c.GenerateFeedback.exporter_class = FeedbackExporter
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.preprocessors = [PlainOutputs]
c.HTMLExporter.filters = {"clean_html": clean_html, "markdown2html": markdown2html}
