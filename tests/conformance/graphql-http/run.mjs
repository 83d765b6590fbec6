// Usage: node run.mjs http://127.0.0.1:8080/graphql
// Runs all audits of graphql-http, the recommended ones included; fails unless every one passes.
import { auditServer } from "graphql-http";

const EXPECTED = 61;

const url = process.argv[2];
if (!url) {
  console.error("usage: node run.mjs <url of the GraphQL endpoint>");
  process.exit(2);
}

try {
  const results = await auditServer({ url });
  const failed = results.filter((result) => result.status !== "ok");
  for (const { id, name, status, reason } of failed) {
    console.error(`${status.padEnd(6)} ${id} ${name}: ${reason}`);
  }
  console.log(`${results.length - failed.length} of ${results.length}`);
  if (failed.length > 0 || results.length !== EXPECTED) process.exitCode = 1;
} catch (error) {
  console.error(`the audit could not run against ${url}: ${error.cause ?? error}`);
  process.exitCode = 2;
}
