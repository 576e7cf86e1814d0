// Proposals as a snapshot keeps them: those that are open, and what tickets show of open and past ones.
import { invariant } from "@muster/kit";
import type { MatchId } from "@muster/proto";
import * as wire from "@muster/proto/journal-matcher";
import { openProposal, type Proposal, type ProposalView } from "../core/proposal.ts";
import { readAssigned, readMatch, writeMatch } from "./match-wire.ts";

export function encodeProposal({ match, view }: Proposal): Uint8Array {
  const { terms, accepted } = view;
  const { expiresAtWallMs } = terms;
  return wire.KeptProposal.encode({ match: writeMatch(match), expiresAtWallMs, accepted: [...accepted] }).finish();
}

/** The proposal, not yet among the deadlines. */
export function decodeProposal(bytes: Uint8Array): Proposal {
  const { match: message, expiresAtWallMs, accepted } = wire.KeptProposal.decode(bytes);
  invariant(message, "a proposal that is kept has its match");
  const match = readMatch(message);
  const { acceptance } = match;
  invariant(acceptance, "a proposal that is kept has its terms");
  const proposal = openProposal(match, { acceptance, expiresAtWallMs });
  return { ...proposal, view: { terms: proposal.view.terms, accepted } };
}

export function encodeTerms({ terms, accepted }: ProposalView): Uint8Array {
  const { matchId, expiresAtWallMs } = terms;
  const players = terms.players.map((player) => ({ ...player }));
  return wire.KeptProposalTerms.encode({ matchId, expiresAtWallMs, players, accepted: [...accepted] }).finish();
}

export function decodeTerms(bytes: Uint8Array): ProposalView {
  const { matchId, expiresAtWallMs, players, accepted } = wire.KeptProposalTerms.decode(bytes);
  return { terms: { matchId: matchId as MatchId, expiresAtWallMs, players: players.map(readAssigned) }, accepted };
}
