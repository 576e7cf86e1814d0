export async function main(argv: readonly string[]): Promise<void> {
  console.log(argv, process.version, import.meta.resolve("@muster/kit"), process.env.NODE_OPTIONS);
  const kit = await import("@muster/kit");
  console.log(Object.keys(kit).length);
  const { Worker } = await import("node:worker_threads");
  new Worker(
    'import("@muster/kit").then(m => console.log("worker", Object.keys(m).length), e => console.log("worker", e.message))',
    { eval: true },
  );
}
