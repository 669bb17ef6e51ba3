// Evaluates plotly.js once a page, whatever the number of figures and kernels, and announces it to those who wait.

const page = (globalThis.gvclabPlotly ??= Promise.withResolvers());

const load = async (packed) => {
  const source = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  // A UMD build: given a `module` of its own and no `define`, it leaves the page's AMD loader alone.
  const module = { exports: {} };
  new Function("module", "exports", "define", source)(module, module.exports, undefined);
  return module.exports;
};

export default {
  initialize({ model }) {
    if (page.started) return;
    page.started = true;
    // Not awaited: anywidget gives a model two seconds to begin, a slow machine may need more.
    load(model.get("source")).then(page.resolve, (problem) => {
      page.started = false; // the next loader may fare better
      console.error(problem);
    });
  },
};
