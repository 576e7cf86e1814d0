// Faults of the asking of players whether they want a match.
import type { PlantedFault } from "./planted-fault.ts";

const ACCEPT = "matcher/src/core/accept-match.ts";
const END = "matcher/src/core/end-proposal.ts";
const MATCHES = "matcher/src/core/folds/matches.ts";

export const acceptanceFaults: readonly PlantedFault[] = [
  {
    name: "a match goes on when most have accepted",
    patches: [
      {
        file: "matcher/src/core/proposal.ts",
        find: "return accepted.length === terms.players.length;",
        replace: "return accepted.length * 2 >= terms.players.length;",
      },
    ],
  },
  {
    name: "an acceptance counts after the deadline",
    patches: [
      {
        file: ACCEPT,
        find: "if (nowMs >= proposal.acceptance.deadlineAtMs)",
        replace: "if (nowMs >= proposal.acceptance.deadlineAtMs + 3_000)",
      },
      {
        file: "matcher/src/core/proposal.ts",
        find: "atMs: acceptance.deadlineAtMs,",
        replace: "atMs: acceptance.deadlineAtMs + 1_500,",
      },
    ],
  },
  {
    name: "an answer to one match counts for the next",
    patches: [
      {
        file: ACCEPT,
        find: 'if (at.phase !== "REQUIRES_ACCEPTANCE" || at.matchId !== matchId)',
        replace: 'if (at.phase !== "REQUIRES_ACCEPTANCE")',
      },
      { file: ACCEPT, find: "state.proposals.get(matchId);", replace: "state.proposals.get(at.matchId);" },
      {
        file: ACCEPT,
        find: 'const accepted: MatcherFact = { type: "match-accepted", matchId, ticketId, playerIds };',
        replace: 'const accepted: MatcherFact = { type: "match-accepted", matchId: at.matchId, ticketId, playerIds };',
      },
    ],
  },
  {
    name: "a refusal after an acceptance does not count",
    patches: [
      {
        file: ACCEPT,
        find: 'if (answer === "REFUSE") return [decideRefusal(',
        replace:
          'if (answer === "REFUSE" && withAccepted(proposal.view, playerIds) === proposal.view) return [];\n  if (answer === "REFUSE") return [decideRefusal(',
      },
    ],
  },
  {
    name: "one player accepts for a whole party",
    patches: [
      {
        file: ACCEPT,
        find: 'const accepted: MatcherFact = { type: "match-accepted", matchId, ticketId, playerIds };',
        replace:
          'const accepted: MatcherFact = { type: "match-accepted", matchId, ticketId, playerIds: ticket.players.map(({ playerId }) => playerId) };',
      },
    ],
  },
  {
    name: "who had not answered is blamed for a refusal",
    patches: [
      {
        file: END,
        find: "return ticketId === by.ticketId ? by.fate :",
        replace:
          'return ticketId === by.ticketId ? by.fate : !acceptedTickets(proposal.view).has(ticketId) ? "SILENT" :',
      },
    ],
  },
  {
    name: "a silent player of a party is covered by the others",
    patches: [
      {
        file: "matcher/src/core/proposal.ts",
        find: ".filter(([, players]) => players === 0)",
        replace:
          ".filter(([ticketId, players]) => players < terms.players.filter((one) => one.ticketId === ticketId).length)",
      },
    ],
  },
  {
    name: "a ticket returns from a proposal past its time",
    patches: [{ file: END, find: "ticket.timesOutAtMs > of.nowMs", replace: "of.nowMs > 0" }],
  },
  {
    name: "tickets search on without auto-continue",
    patches: [{ file: END, find: "if (!acceptance.autoContinue)", replace: "if (acceptance === undefined)" }],
  },
  {
    name: "a proposal never ends by itself",
    patches: [{ file: MATCHES, find: "  state.deadlines.add(proposal.deadline);\n", replace: "" }],
  },
  {
    name: "the others are not told who accepts",
    patches: [
      { file: MATCHES, find: "const told = isToldToAll(proposal.view, view) ?", replace: "const told = at.atMs < 0 ?" },
    ],
  },
  {
    name: "a snapshot forgets who has accepted",
    patches: [
      {
        file: "matcher/src/journal-codec/kept-proposal.ts",
        find: "return { ...proposal, view: { terms: proposal.view.terms, accepted } };",
        replace: "return { ...proposal, view: { terms: proposal.view.terms, accepted: accepted.slice(0, 0) } };",
      },
    ],
  },
  {
    name: "a restart puts the deadline off",
    patches: [
      {
        file: "matcher/src/journal-codec/snapshot-reader.ts",
        find: "    deadlines.push(proposal.deadline);\n",
        replace: "",
      },
    ],
  },
  {
    name: "a cancel of a ticket that is asked is none",
    patches: [
      {
        file: "matcher/src/core/cancel-matching.ts",
        find: "facts: cancelProposed(state, { ticketId, matchId: ticket.state.matchId, cause }, nowMs)",
        replace: "facts: []",
      },
    ],
  },
  {
    name: "returns from proposals use up those of placements",
    patches: [
      {
        file: MATCHES,
        find: 'previous?.ticket.state.phase === "PLACING"',
        replace: "previous !== undefined",
      },
    ],
  },
];
