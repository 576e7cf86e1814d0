// The floor, as a process: a bare grpc-js server whose one method says nothing and does not end. Its first line of output is its
// address. Ends with whoever started it.
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { watchLifeline } from "@muster/kit/processes";

const server = new Server();
const same = (bytes: Buffer) => bytes;
const definition = {
  path: "/muster.fleet.v1.FleetService/WatchSessions",
  requestStream: false as const,
  responseStream: true as const,
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
};
const open = new Set<object>();
server.addService({ watch: definition }, { watch: (call: object) => void open.add(call) });
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`127.0.0.1:${port}`);
});
watchLifeline(process.env).addEventListener("abort", () => process.exit(0));
