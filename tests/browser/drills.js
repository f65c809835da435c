// What an operator has to be able to do when things go wrong, by the desk alone: each drill says how long it took. The
// world is made by simnet and the check; whatever is done about it is done in the browser.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { PAYEES, eventually } = require('./desk.js');
const { World, dummyDesk } = require('./world.js');
const operator = require('./operator.js');

const SOME = 200_000;

// Plays an operator at a desk, from the moment that they are called.
async function drill(visitor, name, desk, act) {
  const page = await operator.open(visitor, '', { baseURL: desk.admin });
  const began = performance.now();
  const at = new Operator(page);
  await act(at);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`drill   ${name}: ${seconds} s`);
  await page.screenshot({ path: `${process.env.SHOTS}/drill-${name.replaceAll(' ', '-')}.png`, fullPage: true });
}

class Operator {
  constructor(page) {
    this.page = page;
  }

  async go(view) {
    await operator.go(this.page, view);
  }

  // Waits until the view says so.
  async sees(words) {
    await this.page.locator('main').getByText(words).first().waitFor();
  }

  // A problem that the overview tells, by its first words.
  async isTold(problem) {
    await this.go('');
    await this.page.locator('.problems').getByText(problem).first().waitFor();
  }

  async isWell(problem) {
    await this.go('');
    await eventually(`${problem} is over`, async () => await this.page.locator('.problems').getByText(problem).count() === 0);
  }

  // Presses a button, looks at what it would do, gives a reason, and does it.
  async does(button, why, fill = {}) {
    const box = await operator.act(this.page, button, why, fill);
    await box.locator('.notice.accent').waitFor();
    await box.locator('button[type=submit]').click();
    await box.locator('.notice.good').waitFor();
    const said = await box.locator('.notice.good').innerText();
    await box.getByRole('button', { name: 'Close', exact: true }).last().click();
    return said;
  }
}

const statuses = (desk) => async () => (await desk.api('/api/deposits')).deposits ?? await desk.api('/api/deposits');
const isDone = (desk, count) => eventually(`${count} are done`, async () =>
  (await statuses(desk)()).filter(({ status }) => status === 'done').length === count);

// Bitcoin is followed, and addresses are given out.
async function ready(world) {
  await eventually('addresses are given out', async () => (await world.desk.asked(PAYEES[0], 'BTC')).status === 200);
}

