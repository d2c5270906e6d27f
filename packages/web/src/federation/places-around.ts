export interface PlaceAround {
  readonly x: number;
  readonly y: number;
}

/** As many as fit on the inner ring; more go on a second one outside, between those of the first. */
const innerMax = 12;
const marginPx = 56;

/**
 * Places of a number of things around the middle of a drawing, in px: the first at the top, on in the direction of the clock. The same number
 * always gets the same places, so that a map that is opened again looks as before.
 */
export function placesAround(
  count: number,
  { width, height }: { readonly width: number; readonly height: number },
): readonly PlaceAround[] {
  const inner = count <= innerMax ? count : Math.floor(count / 3);
  const ring = (places: number, share: number, turn: number): PlaceAround[] =>
    Array.from({ length: places }, (_, at) => {
      const angle = ((at + turn) / places) * 2 * Math.PI - Math.PI / 2;
      return {
        x: width / 2 + Math.cos(angle) * (width / 2 - marginPx) * share,
        y: height / 2 + Math.sin(angle) * (height / 2 - marginPx) * share - 8,
      };
    });
  return [...ring(inner, count <= innerMax ? 1 : 0.6, 0), ...ring(count - inner, 1, 0.5)];
}
