// `npm run pack [-- --to FOLDER] [--judge]`: the tarballs of all published packages, by default in packed/, and what others say of them.
import { fileURLToPath } from "node:url";
import { readOptions } from "@muster/service/tool-options";
import { judgePackages } from "./judge-packages.ts";
import { packPackages } from "./pack-packages.ts";

const USAGE = `npm run pack [-- --to FOLDER] [--judge]: the tarballs of all published packages, by default in packed/

  --to     another folder
  --judge  publint and attw on each, and all of them on Node 22, 24 and 26: npm fetches these`;

const { values } = readOptions({ options: { to: { type: "string" }, judge: { type: "boolean" } } }, USAGE);
const folder = values.to ?? fileURLToPath(new URL("../../packed", import.meta.url));

const packed = await packPackages(folder);
const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`.padStart(10);
for (const { manifest, tarballBytes, unpackedBytes, files } of packed) {
  const name = `${manifest.name}@${manifest.version}`.padEnd(28);
  console.log(`${name}${kilobytes(tarballBytes)} packed ${kilobytes(unpackedBytes)} unpacked ${files.length} files`);
}
console.log(`${packed.length} tarballs in ${folder}`);
if (values.judge) {
  const bad = await judgePackages(packed, (line) => console.log(line));
  console.log(bad === 0 ? "Nothing was found" : `${bad} verdicts are bad`);
  process.exitCode = bad === 0 ? 0 : 1;
}
