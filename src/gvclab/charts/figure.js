// A figure with its sentence and its table. Python sends the figure as it is now (`now`) to a page that opens it, then messages with
// the values that changed, numbers in binary buffers. Plotly comes from the page's one loader (loader.js).

const page = (globalThis.gvclabPlotly ??= Promise.withResolvers());

const CONFIG = {
  displaylogo: false,
  displayModeBar: true, // below the picture, see figure.css
  modeBarButtons: [["zoom2d", "pan2d", "resetScale2d", "toImage"]],
};
const PATIENCE = 20_000; // ms until a missing library is reported
const QUIET = 700; // ms without a change until the sentence is read aloud, so that a moving slider does not chatter

// {"buffer": k, "shape": […]} is the k-th buffer, float64; a matrix becomes its rows.
const unpack = (value, buffers) => {
  if (Array.isArray(value)) return value.map((part) => unpack(part, buffers));
  if (value === null || typeof value !== "object") return value;
  if (!("buffer" in value)) {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, unpack(part, buffers)]));
  }
  const view = buffers[value.buffer];
  // Copied, because a Float64Array must begin at a multiple of 8 bytes.
  const flat = new Float64Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
  const [rows, columns] = value.shape;
  if (columns === undefined) return flat;
  return Array.from({ length: rows }, (_, k) => flat.subarray(k * columns, (k + 1) * columns));
};

// Writes values with dotted names into nested objects: put(trace, {"marker.size": 3}).
const put = (target, values) => {
  for (const [name, value] of Object.entries(values)) {
    const path = name.split(".");
    const last = path.pop();
    let place = target;
    for (const step of path) place = place[step] ??= {};
    place[last] = value;
  }
};

// Plotly wants changes by property, a value for each trace; undefined leaves a trace alone.
const asColumns = (traces) => {
  const indices = [...traces.keys()];
  const names = new Set(indices.flatMap((k) => Object.keys(traces.get(k))));
  return [Object.fromEntries([...names].map((name) => [name, indices.map((k) => traces.get(k)[name])])), indices];
};

// Text takes the colour of the page, light or dark; the grid's grey suits both.
const inks = (el) => {
  const color = getComputedStyle(el).color;
  return { "font.color": color, "modebar.color": color, "modebar.activecolor": color, "modebar.bgcolor": "rgba(0,0,0,0)" };
};

const node = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

// A picture that is meant for a laptop leaves room for its controls in a low window, as at a zoom of 200 %.
const [LOW, LEAST] = [520, 240]; // px
const tall = ({ height }) => (innerHeight < LOW ? Math.min(height, Math.max(LEAST, Math.round(0.65 * innerHeight))) : height);

// Plots that stand side by side need some width each: a narrow page scrolls them sideways.
const ENOUGH = 270; // px
const abreast = (looks) => {
  const rows = Object.entries(looks).filter(([name]) => /^yaxis\d*$/.test(name)).map(([, axis]) => String(axis.domain ?? ""));
  return Math.max(...rows.map((row) => rows.filter((other) => other === row).length), 1);
};
const wide = (looks, room) => Math.max(room, abreast(looks) > 1 ? abreast(looks) * ENOUGH : 0);

