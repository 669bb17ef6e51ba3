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
