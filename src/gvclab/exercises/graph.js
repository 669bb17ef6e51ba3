// Boxes and arrows drawn by hand. The kernel holds the arrows and says where the boxes stand; all else happens here.
// Two ways lead to every arrow: the diagram (mouse, touch, or Tab and arrow keys), and two native lists with a button.

const SVG = "http://www.w3.org/2000/svg";
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const same = (a, b) => a[0] === b[0] && a[1] === b[1];

function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function shape(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function select(options, chosen = "") {
  const made = node("select", {}, ...options.map(([value, words]) => node("option", { value }, words)));
  made.value = chosen;
  return made;
}

// The list as Python reads it; JSON's strings are Python's.
function source(answer, arrows) {
  const rows = arrows.map(([a, b, sign]) => `    (${[a, b, ...(sign ? [sign] : [])].map((one) => JSON.stringify(one)).join(", ")}),\n`);
  return `${answer} = [\n${rows.join("")}]`;
}

// ---------------------------------------------------------------------------------------------------------- geometry

// Where the ray from the centre of a box towards a point leaves the box, `gap` px further out.
function rim(box, [x, y], [tx, ty], gap) {
  const [dx, dy] = [tx - x, ty - y];
  const length = Math.hypot(dx, dy) || 1;
  const t = Math.min(box.width / 2 / Math.abs(dx), box.height / 2 / Math.abs(dy)) + gap / length;
  return [x + dx * t, y + dy * t];
}

const middleOf = (start, control, tip) => [0, 1].map((k) => 0.25 * start[k] + 0.5 * control[k] + 0.25 * tip[k]);

// A curve from box to box, bent towards the middle of the canvas; the way back of a pair is bent the other way.
function route(from, to, p, q, centre, bothWays) {
  const [dx, dy] = [q[0] - p[0], q[1] - p[1]];
  const length = Math.hypot(dx, dy) || 1;
  const middle = [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
  const normal = [-dy / length, dx / length];
  const inward = (centre[0] - middle[0]) * normal[0] + (centre[1] - middle[1]) * normal[1] >= 0 ? 1 : -1;
  const bend = (bothWays ? 1 : inward) * Math.min(60, 0.15 * length);
  const control = [middle[0] + normal[0] * bend, middle[1] + normal[1] * bend];
  const start = rim(from, p, control, 1);
  const tip = rim(to, q, control, 2);
  const angle = Math.atan2(tip[1] - control[1], tip[0] - control[0]);
  const wing = (turn) => [tip[0] - 11 * Math.cos(angle + turn), tip[1] - 11 * Math.sin(angle + turn)];
  const neck = [tip[0] - 8 * Math.cos(angle), tip[1] - 8 * Math.sin(angle)];
  return {
    line: `M${start} Q${control} ${neck}`,
    head: `M${tip} L${wing(0.42)} L${wing(-0.42)} Z`,
    middle: middleOf(start, control, tip),
    // Not under the pointer that has just marked the arrow: a second click there takes nothing away.
    beside: middleOf(start, control, tip).map((value, k) => value - 24 * Math.sign(bend || 1) * normal[k]),
  };
}

// The box nearest to another in the direction of an arrow key.
function neighbour(name, key, positions) {
  const [ux, uy] = STEPS[key];
  const [x, y] = positions[name];
  const ahead = Object.entries(positions)
    .map(([other, [ox, oy]]) => [other, (ox - x) * ux + (oy - y) * uy, Math.abs((ox - x) * uy) + Math.abs((oy - y) * ux)])
    .filter(([other, along]) => other !== name && along > 1);
  ahead.sort((a, b) => a[1] + 2 * a[2] - b[1] - 2 * b[2]);
  return ahead[0]?.[0];
}

// ------------------------------------------------------------------------------------------------------------ widget

function render({ model, el }) {
  const [words, boxes, [width, height]] = ["words", "boxes", "size"].map((name) => model.get(name));
  const byName = Object.fromEntries(boxes.map((box) => [box.name, box]));
  const names = boxes.map((box) => box.name);
  const arrows = () => model.get("arrows");
  let positions = model.get("positions");
  let picked = null; // the box an arrow is about to start from
  let selected = null; // the arrow that Delete takes away
  const past = []; // the arrows before each change, for undo
  let current = names[0]; // the one box that Tab reaches
  keepKeys(el);

  // ----- what can be done

  const told = node("p", { class: "gvclab-told", role: "status" });
  const tell = (key, values = {}) => (told.textContent = fill(words[key], values));

  function put(next) {
    model.set("arrows", next);
    model.save_changes();
  }

  function change(next) {
    past.push(arrows());
    put(next);
  }

  function takeBack() {
    if (!past.length) return tell("nothing");
    picked = selected = null;
    put(past.pop());
    tell("undone");
  }

  function move(name, [x, y]) {
    const { width: w, height: h } = byName[name];
    const within = (value, half, size) => Math.min(size - half, Math.max(half, value));
    positions = { ...positions, [name]: [within(x, w / 2, width), within(y, h / 2, height)] };
    draw();
  }

  function keep() {
    model.set("positions", positions);
    model.save_changes();
  }

  function add(from, to, sign = "") {
    if (!from || !to) return tell("missing");
    if (from === to) return tell("itself");
    if (arrows().some((arrow) => same(arrow, [from, to]))) return tell("twice", { from, to });
    const turned = arrows().some((arrow) => same(arrow, [to, from]));
    change([...arrows(), [from, to, sign]]);
    tell("added", { from, to });
    if (turned) told.append(` ${fill(words.turned, { from, to })}`);
  }

  function remove(arrow) {
    selected = null;
    change(arrows().filter((other) => !same(other, arrow)));
    tell("removed", { from: arrow[0], to: arrow[1] });
  }

  function choose(arrow) {
    picked = null;
    selected = arrow;
    show();
    tell("selected", { from: arrow[0], to: arrow[1] });
  }

  function pick(name) {
    selected = null;
    if (picked === null) {
      picked = name;
      tell("picked", { from: name });
    } else {
      const from = picked;
      picked = null;
      add(from, name);
    }
    show();
  }

  // ----- the diagram

  const layer = shape("g");
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "group" }, layer);
  const nodes = Object.fromEntries(boxes.map((box) => [box.name, boxNode(box)]));
  svg.append(...Object.values(nodes));

  function boxNode(box) {
    const { width: w, height: h, lines } = box;
    const rows = lines.map((line, i) => shape("tspan", { x: 0, y: 16 * (i - (lines.length - 1) / 2) + 4.5 }, line));
    const made = shape(
      "g",
      { class: "gvclab-box", role: "button" },
      shape("rect", { x: -w / 2, y: -h / 2, width: w, height: h, rx: 10 }),
      shape("text", { "aria-hidden": "true" }, ...rows),
    );
    made.dataset.name = box.name;
    drag(made, box);
    return made;
  }

  // A press that moves is a drag, one that does not is a click.
  function drag(made, box) {
    let start = null;
    let moved = false;
    made.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      start = [event.clientX, event.clientY, ...positions[box.name]];
      moved = false;
      made.setPointerCapture(event.pointerId);
    });
    made.addEventListener("pointermove", (event) => {
      if (!start) return;
      const scale = width / svg.getBoundingClientRect().width;
      const [dx, dy] = [event.clientX - start[0], event.clientY - start[1]];
      moved ||= Math.hypot(dx, dy) > 4;
      if (!moved) return;
      move(box.name, [start[2] + dx * scale, start[3] + dy * scale]);
    });
    const stop = () => {
      if (start && moved) keep();
      start = null;
    };
    made.addEventListener("pointerup", stop);
    made.addEventListener("pointercancel", stop);
    made.addEventListener("click", () => {
      current = box.name;
      if (!moved) pick(box.name);
      moved = false;
    });
  }

  svg.addEventListener("keydown", (event) => {
    const name = event.target.dataset?.name;
    if (event.key === "Escape" && (picked !== null || selected)) {
      picked = selected = null;
      tell("dropped");
      show();
    } else if ((event.key === "Delete" || event.key === "Backspace") && selected) {
      remove(selected);
    } else if ((event.key === "Enter" || event.key === " ") && name) {
      pick(name);
    } else if (event.key in STEPS && name && event.shiftKey) {
      move(name, positions[name].map((value, k) => value + 12 * STEPS[event.key][k]));
      keep();
      tell("moved", { name });
    } else if (event.key in STEPS && name) {
      current = neighbour(name, event.key, positions) ?? name;
      draw();
      nodes[current].focus();
    } else {
      return;
    }
    event.preventDefault();
  });

  function arrowNode(arrow) {
    const [a, b, sign] = arrow;
    const bothWays = arrows().some((other) => same(other, [b, a]));
    const path = route(byName[a], byName[b], positions[a], positions[b], [width / 2, height / 2], bothWays);
    const mark = (name, text, [x, y]) =>
      shape("g", { class: name }, shape("circle", { cx: x, cy: y, r: 9 }), shape("text", { x, y: y + 4.5 }, text));
    const made = shape(
      "g",
      { class: "gvclab-arrow", "aria-hidden": "true" },
      shape("path", { class: "hit", d: path.line }),
      shape("path", { class: "line", d: path.line }),
      shape("path", { class: "head", d: path.head }),
    );
    if (sign) made.append(mark("sign", sign === "-" ? "−" : "+", path.middle));
    made.addEventListener("click", () => {
      choose(arrow);
      nodes[current].focus({ preventScroll: true }); // so that Delete is heard
    });
    if (!selected || !same(selected, arrow)) return made;
    made.dataset.selected = "";
    const cross = mark("cross", "✕", path.beside);
    cross.addEventListener("click", (event) => {
      event.stopPropagation();
      remove(arrow);
    });
    made.append(cross);
    return made;
  }

  // ----- the lists

  const signs = Object.entries(words.signs);
  const ends = ["from", "to"].map((end) => [end, select([["", words.choose], ...names.map((name) => [name, name])])]);
  const [[, from], [, to]] = ends;
  const sign = select(signs);
  const form = node(
    "form",
    { class: "gvclab-row" },
    ...ends.map(([end, list]) => node("label", {}, words[end], list)),
    node("label", {}, words.sign, sign),
    node("button", { class: "gvclab-primary" }, words.add),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    add(from.value, to.value, sign.value);
  });
  const tidy = node("button", { type: "button" }, words.tidy);
  tidy.addEventListener("click", () => model.send({ tidy: true }));
  const clear = node("button", { type: "button" }, words.clear);
  clear.addEventListener("click", () => {
    picked = selected = null;
    change([]);
    tell("cleared");
  });
  const undo = node("button", { type: "button" }, words.undo);
  undo.addEventListener("click", takeBack);
  el.addEventListener("keydown", (event) => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    takeBack();
  });
  form.append(undo, tidy, clear);

  const count = node("p", { class: "gvclab-caption" });
  const list = node("ol");

  function row(arrow, index) {
    const ends = { from: arrow[0], to: arrow[1] };
    const effect = select(signs, arrow[2]);
    effect.setAttribute("aria-label", fill(words.sign_arrow, ends));
    effect.addEventListener("change", () =>
      change(arrows().map((other) => (same(other, arrow) ? [...arrow.slice(0, 2), effect.value] : other))),
    );
    const button = node("button", { type: "button", "aria-label": fill(words.remove_arrow, ends) }, words.remove);
    button.addEventListener("click", () => {
      remove(arrow);
      const buttons = list.querySelectorAll("button");
      (buttons[Math.min(index, buttons.length - 1)] ?? from).focus(); // the next one, not the top of the page
    });
    const made = node("li", {}, node("span", {}, `${arrow[0]} → ${arrow[1]}`), effect, button);
    if (selected && same(selected, arrow)) made.setAttribute("aria-current", "true");
    return made;
  }

  const code = node("code");
  const pre = node("pre", { tabindex: "0", role: "group", "aria-label": words.answer }, code);
  const copy = node("button", { type: "button" }, words.copy);
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      tell("copied");
    } catch {
      // No clipboard outside a secure page: mark the text, so that one key is enough.
      getSelection().selectAllChildren(code);
      pre.focus();
      tell("press");
    }
  });

  // ----- all of it

  function draw() {
    layer.replaceChildren(...arrows().map(arrowNode));
    for (const name of names) {
      const g = nodes[name];
      g.setAttribute("transform", `translate(${positions[name]})`);
      g.setAttribute("tabindex", name === current ? "0" : "-1");
      g.setAttribute("aria-pressed", String(name === picked));
      const out = arrows().filter((arrow) => arrow[0] === name).length;
      const into = arrows().filter((arrow) => arrow[1] === name).length;
      g.setAttribute("aria-label", fill(words.box, { name, out, in: into }));
    }
    svg.setAttribute("aria-label", fill(words.diagram, { boxes: names.length, count: arrows().length }));
  }

  function show() {
    draw();
    count.textContent = arrows().length ? fill(words.arrows, { count: arrows().length }) : words.none;
    list.replaceChildren(...arrows().map(row));
    code.textContent = source(model.get("answer"), arrows());
  }

  const legend = node("legend", {}, `${words.title} `, node("span", { class: "gvclab-badge" }, words.badge));
  const help = node("p", { class: "gvclab-quiet" }, words.help);
  const split = node(
    "div",
    { class: "gvclab-split" },
    node("section", {}, count, list),
    node("section", {}, node("p", { class: "gvclab-caption" }, words.answer), pre, copy),
  );
  el.append(node("fieldset", { class: "gvclab-exercise gvclab-graph" }, legend, help, svg, form, told, split));
  show();
  model.on("change:arrows", show);
  model.on("change:positions", () => {
    positions = model.get("positions");
    draw();
  });
}

export default patient({ render });
