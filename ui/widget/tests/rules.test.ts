/** The small rules: colours that can be read, links that are safe, files that may go, pauses, questions, problems. */
import { describe, expect, test } from "vitest";
import { accentTokens, contrast, readColor, type Rgb } from "../src/color";
import { refusal } from "../src/door";
import { acceptList, fault } from "../src/files";
import { pieces } from "../src/links";
import { questions } from "../src/prechat";
import { uuid } from "../src/uuid";
import { pause } from "../src/wire";

const rgb = (css: string | undefined): Rgb => (css?.match(/\d+/g) ?? []).map(Number) as unknown as Rgb;

describe("an accent", () => {
  const steps = ["00", "33", "66", "99", "cc", "ff"];
  const sweep = steps.flatMap((red) => steps.flatMap((green) => steps.map((blue) => `#${red}${green}${blue}`)));
  test.each(["light", "dark"] as const)("carries readable text in %s, whatever the page gives", (theme) => {
    const surface: Rgb = theme === "light" ? [253, 252, 250] : [30, 26, 24];
    for (const given of sweep) {
      const tokens = accentTokens(readColor(given) ?? [0, 0, 0], theme);
      const [accent, soft, text] = [rgb(tokens["--accent"]), rgb(tokens["--accent-soft"]), rgb(tokens["--accent-text"])];
      expect(contrast(rgb(tokens["--on-accent"]), accent), given).toBeGreaterThanOrEqual(4.5);
      expect(contrast(text, surface), given).toBeGreaterThanOrEqual(4.5);
      expect(contrast(text, soft), given).toBeGreaterThanOrEqual(4.5);
      expect(contrast(rgb(tokens["--accent-edge"]), surface), given).toBeGreaterThanOrEqual(3);
    }
  });
  test("is read from a hex colour only", () => {
    expect(readColor("#80C")).toEqual([136, 0, 204]);
    expect(readColor(" #8800cc ")).toEqual([136, 0, 204]);
    for (const wrong of ["red", "#12345", "#gggggg", "url(x)", "", null]) expect(readColor(wrong)).toBeNull();
  });
  test("contrast is that of WCAG", () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21, 5);
    expect(contrast([118, 118, 118], [255, 255, 255])).toBeCloseTo(4.54, 2);
  });
});

describe("links", () => {
  const links = (text: string): (string | null)[] => pieces(text).flatMap((piece) => (piece.href ? [piece.href] : []));
  test("end where the address ends", () => {
    expect(links("See (https://a.example/x_(y)), or www.b.example!")).toEqual(["https://a.example/x_(y)", "https://www.b.example/"]);
    expect(links("Пишите на help@магазин.рф или a.b@c.example.")).toEqual(["mailto:a.b@c.example"]);
  });
  test("are never scripts", () => {
    expect(links("javascript:alert(1) data:text/html,x vbscript:x file:///etc https://")).toEqual([]);
  });
  test("lose no letter of the text", () => {
    for (const text of ["", "plain", "<b>https://a.example</b>", "a https://a.example. b www. c@d", "https://a.example/?q=«x»…"]) {
      expect(pieces(text).map((piece) => piece.text).join("")).toBe(text);
    }
  });
});

describe("files", () => {
  const file = (name: string, type: string, size = 10): { name: string; type: string; size: number } => ({ name, type, size });
  const rule = { file_limit_bytes: 100, file_types: ["image/*", "application/pdf", "docx", ".csv"] };
  test("fit by type or by ending", () => {
    for (const good of [file("a.png", "image/png"), file("A.PDF", "application/pdf"), file("b.DOCX", ""), file("c.csv", "text/csv")]) {
      expect(fault(good, rule), good.name).toBeNull();
    }
    expect(fault(file("a.exe", "application/x-msdownload"), rule)).toBe("type");
    expect(fault(file("png", "text/plain"), { ...rule, file_types: ["png"] })).toBe("type");
  });
  test("have a size", () => {
    expect(fault(file("a.png", "image/png", 100), rule)).toBeNull();
    expect(fault(file("a.png", "image/png", 101), rule)).toBe("size");
    expect(fault(file("a.png", "image/png", 0), rule)).toBe("empty");
  });
  test("the picker offers what is taken", () => {
    expect(acceptList(rule.file_types)).toBe("image/*,application/pdf,.docx,.csv");
    expect(acceptList([])).toBeNull();
  });
});

test("pauses grow, stay within half and all, and end at 20 s", () => {
  expect([0, 1, 2, 3].map((attempt) => pause(attempt, 1))).toEqual([500, 1_000, 2_000, 4_000]);
  expect(pause(3, 0)).toBe(2_000);
  expect(pause(50, 1)).toBe(20_000);
});

describe("questions before a chat", () => {
  test("are asked as the inbox says", () => {
    const asked = questions({ name: "required", email: true, reason: ["orders", { id: "r", name: "Returns" }] });
    expect(asked).toEqual({
      name: "required",
      email: "optional",
      reasons: [
        { value: "orders", label: "Orders" },
        { value: "r", label: "Returns" },
      ],
    });
  });
  test("nothing configured, nothing asked; one reason is no choice", () => {
    expect(questions(null)).toEqual({ name: "none", email: "none", reasons: [] });
    expect(questions({ name: false, reason: ["orders"] })).toEqual({ name: "none", email: "none", reasons: [] });
  });
});

describe("a problem document", () => {
  test("is read", () => {
    const refused = refusal(429, '{"code":"too_many","detail":"too many chats"}', "7");
    expect([refused.code, refused.detail, refused.retryAfterS, refused.passing]).toEqual(["too_many", "too many chats", 7, true]);
  });
  test("that is none is a refusal without words", () => {
    for (const body of ["", "<html>", "null", "[]", '{"detail":5}']) {
      const refused = refusal(502, body, null);
      expect([refused.code, refused.detail, refused.retryAfterS]).toEqual(["", "", null]);
    }
  });
});

test("ids are version 4 UUIDs, each its own", () => {
  const made = Array.from({ length: 100 }, uuid);
  for (const id of made) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(made).size).toBe(100);
});
