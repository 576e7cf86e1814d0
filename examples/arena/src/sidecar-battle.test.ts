import type { AcceptOptions, BattleSession, CreationPolicy, Player, Sidecar } from "@muster/sdk";
import { expect, test } from "vitest";
import { createSidecarBattle } from "./sidecar-battle.ts";

/** The parts of a session that the arena looks at, and what was asked of it. */
function createSession(policy: CreationPolicy) {
  const calls: string[] = [];
  const call = (name: string) => async () => {
    calls.push(name);
  };
  const seat = { playerSessionId: "ps_1", playerId: "anna", team: "red" };
  const player = { ...seat, disconnect: call("disconnect"), remove: call("remove") } as unknown as Player;
  const session = {
    players: [player],
    creationPolicy: policy,
    setCreationPolicy: async (next: CreationPolicy) => {
      calls.push(next);
    },
    terminate: call("terminate"),
  } as unknown as BattleSession;
  const accept = async (id: string, { reconnectSecret = "none" }: AcceptOptions = {}) => {
    calls.push(`accept ${id} with ${reconnectSecret}`);
    return { session, player, reconnectSecret: "rs" };
  };
  const sidecar: Pick<Sidecar, "acceptPlayerSession"> = { acceptPlayerSession: accept };
  return { battle: createSidecarBattle(sidecar, session), calls };
}

const policies: readonly { policy: CreationPolicy; open: boolean }[] = [
  { policy: "ACCEPT_ALL", open: true },
  { policy: "DENY_ALL", open: false },
];
for (const { policy, open } of policies) {
  test(`a session of ${policy} is ${open ? "open" : "closed"}`, () => {
    expect(createSession(policy).battle.isOpen()).toBe(open);
  });
}

test("everything asked of the battle is asked of the session, in its words", async () => {
  const { battle, calls } = createSession("ACCEPT_ALL");
  expect([...battle.seatsInUse()]).toEqual(["ps_1"]);
  await battle.accept("ps_1", undefined);
  const seat = await battle.accept("ps_1", "rs");
  expect(seat).toMatchObject({ playerId: "anna", team: "red", reconnectSecret: "rs" });
  await seat.disconnect();
  await seat.remove();
  await battle.setOpen(false);
  await battle.setOpen(true);
  await battle.terminate();
  expect(calls).toEqual([
    "accept ps_1 with none",
    "accept ps_1 with rs",
    "disconnect",
    "remove",
    "DENY_ALL",
    "ACCEPT_ALL",
    "terminate",
  ]);
});
