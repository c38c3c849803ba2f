"""What every nbgrader command, the Formgrader and `python -m autograder` share.

Run `nbgrader autograde 05-momentum`, `nbgrader generate_feedback 05-momentum` and the like from this folder.
"""

from contextlib import suppress
from pathlib import Path

import nbgrader

root = Path(__file__).resolve().parent
work = root / "autograder" / "work"
with suppress(
    OSError
):  # SQLite makes the database but not its folder; a read-only checkout may still look around
    work.mkdir(parents=True, exist_ok=True)

c = get_config()  # noqa: F821 (nbgrader puts it there)

c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "course"
c.CourseDirectory.submitted_directory = "autograder/work/submitted"
c.CourseDirectory.autograded_directory = "autograder/work/autograded"
c.CourseDirectory.feedback_directory = "autograder/work/feedback"
c.CourseDirectory.db_url = f"sqlite:///{work / 'gradebook.db'}"
# nbgrader copies what lies beside a source notebook into the release, and the masters are such files.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "*.py"]

c.ClearSolutions.code_stub = {"python": "todo()  # replace this line with your code"}
c.ClearSolutions.text_stub = "*Write your answer here.*"

# What one submission may take, with the defaults; the reasons stand in autograder/sandbox/limits.py.
# c.Limits.notebook_seconds = 120   # a whole notebook: twice what the slowest lesson takes on a slow laptop
# c.Limits.cell_seconds = 20        # a single cell: the slowest of a lesson takes 6 seconds there
# c.Limits.memory = 4 * 1024**3     # bytes, all processes together: the lessons need 0.5 GB
# c.Limits.processes = 32           # processes and threads at once: a pool has room, a fork bomb has not
# c.Limits.output = 4 * 1024**2     # bytes that a cell may show: all figures of a lesson together have 1 MB
# c.Limits.files = 1000             # files in the scratch folder
# c.Limits.file_size = 32 * 1024**2 # bytes of a single file
# c.Limits.disk = 64 * 1024**2      # bytes of the scratch folder, which lies in memory

# The same steps as in `python -m autograder grade`, so that honest work earns the same points either way.
c.Autograde.sanitize_preprocessors = [
    "autograder.restore.Restore",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "autograder.stock.Execute",
    "autograder.harmless.CleanNotebook",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# The page that `python -m autograder grade` writes: without scripts, cleaned, hidden tests taken out.
c.GenerateFeedback.exporter_class = "autograder.feedback.FeedbackExporter"
c.GenerateFeedback.preprocessors = []
# The Formgrader shows what students handed in inside your own Jupyter, so it cleans whatever it shows, also notebooks
# that were graded by other means; and its page runs under a policy that lets no script run but nbgrader's.
formgrader_templates = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
c.HTMLExporter.preprocessors = ["autograder.harmless.CleanNotebook"]
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "clean_html": "autograder.harmless.html.clean_page_html",
    "markdown2html": "autograder.feedback.prose.markdown2html",
}
c.HTMLExporter.extra_template_basedirs = [str(root / "autograder" / "formgrader"), str(formgrader_templates)]
c.HTMLExporter.extra_template_paths = [str(formgrader_templates)]
