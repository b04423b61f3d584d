// Drives a live service through the client of its docs/clients.md.

import assert from "node:assert/strict";
import { test } from "node:test";

import { connect, logIn, register } from "./client.ts";

const baseUrl = process.env["SERVICE_URL"] ?? "";
const password = process.env["ADMIN_PASSWORD"] ?? "";
const ada = { username: "ada", email: "ada@example.org", password };

test("a user registers, logs in and reads their account", async () => {
  const registered = await register(connect(baseUrl), ada);
  assert.ok("user" in registered);

  const api = connect(baseUrl, await logIn(baseUrl, ada.username, ada.password));
  const { data } = await api.GET("/users/me");

  assert.deepEqual(data, registered.user);
  assert.deepEqual(Object.keys(registered.user).sort(), [
    "createdAt",
    "email",
    "id",
    "isActive",
    "isAdmin",
    "roles",
    "updatedAt",
    "username",
  ]);
  assert.match(registered.user.createdAt, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.ok(Math.abs(Date.parse(registered.user.createdAt) - Date.now()) < 600_000);
  assert.equal(registered.user.updatedAt, null);
});

test("a name that is taken is a conflict, and the form learns which field", async () => {
  const refused = await register(connect(baseUrl), { ...ada, email: "other@example.org" });

  assert.deepEqual(refused, { message: "This is already taken.", fields: ["username"] });
});

test("what breaks a rule names the field", async () => {
  const refused = await register(connect(baseUrl), { ...ada, password: "short" });

  assert.ok("fields" in refused);
  assert.deepEqual(refused.fields, ["password"]);
});

test("input of the wrong shape is a validation problem that points to each place", async () => {
  const { error } = await connect(baseUrl).POST("/users", {
    // @ts-expect-error - the compiler refuses what the service refuses
    body: { username: 1, email: "ada@example.org" },
  });

  assert.equal(error?.code, "validation");
  assert.deepEqual(error.errors?.map(({ pointer }) => pointer).sort(), ["#/password", "#/username"]);
});

test("who is not logged in is told so", async () => {
  const { error, response } = await connect(baseUrl).GET("/users/me");

  assert.equal(response.status, 401);
  assert.equal(response.headers.get("WWW-Authenticate"), "Bearer");
  assert.equal(error?.code, "unauthorized");
  assert.equal(error.status, 401);
  assert.equal("errors" in error, false);
});

test("a wrong password opens nothing", async () => {
  await assert.rejects(logIn(baseUrl, ada.username, `${password}!`), /wrong username or password/);
});

test("only an admin lists the users", async () => {
  const asAda = connect(baseUrl, await logIn(baseUrl, ada.username, ada.password));
  const refused = await asAda.GET("/users");
  assert.equal(refused.error?.code, "forbidden");

  const asAdmin = connect(baseUrl, await logIn(baseUrl, "root", password));
  const { data } = await asAdmin.GET("/users", { params: { query: { limit: 1, offset: 1 } } });

  assert.equal(data?.total, 2);
  assert.equal(data.items[0]?.username, "ada");
});

test("the compiler knows the names and the codes", async () => {
  const { data, error } = await connect(baseUrl).GET("/users");

  // @ts-expect-error - names are camelCase
  assert.equal(data?.items[0]?.created_at, undefined);
  // @ts-expect-error - a code that this operation does not end in
  assert.notEqual(error?.code === "conflct", true);
  assert.equal(error?.code === "unauthorized", true);
});
