// The thread that a hook's module runs in, as text: it holds nothing of ours that would have to be found, compiled and typed anew
// in a thread, and a module that loops forever stops nothing but itself.

/** CommonJS. `workerData.url`: of the module. Tells { ready } or { broken }, then answers { id, question, body } with { id, answer } or { id, failure }, and { probe } with itself. */
export const MODULE_THREAD = `
const { parentPort, workerData } = require("node:worker_threads");
const said = (error) => String((error && error.message) || error).slice(0, 256);
import(workerData.url).then(
  (module) => {
    parentPort.on("message", async ({ id, question, body, probe }) => {
      if (probe !== undefined) return parentPort.postMessage({ probe });
      try {
        const hook = module[question];
        if (typeof hook !== "function") throw new Error("the module exports no function " + question);
        const answer = await hook(JSON.parse(body));
        parentPort.postMessage({ id, answer: answer === undefined ? undefined : JSON.stringify(answer) });
      } catch (error) {
        parentPort.postMessage({ id, failure: said(error) });
      }
    });
    parentPort.postMessage({ ready: true });
  },
  (error) => parentPort.postMessage({ broken: said(error) }),
);
`;
