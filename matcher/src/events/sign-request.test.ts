import { createSeededRandom } from "@muster/kit";
import { expect, test } from "vitest";
import { drawSecret, parseSecret, signatureHeaders } from "./sign-request.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

test("signatureHeaders() signs as the published example of Standard Webhooks does", () => {
  const request = {
    ...{ webhookId: "msg_p5jXN8AQM9LWM0D4loKWxJek", wallMs: 1_614_265_330_999 },
    body: '{"test": 2432232314}',
  };
  expect(signatureHeaders(request, [SECRET])).toEqual({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

test("drawSecret() draws what parseSecret() reads", () => {
  const secret = drawSecret(createSeededRandom(1));
  expect(parseSecret("secret", secret)).toBe(secret);
});

const refused = [
  "",
  "whsec_",
  "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  "whsec_c2hvcnQ=",
  "whsec_not base64 at all, is it, now",
];
for (const secret of refused) {
  test(`parseSecret() refuses "${secret}", and does not say it`, () => {
    expect(() => parseSecret("secret", secret)).toThrow(expect.objectContaining({ reason: "FIELD_INVALID" }));
  });
}
