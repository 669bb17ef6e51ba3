// The card that stands where something will be shown, once a prediction is made or the reader asks for it.

export default patient({
  render({ model, el }) {
    const show = () => {
      const { said, button } = model.get("words");
      const hadFocus = el.contains(document.activeElement);
      const line = document.createElement("p");
      line.textContent = said;
      line.tabIndex = -1; // so that the focus of a button that goes has a place to go to
      const card = document.createElement("div");
      card.className = button ? "gvclab-exercise gvclab-gate" : "gvclab-exercise gvclab-gate gvclab-gone";
      card.append(line);
      if (button) {
        const ask = document.createElement("button");
        ask.type = "button";
        ask.textContent = button;
        ask.addEventListener("click", () => model.send({ show: true }));
        card.append(ask);
      }
      el.replaceChildren(card);
      if (hadFocus) line.focus();
    };
    // Keys belong to the card: in command mode JupyterLab would take letters for its own.
    el.addEventListener("focusin", (event) => (event.target.dataset.lmSuppressShortcuts = "true"));
    show();
    model.on("change:words", show);
  },
});
