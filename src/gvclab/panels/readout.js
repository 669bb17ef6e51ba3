// Under the figure: the sentence that says what it shows, and the table behind it, which the kernel writes only while it is open.

export default {
  render({ model, el }) {
    el.classList.add("gvclab-readout");
    const sentence = Object.assign(document.createElement("p"), { className: "gvclab-sentence" });
    sentence.setAttribute("role", "status");
    sentence.setAttribute("aria-live", "polite");
    const details = document.createElement("details");
    const summary = Object.assign(document.createElement("summary"), { textContent: model.get("label") });
    const table = Object.assign(document.createElement("div"), { className: "gvclab-scroll" });
    details.append(summary, table);
    details.open = model.get("open");
    details.addEventListener("toggle", () => {
      model.set("open", details.open);
      model.save_changes();
    });
    el.replaceChildren(sentence, details);

    const say = () => (sentence.textContent = model.get("sentence"));
    const fill = () => (table.innerHTML = model.get("table")); // made by pandas from our own numbers and texts
    say();
    fill();
    model.on("change:sentence", say);
    model.on("change:table", fill);
    return () => {
      model.off("change:sentence", say);
      model.off("change:table", fill);
    };
  },
};
