// Drives a live service through the client of its docs/clients.md.

import assert from "node:assert/strict";
import { test } from "node:test";

import { connect, isReady } from "./client.ts";

const baseUrl = process.env["SERVICE_URL"] ?? "";

test("a running service is ready", async () => {
  assert.equal(await isReady(connect(baseUrl)), true);
});

test("the compiler knows the codes", async () => {
  const { data, error } = await connect(baseUrl).GET("/health/ready");

  // @ts-expect-error - a code that this operation does not end in
  assert.notEqual(error?.code === "unavailabel", true);
  assert.equal(data?.status, "ok");
});
