// Appends events with emmett's PostgreSQL event store, each to a fresh stream, and prints the rate and the latency:
//   node emmett.mjs DATABASE CALLERS SECONDS PAYLOAD METADATA
// The server is found through PGHOST and PGUSER.
import { randomUUID } from 'node:crypto';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';

const [database, callers, seconds, payload, metadata] = process.argv.slice(2);
const { PGHOST: host, PGUSER: user } = process.env;
const count = Number(callers);
const time = Number(seconds) * 1000;
const pool = new pg.Pool({ host, user, database, max: count });
const store = getPostgreSQLEventStore(`postgresql://${user}@localhost/${database}`, {
  connectionOptions: { pool },
});
await store.schema.migrate();

// All connections are made before anything is measured.
const clients = await Promise.all(Array.from({ length: count }, () => pool.connect()));
for (const client of clients) client.release();

const data = JSON.parse(payload);
const about = JSON.parse(metadata);
const begin = performance.now() + time / 5;
const end = begin + time;
const latencies = [];

async function call() {
  for (;;) {
    const start = performance.now();
    if (start >= end) return;
    const event = { type: 'team.defined', data, metadata: about };
    await store.appendToStream(`team-${randomUUID()}`, [event], { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' });
    const answered = performance.now();
    if (start >= begin && answered <= end) latencies.push(answered - start);
  }
}

await Promise.all(Array.from({ length: count }, call));
latencies.sort((a, b) => a - b);
const p99 = latencies[Math.round((latencies.length - 1) * 0.99)] ?? null;
console.log(JSON.stringify({ rate: latencies.length / Number(seconds), p99 }));
await pool.end();
process.exit(0);
