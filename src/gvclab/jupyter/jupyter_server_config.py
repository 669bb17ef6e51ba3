"""JupyterLab's *Print* and *Save and Export as HTML* make pages that load nothing, see `gvclab.handout`."""

from gvclab.handout import configure

configure(get_config())  # noqa: F821 - given by traitlets
