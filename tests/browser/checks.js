// What a buyer does on the page, and what they must find.
'use strict';

const assert = require('node:assert/strict');
const { PAYEES, confirm, deposit, eventually } = require('./desk.js');
const { shoot } = require('./look.js');

const BIND = '#bind-title';
const COINS = {
  BTC: { address: /^[13][1-9A-HJ-NP-Za-km-z]{25,33}$/, scheme: 'bitcoin', amount: '0.002', value: '200000' },
  ETH: { address: /^0x[0-9a-f]{40}$/i, scheme: 'ethereum', amount: '0.01', value: '10000000000000000' },
  SKY: { address: /^[1-9A-HJ-NP-Za-km-z]{26,35}$/, scheme: 'skycoin', amount: '1', value: '1000000' },
};

const form = (page, title) => page.locator('section', { has: page.locator(title) });

async function bind(page, payee, coin) {
  await page.goto('/');
  const card = form(page, BIND);
  await card.getByLabel('Your Skycoin address').fill(payee);
  await card.locator(`input[value=${coin}]`).check();
  await card.getByRole('button', { name: 'Get address' }).click();
  return page.locator('#deposit-address');
}

// What the page's own link has, which shows amounts and transactions.
async function secret(page) {
  const link = await page.getByRole('link', { name: 'Watch for my deposit' }).getAttribute('href');
  return new URL(link, 'http://desk').searchParams.get('secret');
}

async function states(page, payee, secrets = []) {
  await page.goto(`/?skyaddr=${payee}&secret=${secrets.join(',')}`);
  return page.locator('.purchase').evaluateAll((rows) => rows.map((row) => row.dataset.status));
}

async function awaitStates(page, payee, expected) {
  await eventually(`${payee} sees ${expected}`, async () => String(await states(page, payee)) === String(expected));
}

