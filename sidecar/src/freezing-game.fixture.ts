// A game as a process, for tests that stop it: it becomes ready, answers checks for as long as it runs, and has a child in its
// group, whose number it prints, that outlives it unless somebody ends the group.
import { spawn } from "node:child_process";
import { grpcNetwork } from "@muster/proto/grpc";
import { GameServerServiceDefinition } from "@muster/proto/sdk";

const child = spawn("sleep", ["600"], { stdio: "ignore" });
process.stdout.write(`child ${child.pid}\n`);
process.on("SIGTERM", () => undefined); // Deaf, as a hung game is.

const { MUSTER_SIDECAR: address = "", MUSTER_SIDECAR_TOKEN: token = "" } = process.env;
const sidecar = grpcNetwork.connect(address, { token }).client(GameServerServiceDefinition);
const watch = sidecar.watch({ sdkName: "test", sdkVersion: "1", sdkLanguage: "typescript", resumeAfter: {} });
for await (const { event } of watch) {
  if (event?.$case === "opened") await sidecar.processReady({ ports: {}, concurrentSessions: 1 });
  if (event?.$case === "healthCheck") await sidecar.reportHealth({ checkId: event.value.checkId, healthy: true });
}
