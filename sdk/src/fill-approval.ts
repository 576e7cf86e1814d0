// Fills that wait for the game's word: newcomers get their seats only if its handler says true in time.
import { fieldInvalid, MusterError, parseAttributes } from "@muster/proto";
import type { ProposedFill as WireFill } from "@muster/proto/session";
import type { BattleSession } from "./battle-session.ts";
import type { Callbacks } from "./callbacks.ts";
import type { SidecarCalls } from "./sidecar-calls.ts";
import type { AnyGame, GameReader, GameTypes } from "./validators.ts";

/** A player who has no seat yet. */
export type Newcomer<Types extends GameTypes = AnyGame> = {
  readonly playerId: string;
  /** The team that the player would join; undefined in a session without teams. */
  readonly team: string | undefined;
  readonly ticketId: string | undefined;
  /** As the ticket gave them, the rule set's defaults filled in. */
  readonly attributes: Types["attributes"];
  /** What the backend gives of the player, untouched. Undefined: nothing. */
  readonly data: string | undefined;
};

export type ProposedNewcomers<Types extends GameTypes = AnyGame> = {
  readonly session: BattleSession<Types>;
  readonly newcomers: readonly Newcomer<Types>[];
  /** Aborts when the answer would be late. */
  readonly signal: AbortSignal;
};

/** Whether all of the newcomers may come. */
export type ApproveFillHandler<Types extends GameTypes = AnyGame> = (
  proposed: ProposedNewcomers<Types>,
) => boolean | Promise<boolean>;

export type ProposedFill = {
  readonly fillId: string;
  readonly battleSessionId: string;
  readonly newcomers: readonly Newcomer[];
  readonly timeoutMs: number;
};

export interface FillApproval {
  onProposed(handler: ApproveFillHandler): void;
  /** Answers one fill. Rejects if the sidecar cannot be told. */
  answer(fill: ProposedFill): Promise<void>;
}

/** Nobody is let in until there is a handler. */
export function createFillApproval(options: {
  readonly callbacks: Callbacks;
  readonly calls: SidecarCalls;
  readonly reader: GameReader;
  readonly find: (battleSessionId: string) => BattleSession | undefined;
}): FillApproval {
  const { callbacks, calls, reader, find } = options;
  let handler: ApproveFillHandler | undefined;

  /** Undefined when the SDK was closed meanwhile. */
  const ask = async ({ battleSessionId, newcomers, timeoutMs }: ProposedFill): Promise<boolean | undefined> => {
    const context = { where: "approveFill", battleSessionId } as const;
    const session = find(battleSessionId);
    const decide = handler;
    if (!session || !decide) {
      const lacking = session ? "has no handler for it" : "does not know the session yet";
      const why = `Cannot let newcomers into ${battleSessionId} as the game must approve of them: it ${lacking}`;
      callbacks.report(new MusterError("FILL_REFUSED_BY_GAME", why), context);
      return false;
    }
    const read = newcomers.map((one) => ({ ...one, attributes: reader.attributes(one.attributes, battleSessionId) }));
    const call = (signal: AbortSignal) => decide({ session, newcomers: read, signal });
    const outcome = await callbacks.run({ context, timeoutMs, call });
    if (outcome.type === "abandoned") return undefined;
    if (outcome.type !== "done") return false;
    // A handler in JavaScript may answer anything, and be puzzled why nobody comes.
    if (typeof outcome.result !== "boolean") {
      callbacks.report(fieldInvalid("approveFill", "true or false", outcome.result), context);
    }
    return outcome.result === true;
  };

  return {
    onProposed(next) {
      handler = next;
    },
    async answer(fill) {
      const approved = await ask(fill);
      if (approved !== undefined) await calls.answerFill({ fillId: fill.fillId, approved });
    },
  };
}

/** @throws {MusterError} FIELD_INVALID for attributes that none can have. */
export function readProposedFill({ fillId, battleSessionId, newcomers, timeoutMs }: WireFill): ProposedFill {
  return {
    fillId,
    battleSessionId,
    newcomers: newcomers.map(({ playerId, team, ticketId, attributes, data }) => ({
      playerId,
      team: team || undefined,
      ticketId: ticketId || undefined,
      attributes: parseAttributes("newcomers.attributes", attributes),
      data,
    })),
    timeoutMs,
  };
}
