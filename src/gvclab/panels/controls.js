// The controls of a panel: native inputs with real labels, so that keyboard and screen reader work as everywhere.
// A value is sent when the kernel has answered the one before; in between the latest wins, so there is never a queue.

const SLOW = 300; // ms without an answer until a progress sign
const SILENT = 10_000; // ms without an answer until the kernel is taken for busy or gone

const node = (tag, properties = {}, ...children) => {
  const { aria = {}, ...own } = properties;
  const made = Object.assign(document.createElement(tag), own);
  for (const [name, value] of Object.entries(aria)) made.setAttribute(name === "role" ? name : `aria-${name}`, value);
  made.append(...children);
  return made;
};

// One conversation with the kernel for all views of a panel.
const converse = (model, changed) => {
  let flying = null; // {turn, values, whole}; whole: all else goes back to its start
  let waiting = null; // {values, whole}: what came in since
  let timers = [];
  const state = { busy: false, silent: false, problem: "" };

  const tell = (news) => {
    Object.assign(state, news);
    changed();
  };
  const expect = () => {
    timers.forEach(clearTimeout);
    timers = [setTimeout(() => tell({ busy: true }), SLOW), setTimeout(() => tell({ silent: true }), SILENT)];
  };
  const settle = (news = {}) => {
    timers.forEach(clearTimeout);
    tell({ busy: false, silent: false, ...news });
  };
  const send = () => {
    if (!waiting || (flying && !state.silent)) return;
    flying = { turn: Math.random(), ...waiting };
    waiting = null;
    model.send(flying);
    expect();
  };
  model.on("msg:custom", (message) => {
    if (message.refined) {
      if (!flying) settle();
    } else if (message.turn === flying?.turn) {
      flying = null;
      state.problem = message.problem ?? "";
      if (waiting) send();
      else if (message.refining) expect();
      else settle();
      changed(model.get("values")); // a refused value goes back
    }
  });
  return {
    state,
    ask(values, whole = false) {
      waiting = whole ? { values, whole } : { whole: waiting?.whole ?? false, values: { ...waiting?.values, ...values } };
      send();
    },
    // What the reader has set and the kernel does not know yet stays as the reader has it.
    isAhead: (name) => name in { ...flying?.values, ...waiting?.values },
  };
};

// Where a slider can stand. A logarithmic one has positions of about equal ratio, each with a value of its own.
const scaleOf = ({ min, max, step, log, digits }) => {
  const round = (value) => Number(value.toFixed(digits));
  if (!log) return { min, max, step, toValue: round, toPosition: (value) => value };
  const grid = Array.from({ length: 121 }, (_, k) => min * (max / min) ** (k / 120));
  const values = [...new Set(grid.map((value) => round(Math.min(max, min + Math.round((value - min) / step) * step))))];
  const nearest = (value) => values.reduce((best, v, k) => (Math.abs(v - value) < Math.abs(values[best] - value) ? k : best), 0);
  return { min: 0, max: values.length - 1, step: 1, toValue: (k) => values[k], toPosition: nearest };
};

// The label of a control with its unit.
const named = ({ label, unit }) => (unit ? [`${label} `, node("span", { className: "gvclab-unit", textContent: unit })] : [label]);
const labelOf = (spec, id) => node("label", { htmlFor: id }, ...named(spec));

