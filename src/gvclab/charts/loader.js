// Evaluates plotly.js once a page, whatever the number of figures and kernels, and announces it to those who wait.

const page = (globalThis.gvclabPlotly ??= Promise.withResolvers());

export default {
  async initialize({ model }) {
    if (page.started) return;
    page.started = true;
    try {
      const packed = new Blob([model.get("source")]).stream();
      const source = await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).text();
      // A UMD build: given a `module` of its own and no `define`, it leaves the page's AMD loader alone.
      const module = { exports: {} };
      new Function("module", "exports", "define", source)(module, module.exports, undefined);
      page.resolve(module.exports);
    } catch (problem) {
      page.started = false; // the next loader may fare better
      throw problem;
    }
  },
};
