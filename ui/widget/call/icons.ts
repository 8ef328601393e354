/** The icons of the call as outlines on a 24 grid: Lucide (ISC). */

const outlines = {
  phone:
    "M13.832 16.568a1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 0 6.392 6.384",
  "phone-off":
    "M10.1 13.9a14 14 0 0 0 3.732 2.668 1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2 18 18 0 0 1-12.728-5.272 M22 2 2 22 M4.76 13.582A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 0 .244.473",
  mic: "M12 19v3 M19 10v2a7 7 0 0 1-14 0v-2 M15 5v7a3 3 0 0 1-6 0V5a3 3 0 0 1 6 0z",
  "mic-off": "M12 19v3 M15 9.34V5a3 3 0 0 0-5.68-1.33 M16.95 16.95A7 7 0 0 1 5 12v-2 M18.89 13.23A7 7 0 0 0 19 12v-2 M2 2l20 20 M9 9v3a3 3 0 0 0 5.12 2.12",
  x: "M18 6 6 18 M6 6l12 12",
} as const;

const svg = "http://www.w3.org/2000/svg";

/** A decorative icon: the word beside it, or the button's label, says what it means. */
export function picture(name: keyof typeof outlines, size = 16): SVGSVGElement {
  const drawing = document.createElementNS(svg, "svg");
  const path = document.createElementNS(svg, "path");
  for (const [key, value] of Object.entries({ class: "icon", viewBox: "0 0 24 24", width: String(size), height: String(size), "aria-hidden": "true" })) drawing.setAttribute(key, value);
  path.setAttribute("d", outlines[name]);
  drawing.append(path);
  return drawing;
}
