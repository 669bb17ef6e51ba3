// The inputs of a panel: native elements with real labels, so that keyboard and screen reader work as everywhere.
// What the reader moves goes to the kernel as `asked`; ipywidgets sends the next message only when the kernel has answered the
// last one, and then the latest value, so that a quick hand never makes a queue. `done` says which request was answered.

const element = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};

let count = 0;

// Positions of a logarithmic slider are steps of equal ratio.
const scaleOf = ({ low, high, step, log }) => {
  if (!log) return { min: low, max: high, step, toValue: (x) => x, toPosition: (v) => v };
  const ratio = Math.log(high / low);
  return {
    min: 0,
    max: 200,
    step: 1,
    toValue: (x) => Math.min(high, Math.max(low, Math.round((low * Math.exp((ratio * x) / 200)) / step) * step)),
    toPosition: (v) => (200 * Math.log(v / low)) / ratio,
  };
};

const makers = {
  slider(spec, change) {
    const scale = scaleOf(spec);
    const write = (value) => String(Number(value.toFixed(spec.digits)));
    const range = element("input", { type: "range", min: scale.min, max: scale.max, step: scale.step });
    const number = element("input", { type: "number", min: spec.low, max: spec.high, step: spec.log ? "any" : spec.step });
    const unit = element("span", { className: "gvclab-unit", textContent: spec.unit });
    const show = (value) => {
      range.value = scale.toPosition(value);
      range.setAttribute("aria-valuetext", `${write(value)} ${spec.unit}`.trim());
      if (number !== document.activeElement) number.value = write(value);
    };
    range.addEventListener("input", () => {
      const value = Number(scale.toValue(Number(range.value)).toFixed(spec.digits));
      show(value);
      number.value = write(value);
      change(value);
    });
    number.addEventListener("change", () => {
      const value = Math.min(spec.high, Math.max(spec.low, Number(number.value)));
      if (number.value === "" || Number.isNaN(value)) return;
      number.value = write(value);
      show(value);
      change(Number(value.toFixed(spec.digits)));
    });
    return { inputs: [range, number], row: [range, element("span", { className: "gvclab-number" }, number, unit)], show };
  },

  checkbox(spec, change) {
    const box = element("input", { type: "checkbox" });
    box.addEventListener("change", () => change(box.checked));
    return { inputs: [box], row: [box], show: (value) => (box.checked = value), inline: true };
  },

  choice(spec, change) {
    const options = spec.options.map((value) =>
      element("option", { value, textContent: spec.texts.options?.[value] ?? value }),
    );
    const select = element("select", {}, ...options);
    select.addEventListener("change", () => change(select.value));
    return { inputs: [select], row: [select], show: (value) => (select.value = value) };
  },

  strip(spec, change) {
    const marks = new Set();
    const row = element("div", { className: "gvclab-strip", role: "group" });
    const buttons = Array.from({ length: spec.high - spec.low + 1 }, (_, i) => {
      const mark = spec.low + i;
      const button = element("button", { type: "button", textContent: mark });
      button.addEventListener("click", () => {
        marks.has(mark) ? marks.delete(mark) : marks.add(mark);
        press();
        change([...marks].sort((a, b) => a - b));
      });
      // One stop for the tab key; the arrows go from mark to mark.
      button.tabIndex = i ? -1 : 0;
      button.addEventListener("keydown", (event) => {
        const next = buttons[i + ({ ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? NaN)];
        if (!next) return;
        event.preventDefault();
        buttons.forEach((other) => (other.tabIndex = other === next ? 0 : -1));
        next.focus();
      });
      return button;
    });
    const press = () => buttons.forEach((b, i) => b.setAttribute("aria-pressed", marks.has(spec.low + i)));
    row.append(...buttons);
    const show = (value) => {
      marks.clear();
      value.forEach((mark) => marks.add(mark));
      press();
    };
    return { inputs: [], row: [row], show, labels: row };
  },
};

const control = (spec, change) => {
  const id = `gvclab-${++count}`;
  const made = makers[spec.kind](spec, change);
  const [first, ...others] = made.inputs;
  const label = element(first ? "label" : "span", { id: `${id}-label`, className: "gvclab-label", textContent: spec.label });
  const help = element("small", { id: `${id}-help`, className: "gvclab-help", textContent: spec.help });
  if (first) {
    first.id = id;
    label.htmlFor = id;
  }
  others.forEach((input) => input.setAttribute("aria-labelledby", label.id));
  made.labels?.setAttribute("aria-labelledby", label.id);
  if (spec.help) [...made.inputs, made.labels].forEach((input) => input?.setAttribute("aria-describedby", help.id));
  const parts = made.inline ? [element("div", { className: "gvclab-inline" }, ...made.row, label)] : [label, ...made.row];
  const box = element("div", { className: `gvclab-control gvclab-${spec.kind}`, title: "" }, ...parts);
  box.dataset.control = spec.name;
  if (spec.help) box.append(help);
  return { node: box, show: made.show };
};

export default {
  render({ model, el }) {
    el.classList.add("gvclab-controls");
    const texts = model.get("texts");
    const specs = model.get("specs");
    let sent = 0;
    let timer = 0;
    const busy = element("span", { className: "gvclab-busy", role: "status" });

    const ask = (request) => {
      const waiting = model.get("asked");
      // What has not been sent yet is sent together.
      const values = sent > model.get("done") ? { ...waiting.values, ...request.values } : request.values;
      sent = Math.max(sent, waiting.n ?? 0) + 1;
      model.set("asked", { ...request, ...(values ? { values } : {}), n: sent });
      model.save_changes();
      clearTimeout(timer);
      timer = setTimeout(() => {
        busy.textContent = texts.busy;
        el.setAttribute("aria-busy", "true");
      }, 300);
    };

    const controls = new Map(
      specs.map((spec) => [spec.name, control(spec, (value) => ask({ values: { [spec.name]: value } }))]),
    );
    const badge = element("span", { className: "gvclab-badge", textContent: texts.badge.label, title: texts.badge.help });
    const heading = element("legend", {}, texts.title, " ", badge);
    const fieldset = element("fieldset", {}, heading);

    const names = Object.entries(texts.presets);
    if (names.length) {
      const row = names.map(([name, label]) => {
        const button = element("button", { type: "button", textContent: label });
        button.addEventListener("click", () => ask({ preset: name }));
        return button;
      });
      fieldset.append(element("div", { className: "gvclab-presets" }, ...row));
    }
    const folds = new Map();
    for (const spec of specs) {
      if (!spec.group) {
        fieldset.append(controls.get(spec.name).node);
        continue;
      }
      if (!folds.has(spec.group)) {
        const summary = element("summary", { textContent: texts.groups[spec.group] ?? spec.group });
        folds.set(spec.group, element("details", { className: "gvclab-fold" }, summary));
        fieldset.append(folds.get(spec.group));
      }
      folds.get(spec.group).append(controls.get(spec.name).node);
    }
    const reset = element("button", { type: "button", textContent: texts.reset, title: texts.reset_help });
    reset.addEventListener("click", () => ask({ reset: true }));
    fieldset.append(element("div", { className: "gvclab-foot" }, reset, busy));
    el.replaceChildren(fieldset);

    const show = () => {
      // A slider under the reader's hand is ahead of the kernel: its own answer is still to come.
      if (sent > model.get("done")) return;
      for (const [name, value] of Object.entries(model.get("values"))) controls.get(name)?.show(value);
    };
    const done = () => {
      if (model.get("done") < sent) return;
      clearTimeout(timer);
      busy.textContent = "";
      el.removeAttribute("aria-busy");
      show();
    };
    sent = model.get("done");
    show();
    model.on("change:values", show);
    model.on("change:done", done);
    return () => {
      clearTimeout(timer);
      model.off("change:values", show);
      model.off("change:done", done);
    };
  },
};
