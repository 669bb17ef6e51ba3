"""Interactive panels: a state that can be moved, a model that answers, a figure that shows the answer."""
