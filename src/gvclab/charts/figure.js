// A plotly figure that is updated in place. Python sends the whole figure once (`spec`), then patches: the values that changed,
// numbers as binary buffers. Plotly itself comes from the page's one loader (loader.js).

const CONFIG = {
  displaylogo: false,
  responsive: false, // a ResizeObserver does it, also when a tab becomes visible
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
};

const plotly = () => {
  if (!globalThis.gvclabPlotly) {
    let resolve;
    const promise = new Promise((done) => (resolve = done));
    globalThis.gvclabPlotly = { promise, resolve };
  }
  return globalThis.gvclabPlotly.promise;
};

// A number array comes as {"shape": […], "bytes": DataView}; a matrix as its rows.
const unpack = (value) => {
  if (Array.isArray(value)) return value.map(unpack);
  if (value === null || typeof value !== "object") return value;
  if (value.bytes instanceof DataView) {
    const { buffer, byteOffset, byteLength } = value.bytes;
    const flat = new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));
    if (value.shape.length === 1) return flat;
    const [rows, columns] = value.shape;
    return Array.from({ length: rows }, (_, i) => flat.subarray(i * columns, (i + 1) * columns));
  }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, unpack(entry)]));
};

const isPlain = (value) => value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;

const merge = (old, patch) => {
  const result = { ...old };
  for (const [key, value] of Object.entries(patch)) {
    result[key] = isPlain(value) && isPlain(old?.[key]) ? merge(old[key], value) : value;
  }
  return result;
};

// The figure takes on the colours of JupyterLab's theme, light or dark.
const themed = (layout, element) => {
  const style = getComputedStyle(element);
  const text = style.getPropertyValue("--jp-ui-font-color1").trim();
  if (!text) return layout;
  const grid = style.getPropertyValue("--jp-border-color2").trim();
  const patch = { paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: text } };
  for (const key of Object.keys(layout)) {
    if (/^[xy]axis\d*$/.test(key)) patch[key] = { gridcolor: grid, linecolor: text, tickcolor: text };
  }
  return merge(layout, patch);
};

export default () => {
  let figure = null; // {revision, data, layout}: what is shown now
  const views = new Set();

  const catchUp = (model) => {
    const spec = JSON.parse(model.get("spec"));
    if (!figure || spec.revision > figure.revision) figure = spec;
    const patch = model.get("patch");
    if (!patch.revision || patch.revision <= figure.revision) return;
    if (patch.revision > figure.revision + 1) {
      model.send({ want: "spec" }); // a patch was missed
      return;
    }
    const { data, layout } = unpack(patch);
    figure = {
      revision: patch.revision,
      data: figure.data.map((trace, i) => (data[i] ? merge(trace, data[i]) : trace)),
      layout: merge(figure.layout, layout),
    };
  };

  return {
    initialize({ model }) {
      const update = () => {
        catchUp(model);
        views.forEach((draw) => draw());
      };
      model.on("change:spec", update);
      model.on("change:patch", update);
      catchUp(model);
    },

    render({ model, el }) {
      el.classList.add("gvclab-figure");
      el.setAttribute("role", "img");
      const name = () => el.setAttribute("aria-label", model.get("alt"));
      name();
      model.on("change:alt", name);
      el.textContent = model.get("waiting");

      let Plotly = null;
      let graph = null;
      let frame = 0;
      const draw = () => {
        if (!Plotly || frame) return;
        frame = requestAnimationFrame(() => {
          frame = 0;
          if (!el.isConnected || !el.clientWidth) return;
          if (!graph) {
            graph = document.createElement("div");
            el.replaceChildren(graph);
          }
          const layout = themed({ ...figure.layout, width: el.clientWidth, datarevision: figure.revision }, el);
          Plotly.react(graph, figure.data, layout, CONFIG);
        });
      };
      views.add(draw);
      const resize = new ResizeObserver(draw);
      resize.observe(el);
      const theme = new MutationObserver(draw);
      theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"] });
      plotly().then((loaded) => {
        Plotly = loaded;
        draw();
      });

      return () => {
        views.delete(draw);
        resize.disconnect();
        theme.disconnect();
        cancelAnimationFrame(frame);
        model.off("change:alt", name);
        if (Plotly && graph) Plotly.purge(graph);
      };
    },
  };
};