const checks = [
  ['should be a drill: a fork took back a paid deposit', async (visitor) => {
    const world = await World.start();
    const { desk } = world;
    await ready(world);
    await world.deposit(await desk.bind(PAYEES[1], 'BTC'), SOME);
    await isDone(desk, 1);
    await world.ask('btc/reorg', { depth: 2, length: 5 });
    await drill(visitor, 'a fork took back a paid deposit', desk, async (at) => {
      await at.isTold('Taken back');
      await at.page.getByRole('link', { name: /Taken back paid/ }).click();
      await at.sees('#1');
      await at.does(/^Accept the loss/, 'the buyer was paid, and the coins did not come back: a loss');
      await at.sees('Nothing of this kind waits.');
      await at.go('accounting');
      await at.sees('Paid for lost deposits');
      await at.go('deposits/1');
      await at.sees('the buyer was paid, and the coins did not come back: a loss');
      await at.isWell('Taken back');
    });
    await visitor.leave();
    await world.stop();
  }],

  ['should be a drill: the wallet is empty', async (visitor) => {
    const world = await World.start();
    const { desk } = world;
    await ready(world);
    // Worth more than the million that is there.
    await world.deposit(await desk.bind(PAYEES[1], 'BTC'), 300_000_000_000);
    await drill(visitor, 'the wallet is empty', desk, async (at) => {
      await eventually('it is held', async () => (await desk.api('/api/wallet')).held === 1);
      await at.go('');
      await at.sees('1 payout held');
      // Nobody else is to wait for coins that are not there.
      await at.go('switches');
      await at.does('Switch off: Give out addresses', 'the wallet is empty');
      assert.equal((await desk.asked(PAYEES[2], 'BTC')).status, 403);
      await at.go('wallet');
      await at.sees('Where coins come to it');
      const address = await at.page.locator('.bare .id code').first().getAttribute('title');
      await world.ask('sky/deposit', { address, amount: 1_000_000_000_000, hours: 1_000_000 });
      await eventually('it is paid', async () => (await desk.api('/api/deposits/1')).status === 'done');
      await at.go('switches');
      await at.does('Switch on: Give out addresses', 'it is filled again');
      await at.go('deposits/1');
      await at.sees('Payouts settled');
      await at.isWell('Binding off');
    });
    await visitor.leave();
    await world.stop();
  }],

  ['should be a drill: a node is lost', async (visitor) => {
    const world = await World.start();
    const { desk } = world;
    await ready(world);
    await world.ask('btc/trouble', { kind: 'unreachable' });
    await drill(visitor, 'a node is lost', desk, async (at) => {
      await at.isTold(/cannot be bound|does not answer|cannot be reached/);
      await at.go('chains');
      await at.sees('unreachable');
      await at.go('switches');
      await at.does('Switch off: BTC', 'its node is gone, another one is set up');
      const page = await (await fetch(desk.public)).text();
      assert.match(page, /the operator has switched it off for now/);
      await world.ask('btc/trouble', undefined, 'DELETE');
      await at.go('chains');
      await at.page.getByRole('button', { name: 'Look now: BTC' }).click();
      await at.page.locator('dialog[open] button[type=submit]').click();
      await at.page.locator('dialog[open] .notice.good').waitFor();
      await at.page.keyboard.press('Escape');
      await eventually('it is followed', async () => (await desk.api('/api/chains')).BTC.node === 'ok');
      await at.go('switches');
      await at.does('Switch on: BTC', 'the node is there again');
      await at.isWell(/BTC cannot be bound/);
    });
    assert.equal((await desk.asked(PAYEES[1], 'BTC')).status, 200);
    await visitor.leave();
    await world.stop();
  }],

  ['should be a drill: a wrong rate', async (visitor) => {
    // Ten times as much as it should be.
    const desk = await dummyDesk({ more: '[sky_exchanger]\nsky_btc_exchange_rate = "5000"' });
    const address = await desk.bind(PAYEES[0], 'BTC');
    await drill(visitor, 'a wrong rate', desk, async (at) => {
      await at.go('switches');
      await at.does('Switch off: Send payouts', 'the rate is wrong');
      const arrive = (n) => fetch(`${desk.dummy}/dummy/scanner/deposit?coin=BTC&addr=${address}&value=200000&height=1&tx=${String(n).repeat(64)}`);
      assert.equal((await arrive(1)).status, 200);
      await at.go('prices');
      await at.does('Set the price: BTC', 'it is 500, not 5000', { 'SKY for one': '500' });
      await at.sees('it is 500, not 5000');
      assert.equal((await arrive(2)).status, 200);
      // What was promised at the wrong one has not left.
      await at.go('deposits');
      await at.page.getByRole('link', { name: '#1' }).click();
      await at.sees('10 SKY');
      await at.does(/^Pay nothing for it/, 'promised at a wrong rate: agreed with the buyer, who is paid by hand');
      await at.go('switches');
      await at.does('Switch on: Send payouts', 'the rate is right');
      await eventually('the other is sent', async () => (await desk.api('/api/deposits/2')).status === 'waiting_confirm');
      await at.go('deposits/2');
      await at.sees('1 SKY');
      await at.go('deposits/1');
      await at.sees('not paid');
    });
    await visitor.leave();
    await desk.stop();
  }],

  ['should be a drill: a backup was restored', async (visitor) => {
    const world = await World.start();
    const { desk } = world;
    await ready(world);
    const address = await desk.bind(PAYEES[1], 'BTC');
    const page = await operator.open(visitor, 'backup', { baseURL: desk.admin });
    const [backup] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download a backup' }).click()]);
    const copy = path.join(world.at, 'copy.db');
    await backup.saveAs(copy);
    await page.context().close();
    await world.deposit(address, SOME);
    await isDone(desk, 1);
    // The machine is lost, and the copy of before is all that there is.
    await desk.stop();
    const [name] = fs.readdirSync(desk.data).filter((file) => file.endsWith('.db'));
    fs.copyFileSync(copy, path.join(desk.data, name));
    await desk.start();
    await drill(visitor, 'a backup was restored', desk, async (at) => {
      await at.isTold(/Unreconciled/);
      await at.go('wallet');
      await at.sees('as owed for');
      await at.does(/^It paid deposits/, 'paid before the machine was lost');
      await at.sees('Every spend of the wallet is explained.');
      await at.isWell(/Unreconciled/);
      await eventually('it is done', async () => (await desk.api('/api/deposits/1')).status === 'done');
      await at.go('deposits/1');
      await at.sees('done');
      await at.go('accounting');
      await at.sees('0 paid twice');
    });
    const paid = await desk.api('/api/transactions');
    assert.equal(paid.transactions.length, 1, 'it was paid once');
    await visitor.leave();
    await world.stop();
  }],

  ['should be a drill: an order is stuck', async (visitor) => {
    const world = await World.start({ exchange: true });
    const { desk } = world;
    await ready(world);
    await world.ask('exchange/fund', { asset: 'BTC', amount: '5' });
    // It tells that more was bought than was ordered, which nobody believes.
    world.venue.lie = (text) => text.replace(/"executedQty":"[^"]*"/g, '"executedQty":"99999"');
    await world.deposit(await desk.bind(PAYEES[1], 'BTC'), 2_000_000);
    await drill(visitor, 'an order is stuck', desk, async (at) => {
      await at.isTold('Orders held');
      await at.page.getByRole('link', { name: /Order held/ }).click();
      await at.sees('99999');
      assert.equal(await at.page.getByRole('button', { name: /^Book what came of it/ }).count(), 1);
      // The exchange has it: nobody is offered to say that it never was.
      assert.equal(await at.page.getByRole('button', { name: /^It never was/ }).count(), 0);
      // The exchange has seen its mistake.
      world.venue.lie = undefined;
      await at.does(/^Look it up again/, 'their support has mended it');
      await at.sees('Nothing of this kind waits.');
      await at.isWell('Orders held');
      await eventually('it is done', async () => (await desk.api('/api/deposits/1')).status === 'done');
      await at.go('deposits/1');
      await at.sees('Payouts settled');
    });
    await visitor.leave();
    await world.stop();
  }],
];

module.exports = { checks };
