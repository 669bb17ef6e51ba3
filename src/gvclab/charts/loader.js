// Evaluates plotly.js once a page, whatever the number of figures and kernels, and announces it to those who wait.
//
// Evaluating takes the page's only thread for a third of a second, on a slow machine for several; and a widget that
// has not begun within two seconds never hears from its kernel again (anywidget). So it is done at a moment when none
// is beginning: when a message to the loader arrives, sent after one to the first figure. JupyterLab delivers a message
// when its widget has begun, and the next one afterwards.

const page = (globalThis.gvclabPlotly ??= Promise.withResolvers());
const LATE = 1500; // ms; a page that is loaded again has all its widgets at once and no message

const unpack = (packed) =>
  new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();

const evaluate = () => {
  if (page.evaluated || !page.source) return;
  page.evaluated = true;
  // A UMD build: given a `module` of its own and no `define`, it leaves the page's AMD loader alone.
  const module = { exports: {} };
  new Function("module", "exports", "define", page.source)(module, module.exports, undefined);
  page.source = "";
  page.resolve(module.exports);
};

export default {
  async initialize({ model }) {
    if (page.evaluated) return;
    page.source = await unpack(model.get("source"));
    model.on("msg:custom", evaluate);
    setTimeout(evaluate, LATE);
  },
};
