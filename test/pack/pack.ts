// `npm run pack [-- --to FOLDER]`: the tarballs of all published packages, by default in packed/.
import { fileURLToPath } from "node:url";
import { readOptions } from "@muster/service/tool-options";
import { packPackages } from "./pack-packages.ts";

const USAGE = `npm run pack [-- --to FOLDER]: the tarballs of all published packages, by default in packed/`;

const { values } = readOptions({ options: { to: { type: "string" } } }, USAGE);
const folder = values.to ?? fileURLToPath(new URL("../../packed", import.meta.url));

const packed = await packPackages(folder);
const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`.padStart(10);
for (const { manifest, tarballBytes, unpackedBytes, files } of packed) {
  const name = `${manifest.name}@${manifest.version}`.padEnd(28);
  console.log(`${name}${kilobytes(tarballBytes)} packed ${kilobytes(unpackedBytes)} unpacked ${files.length} files`);
}
console.log(`${packed.length} tarballs in ${folder}`);