// Each maker returns the elements of a control and how to show a value in them.
const makers = {
  slider(spec, id, ask, words) {
    const scale = scaleOf(spec);
    const range = node("input", { type: "range", id, min: scale.min, max: scale.max, step: scale.step });
    const number = node("input", {
      type: "number",
      min: spec.min,
      max: spec.max,
      step: spec.log ? "any" : spec.step,
      aria: { label: words.value.replace("{label}", spec.label) },
    });
    let known = ""; // what the box showed last
    const write = (value, typed = false) => {
      const text = String(Number(value.toFixed(Math.max(spec.digits, 4))));
      if (!typed) number.value = known = text;
      range.value = scale.toPosition(value);
      range.setAttribute("aria-valuetext", `${text} ${spec.unit}`.trim());
    };
    range.addEventListener("input", () => {
      const value = scale.toValue(Number(range.value));
      write(value);
      ask(value);
    });
    const enter = () => {
      if (number.value === known) return;
      if (Number.isNaN(number.valueAsNumber)) return ask();
      known = number.value;
      write(number.valueAsNumber, true);
      ask(number.valueAsNumber);
    };
    number.addEventListener("change", enter);
    number.addEventListener("keydown", ({ key }) => key === "Enter" && enter());
    return {
      parts: [node("div", { className: "gvclab-line" }, labelOf(spec, id), number), range],
      inputs: [range, number],
      show: write,
    };
  },

  checkbox(spec, id, ask) {
    const box = node("input", { type: "checkbox", id });
    box.addEventListener("change", () => ask(box.checked));
    return { parts: [node("div", { className: "gvclab-tick" }, box, labelOf(spec, id))], inputs: [box], show: (value) => (box.checked = value) };
  },

  choice(spec, id, ask) {
    const options = spec.options.map(([value, textContent]) => node("option", { value, textContent }));
    const select = node("select", { id }, ...options);
    select.addEventListener("change", () => ask(select.value));
    return { parts: [labelOf(spec, id), select], inputs: [select], show: (value) => (select.value = value) };
  },

  strip(spec, id, ask) {
    const pressed = new Set();
    const numbers = Array.from({ length: spec.max - spec.min + 1 }, (_, k) => spec.min + k);
    const paint = () => buttons.forEach((button, k) => button.setAttribute("aria-pressed", pressed.has(numbers[k])));
    const buttons = numbers.map((number, k) => {
      const button = node("button", { type: "button", textContent: number, aria: { label: `${spec.label} ${number}` } });
      button.tabIndex = k === 0 ? 0 : -1; // one stop for the tab key; arrows go from button to button
      button.addEventListener("click", () => {
        if (!pressed.delete(number)) pressed.add(number);
        paint();
        ask([...pressed].sort((a, b) => a - b));
      });
      button.addEventListener("keydown", (event) => {
        const row = buttons.filter(({ offsetTop }) => offsetTop === buttons[0].offsetTop).length;
        const last = buttons.length - 1;
        const moves = { ArrowRight: k + 1, ArrowLeft: k - 1, ArrowDown: k + row, ArrowUp: k - row, Home: 0, End: last };
        if (!(event.key in moves)) return;
        event.preventDefault(); // at the ends of the strip too, or the notebook would scroll
        const target = buttons[moves[event.key]];
        if (!target) return;
        event.stopPropagation();
        button.tabIndex = -1;
        target.tabIndex = 0;
        target.focus();
      });
      return button;
    });
    const label = node("span", { id }, ...named(spec));
    const row = node("div", { className: "gvclab-strip", aria: { role: "group", labelledby: id } }, ...buttons);
    const show = (value) => {
      pressed.clear();
      value.forEach((number) => pressed.add(number));
      paint();
    };
    return { parts: [label, row], inputs: [row], show };
  },
};

const createControl = (spec, ask, words) => {
  const made = makers[spec.kind](spec, unique(spec.name), ask, words);
  const control = node("div", { className: "gvclab-control" }, ...made.parts);
  control.dataset.control = spec.name;
  if (!spec.help) return { name: spec.name, control, show: made.show };
  const help = node("div", { id: unique("help"), className: "gvclab-help", textContent: spec.help });
  made.inputs.forEach((input) => input.setAttribute("aria-describedby", help.id));
  return { name: spec.name, control, help, show: made.show };
};

// The help of the control that is pointed at, or else of the one with the focus; Escape puts it away.
const helper = (controls) => {
  let [pointed, focused] = [null, null];
  const paint = () => controls.forEach(({ help }) => help?.classList.toggle("gvclab-told", help === (pointed ?? focused)));
  for (const { control, help } of controls) {
    const on = (event, act) => control.addEventListener(event, () => (act(), paint()));
    on("pointerenter", () => (pointed = help));
    on("pointerleave", () => (pointed = null));
    on("focusin", () => (focused = help));
    on("focusout", () => (focused = null));
  }
  return () => {
    [pointed, focused] = [null, null];
    paint();
  };
};

