// A figure as a picture: what is on the page, element by element, as SVG; PNG is drawn from that.
export async function figurePicture(figure, format) {
  throw new Error(`no picture of ${figure.spec.name} as ${format} yet`);
}
