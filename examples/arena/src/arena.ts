// The arena: one battle at a time, its players and their connections. It asks Muster about everybody who knocks, tells it
// about everybody who goes, and leaves the rest - who comes instead - to the backfill.
import { timingSafeEqual } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { MusterError } from "@muster/sdk";
import type { WebSocket } from "ws";
import { ClientLink, LINK_LIMITS, type LinkLimits } from "./client-link.ts";
import { isDeserted, type Vacancy, watchVacancy } from "./core/closing.ts";
import { type ClientMessage, writeServerMessage } from "./core/protocol.ts";
import {
  createWorld,
  enterWorld,
  FIELD,
  leaveWorld,
  steer,
  stepWorld,
  TICKS_PER_SECOND,
  type World,
} from "./core/world.ts";
import type { Battle, SeatedPlayer } from "./ports.ts";

/** Somebody who was let in, and has not lost the seat since. */
type Member = {
  readonly playerSessionId: string;
  readonly seat: SeatedPlayer;
  /** Undefined while the connection is broken. */
  link: ClientLink | undefined;
  /** Whether the roster has shown the seat: one that it does not show any more has ended. */
  listed: boolean;
};

/** A battle, and whether it is about to end: the door is closed first, so that nobody is sent into an ending battle. */
type Running = {
  readonly battle: Battle;
  readonly members: Map<string, Member>;
  readonly ended: AbortController;
  world: World;
  vacancy: Vacancy;
  door: "open" | "closing" | "opening" | "ended";
};

/** Connections at once: the seats of a battle, as many who return, and room for those who knock in vain. */
const CONNECTIONS_MAX = 64;

export type ArenaOptions = {
  /** Hears of what went wrong on our side or Muster's; the arena goes on. */
  readonly onFault: (error: unknown) => void;
  /** Pause before a report to Muster that did not get through is repeated, in ms. Default 1,000. */
  readonly reportAgainMs?: number;
  readonly linkLimits?: LinkLimits;
};

export class Arena {
  readonly #options: Required<ArenaOptions>;
  readonly #links = new Set<ClientLink>();
  readonly #memberOf = new Map<ClientLink, Member>();
  #running: Running | undefined;

  constructor(options: ArenaOptions) {
    this.#options = { reportAgainMs: 1_000, linkLimits: LINK_LIMITS, ...options };
  }

  /** Players on the field, those with a broken connection included. */
  get playerCount(): number {
    return this.#running?.members.size ?? 0;
  }