const checks = [
  ['should open without a script', async (visitor) => {
    const page = await visitor.open();
    const response = await page.goto('/');
    assert.equal(response.status(), 200);
    assert.equal(await page.title(), 'Buy Skycoin');
    assert.equal(await page.locator('h1').textContent(), 'Buy Skycoin with Bitcoin or Ether');
    assert.equal(await page.locator('script').count(), 0);
    await page.getByText('1 BTC = 500 SKY').waitFor();
    await shoot(page, 'start');
  }],

  ...Object.entries(COINS).map(([coin, rules]) => [`should give a deposit address for ${coin}`, async (visitor) => {
    const page = await visitor.open();
    const address = await (await bind(page, PAYEES[0], coin)).textContent();
    assert.match(address, rules.address);
    assert.equal(await page.locator('h1').textContent(), `Send ${coin} to this address`);
    const code = await page.locator('.qr svg').boundingBox();
    assert.ok(code.width >= 200 && code.height >= 200, `a QR code of ${code.width} by ${code.height}`);
    const wallet = page.getByRole('link', { name: 'Open in a wallet' });
    assert.equal(await wallet.getAttribute('href'), `${rules.scheme}:${address}`);
    assert.ok((await page.locator('.bound .facts').textContent()).includes(PAYEES[0]));
    await shoot(page, `bound-${coin}`);
  }]),

  ['should follow a purchase of every coin until it is done', async (visitor) => {
    const page = await visitor.open();
    const payee = PAYEES[1];
    const secrets = [];
    for (const [coin, { value }] of Object.entries(COINS)) {
      const address = await (await bind(page, payee, coin)).textContent();
      secrets.push(await secret(page));
      if (coin === 'SKY') await shoot(page, 'bound');
      else await deposit(coin, address, value);
    }
    await eventually('a payout is on its way', async () => (await states(page, payee, secrets)).includes('waiting_confirm'));
    await shoot(page, 'purchases');
    await eventually('both are done', async () => {
      await confirm();
      return String(await states(page, payee, secrets)) === 'done,done,waiting_deposit';
    });
    const rows = await page.locator('.purchase').allInnerTexts();
    for (const [row, words] of [[0, '0.002 BTC'], [0, '1 SKY'], [0, 'Paid.'], [1, '0.01 ETH'], [2, 'Waiting for a deposit of SKY.']]) {
      assert.ok(rows[row].includes(words), `${words} is not in ${rows[row]}`);
    }
    await page.locator('summary', { hasText: 'Transactions' }).first().click();
    await page.locator('.purchase .mono').first().waitFor();
    await shoot(page, 'purchases-done');
    // Whoever knows the Skycoin address alone sees how far it is, and no more.
    await states(page, payee);
    const brief = await page.locator('main').innerText();
    assert.ok(brief.includes('BTC deposit') && brief.includes('Paid.') && !brief.includes('0.002'), brief);
    assert.equal(await page.locator('summary', { hasText: 'Transactions' }).count(), 0);
    await shoot(page, 'purchases-brief');
  }],

  ['should show an unused address again', async (visitor) => {
    const page = await visitor.open();
    const first = await (await bind(page, PAYEES[0], 'ETH')).textContent();
    assert.equal(await (await bind(page, PAYEES[0], 'ETH')).textContent(), first);
  }],

  ['should take no form of another site', async (visitor) => {
    const page = await visitor.open();
    const fields = `<input name="skyaddr" value="${PAYEES[0]}"><input name="coin_type" value="BTC">`;
    await page.setContent(`<form method="post" action="${process.env.PUBLIC}/">${fields}<button>Go</button></form>`);
    await page.getByRole('button', { name: 'Go' }).click();
    assert.match(await page.getByRole('alert').textContent(), /another site/);
    assert.equal(await page.locator('#deposit-address').count(), 0);
  }],

  ['should lead from the address to its purchases', async (visitor) => {
    const page = await visitor.open();
    const payee = PAYEES[2];
    const address = await (await bind(page, payee, 'BTC')).textContent();
    await page.getByRole('link', { name: 'Watch for my deposit' }).click();
    await page.locator('.purchase[data-status=waiting_deposit]').waitFor();
    assert.equal(await page.locator('meta[http-equiv=refresh]').count(), 1);
    // Whoever knows a Skycoin address may look here: the deposit address is not told.
    assert.ok(!(await page.content()).includes(address));
    await page.getByRole('link', { name: 'Stop' }).click();
    assert.equal(await page.locator('meta[http-equiv=refresh]').count(), 0);
    await page.getByRole('link', { name: 'Refresh', exact: true }).click();
    await page.locator('.purchase[data-status=waiting_deposit]').waitFor();
  }],

  ['should say that a deposit is too small', async (visitor) => {
    const page = await visitor.open();
    const payee = PAYEES[2];
    const address = await (await bind(page, payee, 'BTC')).textContent();
    await deposit('BTC', address, '199');
    // The address of the check before was never used: it is the same.
    await awaitStates(page, payee, ['done']);
    const row = await page.locator('.purchase').last().innerText();
    assert.ok(row.includes('Not paid') && row.includes('The deposit is too small to be paid out.'), row);
  }],

  ['should say in words that an address is wrong', async (visitor) => {
    const page = await visitor.open();
    await bind(page, '7HpXWw9KfqsRwDJCSaDqgPUx1uiEvxYzwm', 'ETH');
    const alert = page.getByRole('alert');
    assert.match(await alert.textContent(), /That is not a Skycoin address \(invalid checksum\)/);
    const field = form(page, BIND).getByLabel('Your Skycoin address');
    assert.equal(await field.inputValue(), '7HpXWw9KfqsRwDJCSaDqgPUx1uiEvxYzwm');
    assert.equal(await field.getAttribute('aria-describedby'), 'problem');
    assert.ok(await page.locator('input[value=ETH]').isChecked(), 'the choice is kept');
    await shoot(page, 'problem');

    const other = form(page, '#status-title');
    await other.getByLabel('Your Skycoin address').fill('nonsense');
    await other.getByRole('button', { name: 'Show' }).click();
    assert.match(await alert.textContent(), /That is not a Skycoin address/);
    assert.equal(await other.getByLabel('Your Skycoin address').getAttribute('aria-invalid'), 'true');
  }],

  ['should say in words that there are no more addresses for somebody', async (visitor) => {
    const page = await visitor.open();
    const unused = await (await bind(page, PAYEES[3], 'ETH')).textContent();
    // Four are the most here.
    for (let n = 0; n < 3; n += 1) {
      const address = await (await bind(page, PAYEES[3], 'BTC')).textContent();
      await deposit('BTC', address, '199');
    }
    await bind(page, PAYEES[3], 'BTC');
    assert.match(await page.getByRole('alert').textContent(), /as many deposit addresses as it can have/);
    assert.ok((await page.locator('.unused').innerText()).includes(unused), 'what can still be used is shown');
    await shoot(page, 'no-more');
  }],

  ['should not send an empty form', async (visitor) => {
    const page = await visitor.open();
    await page.goto('/');
    await form(page, BIND).getByRole('button', { name: 'Get address' }).click();
    assert.equal(await page.locator('input:invalid').count(), 2, 'the browser itself asks for the address');
    assert.equal(await page.getByRole('alert').count(), 0);
  }],

  ['should be usable with the keyboard alone', async (visitor) => {
    const page = await visitor.open();
    await page.goto('/');
    await form(page, BIND).getByLabel('Your Skycoin address').focus();
    await page.keyboard.type(PAYEES[0]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    assert.ok(await page.locator('input[value=ETH]').isChecked());
    await page.keyboard.press('Enter');
    await page.locator('#deposit-address').waitFor();
    assert.match(await page.locator('#deposit-address').textContent(), COINS.ETH.address);
  }],

  ['should answer the questions one has', async (visitor) => {
    const page = await visitor.open();
    await page.goto('/');
    for (const summary of await page.locator('.questions summary').all()) await summary.click();
    await page.getByText('0.000002 BTC').waitFor();
    await shoot(page, 'questions');
  }],
];

module.exports = { checks };
