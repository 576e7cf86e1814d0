// A server that came from Colyseus: a room class with its life cycle. `hostRooms` makes a room for each battle session and
// calls what Colyseus called; the room below changed in its base only.
import type { BattleSession, Player, Sidecar } from "@muster/sdk";
import { doorOf, type PortedServer } from "./door.ts";

/** What a room gets to hear. */
export interface Room {
  onCreate(options: Readonly<Record<string, string>>): Promise<void> | void;
  onJoin(player: Player): void;
  onDrop(player: Player): void;
  onReconnect(player: Player): void;
  onLeave(player: Player): void;
  onDispose(): void;
}

/** A room that writes down its own story. */
export class StoryRoom implements Room {
  readonly story: string[] = [];
  onCreate({ mode = "any" }: Readonly<Record<string, string>>): void {
    this.story.push(`created for ${mode}`);
  }
  onJoin({ playerId }: Player): void {
    this.story.push(`${playerId} joined`);
  }
  onDrop({ playerId }: Player): void {
    this.story.push(`${playerId} dropped`);
  }
  onReconnect({ playerId }: Player): void {
    this.story.push(`${playerId} is back`);
  }
  onLeave({ playerId }: Player): void {
    this.story.push(`${playerId} left`);
  }
  onDispose(): void {
    this.story.push("disposed");
  }
}

/** defineServer({ rooms: { battle: defineRoom(StoryRoom) } }), for one kind of room. */
export async function hostRooms(sidecar: Sidecar, createRoom: () => Room): Promise<PortedServer> {
  const door = doorOf(sidecar);
  const rooms = new Map<string, Room>();
  const roomOf = ({ battleSessionId }: BattleSession) => rooms.get(battleSessionId);

  sidecar.onStartBattleSession(async (session) => {
    const room = createRoom();
    rooms.set(session.battleSessionId, room);
    await room.onCreate(session.properties);
    await session.activate(); // Only now seats are reserved. Held for reservationSeconds: setSeatReservationTime.
  });
  sidecar.onBattleSessionUpdated(async ({ session, reason, updated, removed }) => {
    const room = roomOf(session);
    if (reason === "PLAYER_DISCONNECTED") for (const player of updated) room?.onDrop(player);
    if (reason === "PLAYER_RETURNED") for (const player of updated) room?.onReconnect(player);
    for (const player of removed) room?.onLeave(player);
    const isDeserted = removed.length > 0 && session.players.length === 0;
    if (reason === "SESSION_TERMINATING" || isDeserted) await session.terminate(); // autoDispose
    if (reason !== "SESSION_ENDED") return;
    room?.onDispose();
    rooms.delete(session.battleSessionId);
  });
  await sidecar.processReady({ concurrentSessions: 50 });

  return {
    async enter(playerSessionId, reconnectSecret) {
      // The ids of seats are secrets: onAuth has nothing left to look at. drop() is allowReconnection, leave() is consented.
      const visit = await door.enter(playerSessionId, reconnectSecret);
      if (reconnectSecret === undefined) roomOf(visit.session)?.onJoin(visit.player);
      return visit;
    },
  };
}