// Controls of a group stand together under its heading; advanced ones are folded. Below each part there is room for the
// longest of its helps, so that none ever covers a control or moves one away from under the hand.
const arrange = (spec, controls) => {
  const sections = new Map();
  spec.controls.forEach(({ group, advanced }, k) => {
    const key = `${advanced ? 1 : 0}${group}`;
    if (!sections.has(key)) sections.set(key, { group, advanced, members: [] });
    sections.get(key).members.push(controls[k]);
  });
  const set = ({ group, advanced, members }) => {
    const heading = spec.groups[group] ?? (advanced ? spec.words.advanced : spec.title);
    const legend = node("legend", { className: group && !advanced ? "" : "gvclab-spoken", textContent: heading });
    return [heading, node("fieldset", {}, legend, ...members.map(({ control }) => control))];
  };
  const helps = (members) => node("div", { className: "gvclab-helps" }, ...members.flatMap(({ help }) => help ?? []));
  const all = [...sections.values()];
  const open = all.filter(({ advanced }) => !advanced);
  const folds = all.filter(({ advanced }) => advanced).map((section) => {
    const [heading, fieldset] = set(section);
    return node("details", {}, node("summary", { textContent: heading }), fieldset, helps(section.members));
  });
  return [
    ...open.map((section) => set(section)[1]),
    helps(open.flatMap(({ members }) => members)),
    ...(folds.length ? [node("div", { className: "gvclab-folds" }, ...folds)] : []),
  ];
};

export default patient(() => {
  let talk = null;
  const views = new Set();
  return {
    initialize({ model }) {
      talk = converse(model, (values) => views.forEach((paint) => paint(values)));
      model.on("change:values", () => views.forEach((paint) => paint(model.get("values"))));
    },

    render({ model, el }) {
      const spec = model.get("spec");
      const { words } = spec;
      const controls = spec.controls.map((each) =>
        createControl(each, (value) => (value === undefined ? paint(model.get("values")) : talk.ask({ [each.name]: value })), words),
      );
      const title = node("span", { className: "gvclab-title", textContent: spec.title, aria: { role: "heading", level: 4 } });
      const badge = node("span", { className: "gvclab-badge", textContent: spec.badge.label, title: spec.badge.help });
      const presets = spec.presets.map(([textContent, values]) => {
        const button = node("button", { type: "button", textContent });
        button.addEventListener("click", () => talk.ask(values, true));
        return button;
      });
      const reset = node("button", { type: "button", textContent: words.reset, title: words.reset_help });
      reset.addEventListener("click", () => talk.ask({}, true));
      const sign = node("span", { className: "gvclab-sign", aria: { role: "status" } });
      const problem = node("p", { className: "gvclab-problem", aria: { role: "alert" } });

      const paint = (values) => {
        for (const { name, show } of controls) if (values && name in values && !talk.isAhead(name)) show(values[name]);
        const { busy, silent, problem: trouble } = talk.state;
        el.closest(".gvclab-panel")?.setAttribute("aria-busy", busy);
        sign.textContent = silent ? words.no_answer : busy ? words.computing : "";
        if (problem.textContent !== trouble) problem.textContent = trouble;
      };
      el.classList.add("gvclab-controls");
      keepKeys(el);
      const dismiss = helper(controls);
      el.addEventListener("keydown", ({ key }) => key === "Escape" && dismiss());
      el.replaceChildren(
        node(
          "div",
          { className: "gvclab-head" },
          title,
          badge,
          ...(presets.length ? [node("div", { className: "gvclab-presets" }, words.presets, ...presets)] : []),
          reset,
          sign,
        ),
        ...arrange(spec, controls),
        problem,
      );
      views.add(paint);
      paint(model.get("values"));
      return () => views.delete(paint);
    },
  };
});