// A text in lines that have room: broken before a unit in brackets if that is enough, else between words.
const pen = document.createElement("canvas").getContext("2d");
const lines = (text, font, room) => {
  pen.font = `${font.size}px ${font.family}`;
  const fits = (line) => pen.measureText(line.replace(/<.*?>/g, "")).width <= room;
  const broken = (part) => {
    const halves = part.split(/ (?=\()/);
    if (fits(part)) return [part];
    if (halves.length === 2 && halves.every(fits)) return halves;
    return part.split(" ").reduce((made, word) => {
      const longer = `${made.at(-1)} ${word}`;
      return made.length && fits(longer) ? [...made.slice(0, -1), longer] : [...made, word];
    }, []);
  };
  return text.split("<br>").flatMap(broken).join("<br>");
};

// Changes that bring the titles of the axes, as they are written, to the room they have now: that of their axis, and below a
// plot that stands alone what is left of the picture.
const titles = (plot, written) => {
  const { width } = plot._fullLayout;
  const room = ({ _id: id, _offset: start, _length: length }) => {
    const middle = start + length / 2;
    return id[0] === "x" && abreast(written) === 1 ? 2 * Math.min(middle, width - middle) - 8 : length;
  };
  const due = {};
  for (const [name, axis] of Object.entries(plot._fullLayout)) {
    const text = /^[xy]axis\d*$/.test(name) && written[name]?.title?.text;
    const fitted = text && lines(text, axis.title.font, room(axis));
    if (fitted && fitted !== axis.title.text) due[`${name}.title.text`] = fitted;
  }
  return due;
};

// Notes as they are written, in lines that the picture has room for.
const notes = (written, font, width) =>
  written.annotations?.map((note) => ({ ...note, text: lines(note.text ?? "", { ...font, ...note.font }, width - 16) }));

// Words at points and notes that would be cut at the left or right edge are moved in: at that of their plot where it cuts
// them, else at that of the picture.
const keepInside = (plot) => {
  const picture = plot.querySelector(".main-svg").getBoundingClientRect();
  for (const word of plot.querySelectorAll(".textpoint text, .annotation")) {
    const area = word.closest(".plot[clip-path]");
    const cut = document.getElementById(area?.getAttribute("clip-path").match(/#([^'")]+)/)?.[1])?.querySelector("rect");
    const edge = cut ? area.getScreenCTM().e : picture.left;
    word.style.translate = "";
    const { left, right } = word.getBoundingClientRect();
    const off = Math.max(0, edge - left) - Math.max(0, right - edge - (cut ? cut.width.baseVal.value : picture.width));
    if (off) word.style.translate = `${off}px 0`;
  }
};

const createView = (shown, words, askTable) => {
  const above = node("div", { className: "gvclab-above" });
  const plot = node("div", { className: "gvclab-plot" }, words.loading);
  plot.style.minHeight = `${tall(shown.figure.layout)}px`;
  const sentence = node("p", { className: "gvclab-sentence" });
  const spoken = node("div", { className: "gvclab-spoken" });
  spoken.setAttribute("aria-live", "polite");
  const table = node("div", { className: "gvclab-table", tabIndex: 0 }); // so that the keyboard can scroll it
  table.setAttribute("role", "region");
  table.setAttribute("aria-label", words.table);
  const details = node("details", {}, node("summary", { textContent: words.table }), table);
  details.addEventListener("toggle", () => askTable(details.open));

  let Plotly = null;
  let beginning = false;
  let drawn = false;
  let drawing = false;
  let traces = new Map(); // what is still to be drawn
  let layout = {};
  let news = {}; // sentence, table and lines above that belong to it: said when it is drawn, or they stood beside the old picture
  let speech = 0;

  const say = (text) => {
    sentence.textContent = text;
    plot.querySelector(".main-svg")?.setAttribute("aria-label", text);
    clearTimeout(speech);
    speech = setTimeout(() => (spoken.textContent = text), QUIET);
  };
  const tell = (told) => {
    if (told.above !== undefined) above.replaceChildren(...told.above.map((textContent) => node("p", { textContent })));
    if (told.sentence !== undefined) say(told.sentence);
    if (told.table !== undefined) table.innerHTML = told.table;
  };

  const fitNotes = (looks) => {
    const fitted = notes(shown.figure.layout, plot._fullLayout.font, looks.width ?? plot._fullLayout.width);
    if (fitted) looks.annotations = fitted;
  };

  // Draws what has come in, all at once, until nothing is left: a slow picture never makes a queue.
  const draw = async () => {
    if (!drawn) {
      tell(news);
      news = {};
    }
    if (!drawn || drawing) return;
    drawing = true;
    try {
      while (traces.size || Object.keys(layout).length || Object.keys(news).length) {
        const [columns, indices] = asColumns(traces);
        const [changes, told] = [layout, news];
        traces = new Map();
        layout = {};
        news = {};
        if ("annotations" in changes || "width" in changes) fitNotes(changes);
        if (indices.length) await Plotly.update(plot, columns, changes, indices);
        else if (Object.keys(changes).length) await Plotly.relayout(plot, changes);
        const broken = titles(plot, shown.figure.layout);
        if (Object.keys(broken).length) await Plotly.relayout(plot, broken);
        tell(told);
      }
    } finally {
      drawing = false;
    }
  };

  const repaint = () => {
    Object.assign(layout, inks(plot));
    draw();
  };
  const theme = new MutationObserver(repaint);
  const loaded = ({ target }) => target.nodeName === "LINK" && repaint(); // a theme's style sheet may come after its name
  const media = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) => matchMedia(query));

  const size = () => {
    const looks = shown.figure.layout;
    const made = { width: wide(looks, plot.clientWidth), height: tall(looks) };
    plot.classList.toggle("gvclab-wide", made.width > plot.clientWidth);
    return made;
  };

  // Draws the figure for the first time, once the library is there and the element has a place on the page.
  const begin = async () => {
    if (!Plotly || !plot.clientWidth || beginning) return;
    beginning = true;
    plot.textContent = "";
    // A copy, with all that came in so far: plotly writes into what it draws, and another view may show the same figure.
    traces = new Map();
    layout = {};
    const { data, layout: looks } = structuredClone(shown.figure);
    put(looks, inks(plot));
    await Plotly.newPlot(plot, data, { ...looks, ...size() }, CONFIG);
    plot.on("plotly_afterplot", () => keepInside(plot));
    keepInside(plot);
    const [picture, ...layers] = plot.querySelectorAll(".main-svg");
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", sentence.textContent);
    layers.forEach((layer) => layer.setAttribute("aria-hidden", "true"));
    drawn = true;
    Object.assign(layout, titles(plot, shown.figure.layout));
    fitNotes(layout);
    draw();
  };
  const fit = new ResizeObserver(() => {
    if (!plot.clientWidth) return;
    // Drawn with all else that has changed: plotly muddles what overlaps in time.
    Object.assign(layout, size());
    plot.style.minHeight = `${layout.height}px`;
    if (drawn) draw();
    else begin();
  });

  const start = async (el) => {
    el.classList.add("gvclab-figure");
    keepKeys(el);
    el.replaceChildren(above, sentence, plot, spoken, details);
    tell({ sentence: shown.sentence, above: shown.above });
    fit.observe(plot);
    theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
    document.addEventListener("load", loaded, true);
    media.forEach((query) => query.addEventListener("change", repaint));
    const late = setTimeout(() => (plot.textContent = words.no_loader), PATIENCE);
    Plotly = await page.promise;
    clearTimeout(late);
    begin();
  };

  return {
    start,
    change(message) {
      for (const [k, values] of Object.entries(message.traces ?? {})) traces.set(Number(k), { ...traces.get(Number(k)), ...values });
      Object.assign(layout, message.layout);
      for (const name of ["above", "sentence", "table"]) if (name in message) news[name] = message[name];
      draw();
    },
    stop() {
      clearTimeout(speech);
      fit.disconnect();
      theme.disconnect();
      document.removeEventListener("load", loaded, true);
      media.forEach((query) => query.removeEventListener("change", repaint));
      if (drawn) Plotly.purge(plot);
      drawn = false;
    },
    get open() {
      return details.open;
    },
  };
};

export default patient(() => {
  let shown = null; // {figure, sentence, above}: what a new view starts from
  const views = new Set();
  return {
    initialize({ model }) {
      const { figure, ...said } = model.get("now");
      shown = { figure: JSON.parse(figure), ...said };
      model.on("msg:custom", (content, buffers) => {
        const message = unpack(content, buffers ?? []);
        for (const [k, values] of Object.entries(message.traces ?? {})) put(shown.figure.data[k], values);
        put(shown.figure.layout, message.layout ?? {});
        shown.sentence = message.sentence ?? shown.sentence;
        shown.above = message.above ?? shown.above;
        views.forEach((view) => view.change(message));
      });
    },
    render({ model, el }) {
      const askTable = () => model.send({ table: [...views].some((view) => view.open) });
      const view = createView(shown, model.get("words"), askTable);
      views.add(view);
      view.start(el);
      return () => {
        views.delete(view);
        view.stop();
      };
    },
  };
});
