// anywidget gives a widget two seconds to begin. On a page that is busy for longer it then refuses every message from the
// kernel, for good: a question never hears its answer. A `patient` widget takes messages from the moment it has begun,
// however late that is, and asks the kernel to repeat what was said before.
const patient = (made) => async () => {
  const widget = typeof made === "function" ? await made() : made;
  return {
    ...widget,
    async initialize(given) {
      const cleanUp = await widget.initialize?.(given);
      const model = given.model.set({}); // behind anywidget's stand-in: Backbone's `set` returns the model itself
      const handle = Object.getPrototypeOf(Object.getPrototypeOf(model))?._handle_comm_msg; // that of ipywidgets
      if (handle) model.comm?.on_msg(handle.bind(model));
      given.model.send({ begun: true });
      return cleanUp;
    },
  };
};

// Keys belong to the widget: in command mode JupyterLab would take arrows and letters for its own. It looks for the mark on
// the focused element itself. Escape, where nothing in the widget took it, gives the focus back to the cell.
const keepKeys = (el) => {
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = "true"));
  el.addEventListener("keydown", (event) => {
    const cell = el.closest(".jp-Cell");
    if (event.key !== "Escape" || event.defaultPrevented || !cell) return;
    event.preventDefault();
    cell.focus({ preventScroll: true });
  });
};

// An id that no other element of the page has: each widget evaluates this file for itself, so the page does the counting.
const unique = (name) => `gvclab-${name}-${(globalThis.gvclabCount = (globalThis.gvclabCount ?? 0) + 1)}`;
