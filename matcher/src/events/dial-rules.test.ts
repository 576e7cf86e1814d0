import { expect, test } from "vitest";
import { createDialRules } from "./dial-rules.ts";

const strict = createDialRules([]);
const homely = createDialRules(["127.0.0.0/8", "::1/128", "10.1.0.0/16"]);

const urls = [
  { url: "https://backend.example/events" },
  { url: "https://backend.example:8443/" },
  { url: "https://8.8.8.8/" },
  { url: "http://backend.example/", refused: /https/ },
  { url: "file:///etc/passwd", refused: /https/ },
  { url: "ftp://backend.example/", refused: /https/ },
  { url: "backend.example", refused: /no URL/ },
  { url: "https://user:secret@backend.example/", refused: /user/ },
  { url: "https://backend.example/#part", refused: /fragment/ },
  { url: "https://backend.example:22/", refused: /port/ },
  { url: "https://127.0.0.1/", refused: /not allowed/ },
  { url: "https://127.1/", refused: /not allowed/ },
  { url: "https://2130706433/", refused: /not allowed/ },
  { url: "https://0x7f.0.0.1/", refused: /not allowed/ },
  { url: "https://169.254.169.254/latest/meta-data", refused: /not allowed/ },
  { url: "https://[::1]/", refused: /not allowed/ },
  { url: "https://[::ffff:169.254.169.254]/", refused: /not allowed/ },
  { url: "https://[64:ff9b::a9fe:a9fe]/", refused: /not allowed/ },
  { url: "https://[fd00::1]/", refused: /not allowed/ },
  { url: `https://backend.example/${"x".repeat(2_048)}`, refused: /characters/ },
] as const;
for (const row of urls) {
  test(`by default ${row.url.slice(0, 60)} is ${"refused" in row ? "refused" : "allowed"}`, () => {
    if ("refused" in row) expect(() => strict.checkUrl(row.url)).toThrow(row.refused);
    else expect(strict.checkUrl(row.url).href).toContain("https:");
  });
}

const addresses = [
  { url: "https://backend.example/", address: "93.184.216.34" },
  { url: "https://backend.example/", address: "2606:2800:220:1::1" },
  { url: "http://backend.example/", address: "127.0.0.1" },
  { url: "http://backend.example/", address: "::1" },
  { url: "http://backend.example/", address: "::ffff:10.1.2.3" },
  { url: "http://backend.example/", address: "93.184.216.34", refused: /only https/ },
  { url: "https://backend.example/", address: "10.2.0.1", refused: /not allowed: 10\.2\.0\.1/ },
  { url: "https://backend.example/", address: "::ffff:a9fe:a9fe", refused: /not allowed: 169\.254\.169\.254/ },
  { url: "https://backend.example/", address: "backend", refused: /no address/ },
] as const;
for (const row of addresses) {
  const { url, address } = row;
  test(`with networks allowed, ${url} that leads to ${address} is ${"refused" in row ? "refused" : "dialled"}`, () => {
    const check = () => homely.checkAddress(homely.checkUrl(url), address);
    if ("refused" in row) expect(check).toThrow(row.refused);
    else expect(check).not.toThrow();
  });
}

for (const network of ["loopback", "127.0.0.1", "127.0.0.0/x", "/8"]) {
  test(`"${network}" is no network`, () => {
    expect(() => createDialRules([network])).toThrow(RangeError);
  });
}
