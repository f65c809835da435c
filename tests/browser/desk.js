// The world outside: deposits that arrive, payouts that are confirmed.
'use strict';

const assert = require('node:assert/strict');

const PATIENCE = 30_000;
let deposits = 0;

async function dummy(path) {
  const response = await fetch(process.env.DUMMY + path);
  const body = await response.text();
  assert.equal(response.status, 200, `${path}: ${body}`);
  return body;
}

async function deposit(coin, address, value) {
  deposits += 1;
  const tx = deposits.toString(16).padStart(64, '0');
  await dummy(`/dummy/scanner/deposit?coin=${coin}&addr=${address}&value=${value}&height=1&tx=${tx}`);
  return tx;
}

// Confirms whatever has been sent.
async function confirm() {
  const sent = JSON.parse(await dummy('/dummy/sender/broadcasts'));
  for (const { txid, confirmed } of sent) {
    if (!confirmed) await dummy(`/dummy/sender/confirm?txid=${txid}`);
  }
}

// Asks until there is an answer.
async function eventually(what, probe) {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const answer = await probe();
    if (answer) return answer;
    assert.ok(Date.now() < deadline, `waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// Skycoin addresses of nobody in particular.
const PAYEES = [
  '2ANKJFgszWDKS9vUEEkHCDBUDmsxSfxc12y',
  '7HpXWw9KfqsRwDJCSaDqgPUx1uiEvw51fR',
  '2LTJYMhQ8gxPwatn8tqwfoLmAhUvkrpdexL',
  '2Z1aJ982HGK8cTt4BZddvhDcLuEUJshYNjF',
];

// Addresses that nobody has asked for yet: each browser is shown the page of its own purchase alone.
const NEWCOMERS = [
  'E5KqKT7xppz5mSNskWhrf95aoinjn9RFZh',
  '25ri9SJq7or1zE13Yv7WwLZmcY3BFqW3hLV',
  'acBcPb7Taj4joemZBq1yQJLSKgtuVSScEf',
  '2Shu2DzS4ZEpTxT5HVXppg1BcCY8PquDCNr',
  '2Rccex3dA94kTDxfJQAVhjjQgX6zbB4Rx6i',
  'nMThkmnAu81o4VLbFCRD38sbCxqqaoQ3Vu',
  '2XBUQQd2gxfLRczs7neyvjaoeML6RLFaN71',
  'k8oZVj4fgUXaNW3d6N8FUFMTsQtPVGqeL7',
];

function newcomer() {
  const payee = NEWCOMERS.pop();
  assert.ok(payee, 'desk.js needs more addresses of newcomers');
  return payee;
}

module.exports = { PAYEES, confirm, deposit, eventually, newcomer };
