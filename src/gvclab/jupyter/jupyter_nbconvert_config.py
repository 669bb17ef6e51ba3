"""nbconvert as `gvclab handout` runs it: pages that load nothing and can be printed, see `gvclab.handout`."""

import os

from gvclab.handout import configure

# Nobody is there to move anything: panels, questions and predictions are shown as pictures and text.
os.environ["GVCLAB_STATIC"] = "1"
configure(get_config())  # noqa: F821 - given by traitlets
