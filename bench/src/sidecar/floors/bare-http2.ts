// A floor, as a process: node:http2 with gRPC's framing by hand, as little of it as the benchmark's client needs.
import { createServer } from "node:http2";
import { floorMethods, floorPort } from "./floor-service.ts";

const answers = new Map(floorMethods.map(({ path, answer }) => [path, answer]));
/** A flag and a length stand before each message. */
const FRAME_BYTES = 5;

const server = createServer();
server.on("stream", (stream, headers) => {
  const answer = answers.get(headers[":path"] ?? "");
  if (!answer) return stream.close();
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("end", () => {
    const bytes = answer(Buffer.concat(chunks).subarray(FRAME_BYTES));
    const frame = Buffer.alloc(FRAME_BYTES + bytes.length);
    frame.writeUInt32BE(bytes.length, 1);
    frame.set(bytes, FRAME_BYTES);
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
    stream.end(frame);
  });
});
server.listen(floorPort(), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
