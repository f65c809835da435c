// What keeps people out of a page, by the rules that axe-core knows.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');

const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function assertAccessible(page, name) {
  await page.evaluate(`window.axe === undefined && (() => { ${AXE} })()`);
  const found = await page.evaluate((rules) => axe.run({ runOnly: rules }), RULES);
  const told = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join('\n    ')}`);
  assert.deepEqual(told, [], name);
}

module.exports = { assertAccessible };
