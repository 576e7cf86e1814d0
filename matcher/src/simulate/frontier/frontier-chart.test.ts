import { expect, test } from "vitest";
import { drawFrontier, type FrontierChart, type FrontierMark } from "./frontier-chart.ts";

const mark = (label: string | undefined, wait: number, spread: number): FrontierMark => ({
  label,
  wait: { typical: wait, high: 2 * wait },
  quality: { typical: spread, high: 2 * spread },
});
const chart = (more: Partial<FrontierChart>): FrontierChart => ({
  ...{ title: "ladder", subtitle: "as it is", waitTitle: "seconds", qualityTitle: "points", marks: [], course: [] },
  ...more,
});
const countOf = (svg: string, text: string) => svg.split(text).length - 1;

test("drawFrontier() draws a mark and a label for each variant, and one line through them", () => {
  const svg = drawFrontier(chart({ marks: [mark("50", 20, 30), mark("100", 10, 60), mark("200", 5, 120)] }));
  expect(countOf(svg, '<circle class="mark"')).toBe(3);
  expect(countOf(svg, '<text class="label"')).toBe(3);
  expect(countOf(svg, '<polyline class="way"')).toBe(1);
  expect(countOf(svg, '<polyline class="course"')).toBe(0);
});

test("drawFrontier() draws the course of a single run, and no label", () => {
  const course = [1, 5, 9].map((wait) => ({ wait, quality: 10 * wait }));
  const svg = drawFrontier(chart({ marks: [mark(undefined, 10, 60)], course }));
  expect(countOf(svg, '<text class="label"')).toBe(0);
  expect(countOf(svg, '<polyline class="course"')).toBe(1);
});

test("drawFrontier() puts what lies twice as high twice as far from the axes", () => {
  const svg = drawFrontier(chart({ marks: [mark("a", 10, 50), mark("b", 20, 100)] }));
  const [a, b] = [...svg.matchAll(/<circle class="mark" cx="([\d.]+)" cy="([\d.]+)"/g)].map((found) => ({
    right: Number(found[1]) - 56,
    up: 384 - Number(found[2]),
  }));
  expect(b?.right).toBeCloseTo(2 * (a?.right ?? 0), 0);
  expect(b?.up).toBeCloseTo(2 * (a?.up ?? 0), 0);
});

test("drawFrontier() keeps the labels of marks that lie on one another apart", () => {
  const svg = drawFrontier(chart({ marks: ["50", "60", "70", "80"].map((label) => mark(label, 10, 50)) }));
  const places = [...svg.matchAll(/<text class="label" x="([\d.]+)" y="([\d.]+)"/g)].map((found) =>
    found.slice(1).join(),
  );
  expect(new Set(places).size).toBe(4);
});

test("drawFrontier() shortens what has no room", () => {
  const svg = drawFrontier(chart({ subtitle: `by ${"x".repeat(200)}` }));
  expect(svg).toMatch(/>by x{90,97}…<\/text>/);
});

test("drawFrontier() takes no markup from names", () => {
  const svg = drawFrontier(chart({ title: '<script>&"\u0000', marks: [mark("<b>", 1, 1)] }));
  expect(svg).toContain("&lt;script&gt;&amp;&quot; </text>");
  for (const one of ["<script>", "<b>", "\u0000"]) expect(svg).not.toContain(one);
});

test("drawFrontier() draws an empty run", () => {
  const svg = drawFrontier(chart({ marks: [mark("none", 0, 0)] }));
  expect(svg).not.toMatch(/NaN|Infinity/);
});
