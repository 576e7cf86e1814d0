// A floor, as a process: a bare grpc-js server. Bytes in and bytes out, so that nothing of ours stands between.
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { floorMethods, floorPort } from "./floor-service.ts";

const server = new Server();
for (const { path, answer } of floorMethods) {
  const same = (bytes: Buffer) => bytes;
  const definition = {
    path,
    requestStream: false as const,
    responseStream: false as const,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    responseDeserialize: same,
  };
  server.addService(
    { call: definition },
    {
      call: ({ request }: { request: Buffer }, callback: (error: null, bytes: Uint8Array) => void) =>
        callback(null, answer(request)),
    },
  );
}
server.bindAsync(`127.0.0.1:${floorPort()}`, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
});
process.on("SIGTERM", () => process.exit(0));
