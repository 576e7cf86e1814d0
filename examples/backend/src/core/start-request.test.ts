import fc from "fast-check";
import { expect, test } from "vitest";
import { RequestError } from "./request-error.ts";
import { parseStartRequest, parseWaitSeconds } from "./start-request.ts";

const accepted = [
  { name: "a player alone", text: '{"player":"anna"}', request: { player: "anna", skill: undefined, mode: "arena" } },
  {
    name: "everything",
    text: '{"player":"Ann Å","skill":0.5,"mode":"duel-1"}',
    request: { player: "Ann Å", skill: 0.5, mode: "duel-1" },
  },
] as const;
for (const { name, text, request } of accepted) {
  test(`parseStartRequest() reads ${name}`, () => expect(parseStartRequest(text)).toEqual(request));
}

const refused = [
  { name: "no JSON", text: "player=anna", reason: "BODY_INVALID", field: undefined },
  { name: "nothing", text: "", reason: "BODY_INVALID", field: undefined },
  { name: "a list", text: "[]", reason: "BODY_INVALID", field: undefined },
  { name: "no player", text: "{}", reason: "FIELD_INVALID", field: "player" },
  { name: "an empty player", text: '{"player":""}', reason: "FIELD_INVALID", field: "player" },
  { name: "a player too long", text: `{"player":"${"a".repeat(65)}"}`, reason: "FIELD_INVALID", field: "player" },
  { name: "a player with a newline", text: '{"player":"a\\nb"}', reason: "FIELD_INVALID", field: "player" },
  { name: "half a character", text: '{"player":"\\ud800"}', reason: "FIELD_INVALID", field: "player" },
  { name: "a skill in text", text: '{"player":"a","skill":"9"}', reason: "FIELD_INVALID", field: "skill" },
  { name: "a skill below 0", text: '{"player":"a","skill":-1}', reason: "FIELD_INVALID", field: "skill" },
  { name: "a skill beyond all", text: '{"player":"a","skill":1e999}', reason: "FIELD_INVALID", field: "skill" },
  { name: "a mode with a slash", text: '{"player":"a","mode":"a/b"}', reason: "FIELD_INVALID", field: "mode" },
  { name: "a field too many", text: '{"player":"a","team":"red"}', reason: "FIELD_INVALID", field: "team" },
] as const;
for (const { name, text, reason, field } of refused) {
  test(`parseStartRequest() refuses ${name}`, () => {
    const error = catchError(() => parseStartRequest(text));
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({ reason, field, status: 400, message: expect.stringMatching(/^Cannot .+ as .+: .+/) });
  });
}

test("parseStartRequest() answers any text with a request or a RequestError", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const error = catchError(() => parseStartRequest(text));
      expect(error === undefined || error instanceof RequestError).toBe(true);
    }),
  );
});

const waits = [
  { text: null, seconds: 0 },
  { text: "0", seconds: 0 },
  { text: "30", seconds: 30 },
  { text: "31", seconds: undefined },
  { text: "-1", seconds: undefined },
  { text: "1.5", seconds: undefined },
  { text: "", seconds: undefined },
];
for (const { text, seconds } of waits) {
  test(`parseWaitSeconds() ${seconds === undefined ? "refuses" : "reads"} ${JSON.stringify(text)}`, () => {
    if (seconds === undefined) expect(catchError(() => parseWaitSeconds(text))).toMatchObject({ field: "wait" });
    else expect(parseWaitSeconds(text)).toBe(seconds);
  });
}

function catchError(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}