  /** Begins a battle: players may join from now on. A battle that still runs is over. */
  begin(battle: Battle): void {
    this.end("REPLACED");
    this.#running = {
      battle,
      members: new Map(),
      ended: new AbortController(),
      world: createWorld(),
      vacancy: { phase: "taken" },
      door: "open",
    };
  }

  /** The battle is over: everybody is told, and disconnected. No effect when there is none. */
  end(reason: string): void {
    this.#running?.ended.abort();
    this.#running = undefined;
    this.#memberOf.clear();
    for (const link of [...this.#links]) link.close(writeServerMessage({ type: "over", reason }));
  }

  /** A client has connected. */
  connect(socket: WebSocket): void {
    if (this.#links.size >= CONNECTIONS_MAX) {
      socket.close(1013, "full");
      return;
    }
    const link = new ClientLink(socket, this.#options.linkLimits, {
      onMessage: (message) => this.#handle(message, link),
      onClosed: () => this.#forget(link),
    });
    this.#links.add(link);
  }

  /** One step of the battle, and what everybody sees of it. */
  tick(nowMs: number): void {
    const running = this.#running;
    if (!running) return;
    const seats = running.battle.seatsInUse();
    this.#dropUnseated(running, seats);
    running.world = stepWorld(running.world);
    const players = running.world.fighters.map(({ playerId, team, position }) => ({
      player: playerId,
      team,
      ...position,
    }));
    const text = writeServerMessage({ type: "state", tick: running.world.tick, players });
    for (const { link } of running.members.values()) link?.sendState(text);
    running.vacancy = watchVacancy(running.vacancy, seats.size, nowMs);
    this.#watchDoor(running, nowMs);
  }

  async #handle(message: ClientMessage, link: ClientLink): Promise<void> {
    const member = this.#memberOf.get(link);
    if (message.type === "join") {
      if (member) link.refuse("ALREADY_JOINED", "Cannot join twice on one connection: the player is in the battle");
      else await this.#join(message, link);
    } else if (!member) {
      link.refuse("JOIN_EXPECTED", `Cannot take a ${message.type} as the first message: a join comes first`);
    } else if (message.type === "move") {
      if (this.#running) this.#running.world = steer(this.#running.world, member.seat.playerId, message);
    } else {
      this.#remove(member);
      link.close();
    }
  }

  async #join(message: ClientMessage & { type: "join" }, link: ClientLink): Promise<void> {
    const running = this.#running;
    const { playerSessionId, reconnectSecret } = message;
    if (!running) {
      link.refuse("NO_BATTLE", "Cannot join as a battle must be running: there is none here");
      return;
    }
    try {
      await this.#replace(running.members.get(playerSessionId), reconnectSecret);
      const seat = await running.battle.accept(playerSessionId, reconnectSecret);
      if (running.ended.signal.aborted) return; // Everybody has been told already.
      this.#admit(running, { playerSessionId, seat, link, listed: false });
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
      if (error.code === "INTERNAL" || error.code === "UNAVAILABLE") this.#options.onFault(error);
      link.refuse(error.reason, error.message);
    }
  }

  /** Who comes back while the old connection only seems alive gives that one up, if the secret is right. */
  async #replace(member: Member | undefined, secret: string | undefined): Promise<void> {
    if (!member || secret === undefined || !isSame(secret, member.seat.reconnectSecret)) return;
    const old = member.link;
    member.link = undefined;
    if (old) {
      this.#memberOf.delete(old);
      old.refuse("REPLACED", "Cannot keep this connection as the player came back on another");
    }
    await member.seat.disconnect(); // Also when it was broken before: that report may still be on its way.
  }

  #admit(running: Running, member: Member): void {
    const { seat, link } = member;
    running.members.set(member.playerSessionId, member);
    running.world = enterWorld(running.world, seat);
    if (!link || link.closed) {
      member.link = undefined;
      this.#reportBroken(running, member);
      return;
    }
    this.#memberOf.set(link, member);
    link.admit();
    const { playerId: player, team, reconnectSecret } = seat;
    const rules = { field: FIELD, ticksPerSecond: TICKS_PER_SECOND };
    link.send(writeServerMessage({ type: "welcome", player, team, reconnectSecret, ...rules }));
  }

  /** The connection is gone: the player stands still and may come back. */
  #forget(link: ClientLink): void {
    this.#links.delete(link);
    const member = this.#memberOf.get(link);
    this.#memberOf.delete(link);
    const running = this.#running;
    if (!member || !running) return;
    member.link = undefined;
    running.world = steer(running.world, member.seat.playerId, { x: 0, y: 0 });
    this.#reportBroken(running, member);
  }

  /** The report is void as soon as the player is back, or out. */
  #reportBroken(running: Running, member: Member): void {
    const holds = () => running.members.get(member.playerSessionId) === member && !member.link;
    void this.#report(running, async () => (holds() ? await member.seat.disconnect() : undefined));
  }

  #remove(member: Member): void {
    const running = this.#running;
    if (!running) return;
    this.#takeOut(running, member);
    void this.#report(running, () => member.seat.remove());
  }

  #takeOut(running: Running, member: Member): void {
    running.members.delete(member.playerSessionId);
    running.world = leaveWorld(running.world, member.seat.playerId);
    if (member.link) this.#memberOf.delete(member.link);
  }

  /** Seats end without us as well: the grace ran out, or an operator ended them. */
  #dropUnseated(running: Running, seats: ReadonlySet<string>): void {
    for (const member of [...running.members.values()]) {
      const seated = seats.has(member.playerSessionId);
      const ended = member.listed && !seated;
      member.listed ||= seated;
      if (!ended) continue;
      const { link } = member;
      this.#takeOut(running, member);
      link?.refuse("SEAT_ENDED", "Cannot play on as the seat has ended");
    }
  }

  /** Ends a deserted battle, once Muster has confirmed that nobody else is on the way. */
  #watchDoor(running: Running, nowMs: number): void {
    const { battle, door, vacancy } = running;
    if (door === "open" && isDeserted(vacancy, nowMs)) {
      this.#turnDoor(running, "closing", () => battle.setOpen(false));
    } else if (door === "closing" && !battle.isOpen()) {
      if (vacancy.phase === "empty") this.#turnDoor(running, "ended", () => this.#terminate(running));
      else this.#turnDoor(running, "opening", () => battle.setOpen(true));
    } else if (door === "opening" && battle.isOpen()) {
      running.door = "open";
    }
  }

  /** Where Muster refuses, the battle goes on, and is looked at anew after another wait. */
  #turnDoor(running: Running, door: Running["door"], call: () => Promise<void>): void {
    running.door = door;
    void this.#report(running, call).then((done) => {
      if (done) return;
      running.door = "open";
      running.vacancy = { phase: "taken" };
    });
  }

  async #terminate(running: Running): Promise<void> {
    await running.battle.terminate();
    if (this.#running === running) this.end("TERMINATED");
  }

  /** Tells Muster, again and again while it is away, until the battle ends. False if Muster refuses. */
  async #report(running: Running, call: () => Promise<void>): Promise<boolean> {
    const { signal } = running.ended;
    while (!signal.aborted) {
      try {
        await call();
        return true;
      } catch (error) {
        this.#options.onFault(error);
        if (!(error instanceof MusterError) || error.retry !== "backoff") return false;
      }
      await sleep(this.#options.reportAgainMs);
    }
    return true;
  }
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
