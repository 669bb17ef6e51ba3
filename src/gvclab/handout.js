// Draws a figure and puts a picture in its place, which shrinks to the width of the page or the paper.

globalThis.gvclabDraw = async (id, { data, layout }, words) => {
  const place = document.getElementById(id);
  await Plotly.newPlot(place, data, { ...layout, width: place.offsetWidth }, { staticPlot: true });
  const picture = new Image();
  picture.alt = words;
  picture.src = await Plotly.toImage(place, { format: "svg", width: place.offsetWidth, height: place.offsetHeight });
  await picture.decode();
  Plotly.purge(place);
  place.replaceWith(picture);
};
