// A card made in the kernel, shown as it is and whenever it changes.

export default patient({
  render({ model, el }) {
    const show = () => (el.innerHTML = model.get("html"));
    show();
    model.on("change:html", show);
  },
});
