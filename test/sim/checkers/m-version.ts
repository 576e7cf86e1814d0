// M-VERSION: every match and every fill names the versions by which each of its tickets plays, so that nobody is matched across a
// change that was for new tickets only; a match is placed where the choice that formed it says.
import type { Books } from "./books/books.ts";
import { ticketsOf } from "./books/matcher-entries.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "M-VERSION";

type FormedBy = {
  readonly configurationVersion: number;
  readonly ruleSet: string;
  readonly ruleSetVersion: number;
};

export function mVersion(books: Books): Checker {
  const check = (
    what: string,
    configuration: string,
    { formedBy, arrivals }: { readonly formedBy: FormedBy | undefined; readonly arrivals: readonly number[] },
  ) => {
    if (!formedBy) throw new BrokenPromise(NAME, `${what} does not say by what it was formed`);
    const { configurationVersion, ruleSet, ruleSetVersion } = formedBy;
    for (const arrival of arrivals) {
      const play = books.matcher.versions.playOf(configuration, arrival);
      const choice = play?.choices.find((one) => one.ruleSet === ruleSet);
      if (play?.configurationVersion === configurationVersion && choice?.version === ruleSetVersion) continue;
      const says = `${configuration} ${configurationVersion}, ${ruleSet} ${ruleSetVersion}`;
      throw new BrokenPromise(
        NAME,
        `${what} was formed by ${says}; arrival ${arrival} plays by ${JSON.stringify(play)}`,
      );
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "matcher-fact") return;
      const { fact } = observation;
      const arrivalsOf = (players: Parameters<typeof ticketsOf>[0]) =>
        ticketsOf(players).map((ticketId) => books.matcher.tickets.get(ticketId)?.arrival ?? 0);
      if (fact.type === "match-formed") {
        const { matchId, configuration, players, formedBy, queue } = fact.match;
        const arrivals = arrivalsOf(players);
        check(matchId, configuration, { formedBy, arrivals });
        const choice = books.matcher.versions
          .playOf(configuration, arrivals[0] ?? 0)
          ?.choices.find(({ ruleSet }) => ruleSet === formedBy?.ruleSet);
        if (choice?.queue !== queue) throw new BrokenPromise(NAME, `${matchId} goes to ${queue}, not ${choice?.queue}`);
      }
      if (fact.type === "fill-decided") {
        const { configuration = "" } = books.matcher.sessions.get(fact.battleSessionId) ?? {};
        // Battles are filled by what new tickets play by.
        const arrivals = [...arrivalsOf(fact.newcomers), Number.POSITIVE_INFINITY];
        check(fact.fillId, configuration, { formedBy: fact.formedBy, arrivals });
      }
    },
  };
}
