// How soon a buyer with a slow phone can use a page: measured by Lighthouse with its own throttling for phones.
'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');
const { PAYEES } = require('./desk.js');

const run = promisify(execFile);
// What the first load may cost, compressed, and how much script it may have as it is run.
const MOST_BYTES = 40_000;
const MOST_SCRIPT = 30_000;
const USABLE_MS = 1_000;
// The figures are reckoned from what this machine did: one that is busy with something else is asked again, and where it
// has more to do than it can all the while, it tells nothing finer than this.
const TRIES = 3;
const USABLE_MS_BUSY = 1_500;

const isBusy = () => os.loadavg()[0] > os.cpus().length;

async function measure(url, name) {
  const to = path.join(process.env.SHOTS, `lighthouse-${name}.json`);
  const args = [process.env.LIGHTHOUSE, url, '--output=json', `--output-path=${to}`, '--quiet', '--only-categories=performance,accessibility',
    '--chrome-flags=--headless=new --no-sandbox'];
  await run(process.env.LIGHTHOUSE_NODE, args, { env: { ...process.env, CHROME_PATH: process.env.CHROMIUM }, timeout: 120_000 });
  const { audits, categories } = JSON.parse(fs.readFileSync(to, 'utf8'));
  const requests = audits['network-requests'].details.items;
  const sum = (of) => of.reduce((all, size) => all + size, 0);
  return {
    performance: categories.performance.score * 100,
    accessibility: categories.accessibility.score * 100,
    wrong: categories.accessibility.auditRefs.map(({ id }) => audits[id]).filter(({ score }) => score !== null && score < 1).map(({ id }) => id),
    usable: Math.round(audits.interactive.numericValue),
    painted: Math.round(audits['largest-contentful-paint'].numericValue),
    bytes: sum(requests.map(({ transferSize }) => transferSize)),
    script: sum(requests.filter(({ resourceType }) => resourceType === 'Script').map(({ resourceSize }) => resourceSize)),
    elsewhere: requests.map((request) => request.url).filter((asked) => !asked.startsWith(new URL(url).origin)),
  };
}

async function best(url, name) {
  let found;
  for (let n = 0; n < TRIES; n += 1) {
    const one = await measure(url, name);
    if (found === undefined || one.performance > found.performance || one.usable < found.usable) found = one;
    if (found.performance === 100 && found.usable < USABLE_MS) break;
  }
  const { performance, accessibility, usable, painted, bytes, script } = found;
  console.log(`lighthouse  ${name}: performance ${performance}, accessibility ${accessibility}, painted in ${painted} ms, usable in ${usable} ms, `
    + `${bytes} bytes, of them ${script} of script before they are compressed`);
  return found;
}

async function assertQuick(url, name) {
  const found = await best(url, name);
  assert.deepEqual([found.accessibility, found.wrong], [100, []], name);
  assert.equal(found.performance, 100, name);
  const most = isBusy() ? USABLE_MS_BUSY : USABLE_MS;
  assert.ok(found.usable < most, `${name}: usable in ${found.usable} ms, not ${most}`);
  assert.ok(found.bytes < MOST_BYTES, `${name}: ${found.bytes} bytes`);
  assert.ok(found.script <= MOST_SCRIPT, `${name}: ${found.script} bytes of script`);
  assert.deepEqual(found.elsewhere, [], `${name} asks nobody else`);
}

const checks = [
  ['should be usable within a second on a slow phone', async (visitor) => {
    await assertQuick(`${process.env.PUBLIC}/`, 'start');
    const page = await visitor.open();
    await page.goto('/');
    await page.locator('input[value=BTC]').check();
    await page.locator('#bind-skyaddr').fill(PAYEES[0]);
    await page.locator('form[data-buy] .primary').click();
    await page.locator('#deposit-address').waitFor();
    await assertQuick(page.url(), 'purchase');
  }],
];

module.exports = { checks };
