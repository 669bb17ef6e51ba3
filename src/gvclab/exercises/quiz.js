// A question: options or fields, a button, and a live region for what the kernel says to the answer.

const PATIENCE = 8000; // ms until we say that the kernel has not answered

function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "html") made.innerHTML = value; // Markdown rendered in the kernel
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function option(entry, name) {
  const input = node("input", { type: "radio", name, value: entry.letter });
  const letter = node("span", { class: "gvclab-letter" }, entry.letter);
  return node("label", { class: "gvclab-option" }, input, letter, node("span", { html: entry.html }));
}

function field(entry, choose) {
  let input;
  if (entry.words.length) {
    const words = entry.words.map((word) => node("option", { value: word }, word));
    input = node("select", {}, node("option", { value: "" }, choose), ...words);
  } else {
    // Text, not number: "12 %" and "27/32" are answers too, and the check says what is wrong with "0,1".
    input = node("input", { type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false" });
  }
  return node("label", { class: "gvclab-field" }, node("span", { html: entry.label }), input);
}

function render({ model, el }) {
  const question = model.get("question");
  const id = unique("question");
  keepKeys(el);

  const inputs =
    question.kind === "choice"
      ? question.options.map((entry) => option(entry, id))
      : question.fields.map((entry) => field(entry, question.choose));
  const prompt = node("div", { class: "gvclab-prompt", id, html: question.prompt });
  const legend = node("legend", {}, `${question.title} `, node("span", { class: "gvclab-badge" }, question.badge));
  const group = node("fieldset", { "aria-describedby": id }, legend, prompt, node("div", { class: "gvclab-inputs" }, ...inputs));
  const button = node("button", { type: "submit", class: "gvclab-primary" }, question.button);
  const row = node("div", { class: "gvclab-row" }, button, node("span", { class: "gvclab-quiet" }, question.hint));
  const status = node("div", { class: "gvclab-feedback", "aria-live": "polite" });
  group.append(row, status);
  const form = node("form", { class: "gvclab-exercise" }, group);
  el.append(form);

  let waiting;
  const values = () =>
    question.kind === "choice"
      ? [form.querySelector("input:checked")?.value ?? ""]
      : [...form.querySelectorAll(".gvclab-field :is(input, select)")].map((input) => input.value.trim());

  // In JupyterLab Enter in a text field does not reach the form by itself.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    status.replaceChildren(node("span", { class: "gvclab-quiet" }, question.checking));
    clearTimeout(waiting);
    waiting = setTimeout(() => status.replaceChildren(node("p", { class: "gvclab-said" }, question.silent)), PATIENCE);
    model.send(model.get("feedback").closed ? { afresh: true } : { values: values() });
  });

  const answered = () => {
    const feedback = model.get("feedback");
    if (!("html" in feedback)) return;
    clearTimeout(waiting);
    status.innerHTML = feedback.html;
    if (feedback.status === "unanswered") return;
    button.textContent = question.again;
    // A prediction: `chosen` is what is kept, and once it is `closed` it can only be forgotten.
    if (!("chosen" in feedback)) return;
    if (!feedback.chosen) button.textContent = question.button;
    if (feedback.closed) button.textContent = question.afresh;
    button.classList.toggle("gvclab-primary", !feedback.closed);
    for (const radio of form.querySelectorAll("input[type=radio]")) {
      radio.checked = radio.value === feedback.chosen;
      radio.disabled = feedback.closed;
    }
  };
  answered();
  model.on("change:feedback", answered);
  return () => clearTimeout(waiting);
}

export default patient({ render });
