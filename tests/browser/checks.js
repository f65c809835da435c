// What a buyer does on the page, and what they must find.
'use strict';

const assert = require('node:assert/strict');
const { PAYEES, confirm, deposit, eventually, newcomer } = require('./desk.js');
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

async function states(page, payee) {
  await page.goto(`/?skyaddr=${payee}`);
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
    assert.match(page.url(), /\/buy\/[\w-]{40,}$/);
    await shoot(page, `bound-${coin}`);
  }]),

  ['should follow a purchase of every coin until it is done', async (visitor) => {
    const page = await visitor.open();
    const payee = PAYEES[1];
    const links = [];
    for (const [coin, { value }] of Object.entries(COINS)) {
      const address = await (await bind(page, payee, coin)).textContent();
      links.push(page.url());
      if (coin === 'SKY') await page.getByText('Nothing has arrived yet').waitFor();
      else await deposit(coin, address, value);
    }
    const status = async (link) => {
      await page.goto(link);
      return page.locator('#live .purchase').first().getAttribute('data-status');
    };
    await eventually('a payout is on its way', async () => (await status(links[0])) === 'waiting_confirm');
    await shoot(page, 'purchase');
    for (const link of links.slice(0, 2)) {
      await eventually('it is done', async () => {
        await confirm();
        return (await status(link)) === 'done';
      });
    }
    for (const [link, words] of [[links[0], ['0.002 BTC', '1 SKY', 'Paid.']], [links[1], ['0.01 ETH', 'Paid.']]]) {
      await page.goto(link);
      const live = await page.locator('#live').innerText();
      for (const word of words) assert.ok(live.includes(word), `${word} is not in ${live}`);
    }
    await page.locator('summary', { hasText: 'Transactions' }).first().click();
    await page.locator('.purchase .mono').first().waitFor();
    await shoot(page, 'purchase-done');
    // Whoever knows the Skycoin address alone sees how far it is, and no more.
    await states(page, payee);
    const brief = await page.locator('main').innerText();
    assert.ok(brief.includes('BTC') && brief.includes('Paid.') && !brief.includes('0.002'), brief);
    assert.equal(await page.locator('summary', { hasText: 'Transactions' }).count(), 0);
    await shoot(page, 'purchases-brief');
  }],

  ['should show an unused address again', async (visitor) => {
    const page = await visitor.open();
    const first = await (await bind(page, PAYEES[0], 'ETH')).textContent();
    assert.equal(await (await bind(page, PAYEES[0], 'ETH')).textContent(), first);
  }],

  ['should lead to a purchase the browser alone that asked for it', async (visitor) => {
    const [page, payee] = [await visitor.open(), newcomer()];
    const address = await (await bind(page, payee, 'BTC')).textContent();
    const link = new URL(page.url()).pathname;
    assert.equal(await (await bind(page, payee, 'BTC')).textContent(), address);
    assert.equal(new URL(page.url()).pathname, link);
    // Who knows the payee alone is given the address that they are to send to, and no link.
    const other = await visitor.open();
    assert.equal(await (await bind(other, payee, 'BTC')).textContent(), address);
    assert.ok(!other.url().includes('/buy/') && !(await other.content()).includes(link), other.url());
  }],

  ['should take no form of another site', async (visitor) => {
    const page = await visitor.open();
    const fields = `<input name="skyaddr" value="${PAYEES[0]}"><input name="coin_type" value="BTC">`;
    await page.setContent(`<form method="post" action="${process.env.PUBLIC}/buy">${fields}<button>Go</button></form>`);
    await page.getByRole('button', { name: 'Go' }).click();
    assert.match(await page.getByRole('alert').textContent(), /another site/);
    assert.equal(await page.locator('#deposit-address').count(), 0);
  }],

  ['should keep a purchase at its link, and look again by itself', async (visitor) => {
    const page = await visitor.open();
    const payee = PAYEES[2];
    const address = await (await bind(page, payee, 'BTC')).textContent();
    const link = page.url();
    await page.reload();
    assert.equal(await page.locator('#deposit-address').textContent(), address, 'the same one');
    assert.equal(await page.locator('noscript meta[http-equiv=refresh], meta[http-equiv=refresh]').count(), 1);
    // Whoever knows a Skycoin address may look there: the deposit address is not told.
    await page.goto(`/?skyaddr=${payee}`);
    await page.locator('.purchase[data-status=waiting_deposit]').waitFor();
    assert.ok(!(await page.content()).includes(address));
    await page.goto(`${link.slice(0, -2)}xx`);
    assert.equal(await page.locator('h1').textContent(), 'There is no such purchase');
  }],

  ['should reckon without a script', async (visitor) => {
    const page = await visitor.open();
    await bind(page, newcomer(), 'BTC');
    await page.locator('input[name=get]').fill('1');
    await page.getByRole('button', { name: 'Put the amount into the QR code' }).click();
    await page.getByText('0.002 BTC = 1 SKY').waitFor();
    const wallet = await page.getByRole('link', { name: 'Open in a wallet' }).getAttribute('href');
    assert.match(wallet, /^bitcoin:\w+\?amount=0\.002$/);
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
    await page.locator('input[value=BTC]').focus();
    await page.keyboard.press('ArrowDown');
    assert.ok(await page.locator('input[value=ETH]').isChecked());
    for (let n = 0; n < 4; n += 1) await page.keyboard.press('Tab');
    await page.keyboard.type(PAYEES[0]);
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
