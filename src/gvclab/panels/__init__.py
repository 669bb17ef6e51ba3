"""Interactive panels: a state that can be moved, a model that answers, a figure that shows the answer."""

from .base import Panel, Shared
from .controls import Checkbox, Choice, Control, Slider, Strip

__all__ = ["Checkbox", "Choice", "Control", "Panel", "Shared", "Slider", "Strip"]
