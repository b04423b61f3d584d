// Drives a live service through the client of its docs/clients.md.

import assert from "node:assert/strict";
import { test } from "node:test";

import { connect, whoAmI } from "./client.ts";

const baseUrl = process.env["SERVICE_URL"] ?? "";
const accessToken = process.env["ACCESS_TOKEN"] ?? "";

test("whoever has a token is known", async () => {
  const actor = await whoAmI(connect(baseUrl, async () => accessToken));

  assert.deepEqual(actor, { id: "ada", roles: ["clerk"] });
});

test("whoever has a bad one is not", async () => {
  assert.equal(await whoAmI(connect(baseUrl, async () => `${accessToken}x`)), null);
});

test("the compiler knows the codes", async () => {
  const { error } = await connect(baseUrl, async () => "").GET("/me");

  // @ts-expect-error - a code that this operation does not end in
  assert.notEqual(error?.code === "unauthorised", true);
  assert.equal(error?.code, "unauthorized");
});
