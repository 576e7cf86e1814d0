import type { TicketId } from "@muster/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSearchingTickets, type Search, searchOf } from "./searching-tickets.ts";
import type { Ticket } from "./ticket.ts";

test("a pool holds what was added and not removed", () => {
  const step = fc.record({ id: fc.nat(9), twice: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const pool = createSearchingTickets();
      const model = new Map<TicketId, Search>();
      for (const { id, twice } of steps) {
        const ticketId = `t${id}` as TicketId;
        const known = model.get(ticketId);
        if (known) {
          pool.remove(known);
          if (twice) pool.remove(known);
          model.delete(ticketId);
        } else {
          const search = searchOf({ ticketId, timesOutAtMs: id } as Ticket);
          pool.add(search, id);
          model.set(ticketId, search);
        }
        expect(pool.size).toBe(model.size);
        expect(Array.from(pool.values(), (ticket) => ticket.ticketId).toSorted()).toEqual([...model.keys()].toSorted());
      }
    }),
  );
});
