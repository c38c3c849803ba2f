"""What a submission leaves behind is shown to people, in pages that may do what they may do: so it must do nothing.

`clean_notebook` rebuilds an executed notebook from the parts that can do no harm. It runs before anything is recorded,
and once more in the exporters of the Formgrader and of the feedback, for notebooks that came another way.
"""

from autograder.harmless.notebook import CleanNotebook, clean_notebook

__all__ = ["CleanNotebook", "clean_notebook"]
