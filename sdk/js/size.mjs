// Prints what the built client weighs in a page, and fails above the limit the project set itself.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 4096;
const built = readFileSync(new URL("dist/penchant.js", import.meta.url));
const zipped = gzipSync(built, { level: 9 }).length;
console.log(`penchant.js ${built.length} bytes, ${zipped} gzipped; limit ${LIMIT}`);
if (zipped > LIMIT) process.exit(1);
