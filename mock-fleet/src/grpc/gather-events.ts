// Joins events of the feed that came together into one message: on a stream a message costs more than what it says.
import { encodeMessage } from "@muster/proto";
import { WatchSessionsResponse } from "@muster/proto/fleet";
import type { Gathering } from "./watch-feed.ts";

type Event = NonNullable<WatchSessionsResponse["event"]>;

/** Bytes of events that share a message: a millisecond of work, and far from the size of an answer. */
const SHARED_BYTES_MAX = 65_536;

/** Nothing is gathered yet. */
export function gatherEvents(): Gathering<Event> {
  /** The first, which stays as it is if no other comes. */
  let alone: Event | undefined;
  let messages: Uint8Array[] = [];
  let bytes = 0;

  const push = (message: Uint8Array) => {
    messages.push(message);
    bytes += message.length;
  };
  const take = (): Event | undefined => {
    const shared: Event | undefined = messages.length > 0 ? { $case: "several", value: { messages } } : undefined;
    const taken = alone ?? shared;
    alone = undefined;
    messages = [];
    bytes = 0;
    return taken;
  };

  return {
    add(event) {
      if (alone === undefined && messages.length === 0) {
        alone = event;
        return undefined;
      }
      if (alone) push(encode(alone));
      alone = undefined;
      const message = encode(event);
      const full = bytes + message.length > SHARED_BYTES_MAX ? take() : undefined;
      push(message);
      return full;
    },
    take,
  };
}

function encode(event: Event): Uint8Array {
  return encodeMessage(WatchSessionsResponse, { resumeToken: "", event });
}
