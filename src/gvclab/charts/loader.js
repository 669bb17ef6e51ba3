// Evaluates plotly.js once a page, whatever the number of figures and kernels, and hands it to all who wait.

export default {
  initialize({ model }) {
    if (!globalThis.gvclabPlotly) {
      let resolve;
      const promise = new Promise((done) => (resolve = done));
      globalThis.gvclabPlotly = { promise, resolve };
    }
    const page = globalThis.gvclabPlotly;
    if (page.loaded) return;
    page.loaded = true;
    // plotly.min.js is a UMD build: given a `module` of its own, it leaves the page's globals and AMD loader alone.
    const module = { exports: {} };
    new Function("module", "exports", "define", model.get("source"))(module, module.exports, undefined);
    page.resolve(module.exports);
  },
};
