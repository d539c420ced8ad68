#!/usr/bin/env node
// A router in Node that keeps Waymark's protocol, with nothing to install: prompts
// that ask for code, or are long, go to the last model of the pool.
'use strict';
const readline = require('node:readline');

let models = [];

function pick(query) {
  const start = process.hrtime.bigint();
  const text = query.messages.map((m) => m.content).join('\n');
  const words = text.split(/\s+/).filter(Boolean).length;
  const code = /```|\b(function|class|def|SELECT)\b/.test(text);
  const hard = code || words >= 20;
  return {
    id: query.id,
    model: hard ? models[models.length - 1] : models[0],
    signal: words,
    reason: code ? 'it asks for code' : `${words} words`,
    cost_usd: 0,
    latency_ms: Number(process.hrtime.bigint() - start) / 1e6,
  };
}

function answer(message) {
  switch (message.type) {
    case 'hello':
      models = message.models;
      return { ready: { protocol: 1, name: 'node-example', version: '1', mode: 'select', batch: 64 } };
    case 'select':
      return { picks: message.queries.map(pick) };
    default:
      return { error: `unknown type ${message.type}` };
  }
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  process.stdout.write(JSON.stringify({ n: message.n, ...answer(message) }) + '\n');
});
