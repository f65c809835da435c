// What a buyer finds on the page where scripts run: it is live.
'use strict';

const assert = require('node:assert/strict');
const { PAYEES, confirm, deposit, eventually, newcomer } = require('./desk.js');
const { shoot } = require('./look.js');

const WITH_SCRIPT = { javaScriptEnabled: true };

async function bind(page, payee, coin) {
  await page.goto('/');
  await page.locator(`input[value=${coin}]`).check();
  await page.locator('#bind-skyaddr').fill(payee);
  await page.locator('form[data-buy] .primary').click();
  await page.locator('#deposit-address').waitFor();
  return page.locator('#deposit-address').textContent();
}

const status = (page) => page.locator('#live .purchase').first().getAttribute('data-status');
const isLive = (page) => page.locator('[data-state=live]').waitFor();

const checks = [
  ['should show a purchase as it happens, in two windows', async (visitor) => {
    const page = await visitor.open(WITH_SCRIPT);
    const address = await bind(page, newcomer(), 'BTC');
    const other = await visitor.open({ ...WITH_SCRIPT, locale: 'ru' });
    await other.goto(page.url());
    await Promise.all([isLive(page), isLive(other)]);
    await deposit('BTC', address, '200000');
    for (const window of [page, other]) {
      await eventually('it is seen without a reload', async () => /waiting/.test(await status(window)));
      await window.getByText('0.002 BTC').first().waitFor();
    }
    await page.locator('summary', { hasText: 'Transactions' }).first().click();
    await eventually('it is done without a reload', async () => {
      await confirm();
      return (await status(page)) === 'done' && (await status(other)) === 'done';
    });
    assert.ok(await page.locator('#live details').first().evaluate((one) => one.open), 'what was opened stays open');
    assert.match(await other.locator('#live').innerText(), /Готово/);
    await shoot(page, 'live');
    await shoot(other, 'live-ru');
  }],

  ['should go on by asking where the stream is cut off', async (visitor) => {
    const page = await visitor.open(WITH_SCRIPT);
    await page.clock.install();
    await page.route('**/events', (route) => route.fulfill({ status: 503, body: 'Too many' }));
    const address = await bind(page, PAYEES[2], 'ETH');
    await page.locator('[data-state=asking]').waitFor();
    assert.match(await page.locator('[data-live-state]').textContent(), /Not live at the moment/);
    await deposit('ETH', address, '10000000000000000');
    await eventually('it asks', async () => {
      await page.clock.fastForward(15_000);
      return (await page.locator('#live').innerText()).includes('0.01 ETH');
    });
    visitor.forgive(/503|events/);
  }],

  ['should check an address while it is typed', async (visitor) => {
    const page = await visitor.open(WITH_SCRIPT);
    await page.goto('/');
    const said = page.locator('#payee-said');
    await page.locator('#bind-skyaddr').pressSequentially('7HpXWw9KfqsRwDJCSaDqgPUx1uiEvxYzwm');
    await page.locator('#payee-said[data-state=wrong]').waitFor();
    assert.match(await said.textContent(), /checksum|mistyped|letter/i);
    await page.locator('#bind-skyaddr').fill(PAYEES[0]);
    await page.locator('#payee-said[data-state=good]').waitFor();
  }],

  ['should reckon both ways while an amount is typed', async (visitor) => {
    const page = await visitor.open(WITH_SCRIPT);
    await page.goto('/');
    await page.locator('input[name=send]').fill('0.5');
    assert.equal(await page.locator('input[name=get]').inputValue(), '250');
    await page.locator('input[value=ETH]').check();
    assert.equal(await page.locator('input[name=get]').inputValue(), '50');
    await page.locator('input[name=get]').fill('1');
    assert.equal(await page.locator('input[name=send]').inputValue(), '0.01');
    await page.locator('input[name=get]').fill('lots');
    await page.getByText('Please enter an amount such as 0.25.').waitFor();
  }],

  ['should copy the address', async (visitor) => {
    const page = await visitor.open({ ...WITH_SCRIPT, permissions: ['clipboard-read', 'clipboard-write'] });
    const address = await bind(page, newcomer(), 'ETH');
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), address);
  }],

  ['should speak four languages', async (visitor) => {
    for (const [locale, title] of [['en', 'Send'], ['zh-CN', '请将'], ['ru-RU', 'Отправьте'], ['es-MX', 'Envíe']]) {
      const page = await visitor.open({ ...WITH_SCRIPT, locale });
      await bind(page, newcomer(), 'BTC');
      assert.ok((await page.locator('h1').textContent()).includes(title), locale);
    }
    const page = await visitor.open(WITH_SCRIPT);
    await page.goto('/');
    await page.getByRole('link', { name: 'Español' }).click();
    await page.getByText('Obtener una dirección de depósito').waitFor();
    await page.goto('/');
    await page.getByText('Obtener una dirección de depósito').waitFor();
    await shoot(page, 'start-es');
  }],

  ['should let a visitor play the other side', async (visitor) => {
    const page = await visitor.open(WITH_SCRIPT);
    await bind(page, PAYEES[2], 'BTC');
    const act = (name) => page.getByRole('button', { name, exact: true }).click();
    await act('Deposit');
    await page.getByText('Waiting for confirmations of the deposit').waitFor();
    await shoot(page, 'play');
    await act('Fork: take the last deposit back');
    await page.getByText('Waiting for the deposit to be in a block again').waitFor();
    await act('Confirm it');
    // What was paid in other checks is on its way as well, and the wallet has one thing to spend.
    await eventually('it is done', async () => {
      await act('Confirm it');
      return (await status(page)) === 'done';
    });
  }],
];

module.exports = { checks };
