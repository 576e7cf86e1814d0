// What tickets of a snapshot show of proposals: read when somebody asks for it, and copied into the next snapshot as it is.
import type { ProposalTerms, ProposalView } from "../core/proposal.ts";
import { decodeTerms } from "./kept-proposal.ts";

/** One document of a snapshot: all that its tickets show of one proposal. */
export class StoredProposal {
  readonly bytes: Uint8Array;
  /** Of the view that shows the most. */
  readonly acceptedMost: number;
  #view: ProposalView | undefined;

  constructor(bytes: Uint8Array, acceptedMost: number) {
    this.bytes = bytes;
    this.acceptedMost = acceptedMost;
    this.#view = undefined;
  }
  get view(): ProposalView {
    this.#view ??= decodeTerms(this.bytes);
    return this.#view;
  }
}

export class StoredProposalView implements ProposalView {
  readonly #proposal: StoredProposal;
  readonly count: number;

  constructor(proposal: StoredProposal, count: number) {
    this.#proposal = proposal;
    this.count = count;
  }
  get terms(): ProposalTerms {
    return this.#proposal.view.terms;
  }
  get accepted(): readonly number[] {
    return this.#proposal.view.accepted.slice(0, this.count);
  }
  /** The document, if no other view of it shows more; else undefined, as what others showed may be forgotten by now. */
  get bytes(): Uint8Array | undefined {
    return this.count === this.#proposal.acceptedMost ? this.#proposal.bytes : undefined;
  }
}

/** How many have accepted by the view, which need not be read for it. */
export function acceptedCount(view: ProposalView): number {
  return view instanceof StoredProposalView ? view.count : view.accepted.length;
}
