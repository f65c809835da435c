// What an operator does at the desk, and what they must find: on a desk of its own, whose wallet is soon empty.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { assertAccessible } = require('./access.js');
const { PAYEES, eventually } = require('./desk.js');
const { dummyDesk } = require('./world.js');

const SIZES = { desktop: { width: 1360, height: 900 }, phone: { width: 390, height: 844 } };
const NARROW = { width: 320, height: 640 };
const VIEWS = ['', 'waiting', 'switches', 'deposits', 'payouts', 'exchange', 'prices', 'accounting', 'wallet', 'chains', 'addresses', 'receivers', 'backup'];

const PASSWORDS = { anna: 'green lamps over quiet water', vera: 'seven slow trains at noon' };

// Opens the desk as somebody with JavaScript, who asks nobody but the desk.
async function open(visitor, view = '', options = {}) {
  const page = await visitor.open({ javaScriptEnabled: true, baseURL: process.env.DESK, viewport: SIZES.desktop, ...options });
  const { origin } = new URL(options.baseURL ?? process.env.DESK);
  // Asked of every service, to know who is there.
  visitor.expects(/\/api\/session$/);
  page.on('request', (request) => {
    const { protocol } = new URL(request.url());
    if (!['data:', 'blob:'].includes(protocol) && !request.url().startsWith(`${origin}/`)) visitor.complaints.push(`it asks ${request.url()}`);
  });
  await page.goto(`/#/${view}`);
  await settled(page);
  return page;
}

// Nothing is being waited for any more.
async function settled(page) {
  await page.locator('h1').first().waitFor();
  await eventually('it is there', async () => await page.locator('.loading').count() === 0);
}

async function go(page, view) {
  await page.evaluate((to) => { location.hash = `#/${to}`; }, view);
  await settled(page);
}

async function dummy(path) {
  const response = await fetch(process.env.DESK_DUMMY + path);
  assert.equal(response.status, 200, `${path}: ${await response.clone().text()}`);
  return response.text();
}

async function bind(payee, coin) {
  const body = JSON.stringify({ skyaddr: payee, coin_type: coin });
  const answer = await fetch(`${process.env.DESK_PUBLIC}/api/bind`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()).deposit_address;
}

const api = async (path) => (await fetch(process.env.DESK + path)).json();

let made = 0;

async function arrive(coin, address, value) {
  made += 1;
  const tx = made.toString(16).padStart(64, 'd');
  await dummy(`/dummy/scanner/deposit?coin=${coin}&addr=${address}&value=${value}&height=${made}&tx=${tx}`);
  return tx;
}

async function confirm() {
  for (const { txid, confirmed } of JSON.parse(await dummy('/dummy/sender/broadcasts'))) {
    if (!confirmed) await dummy(`/dummy/sender/confirm?txid=${txid}`);
  }
}

// Something of everything: paid, on its way, too much for the wallet, too small, and bound alone.
let isBusy = false;

async function busy() {
  if (isBusy) return;
  isBusy = true;
  const address = await bind(PAYEES[0], 'BTC');
  const ether = await bind(PAYEES[1], 'ETH');
  await bind(PAYEES[2], 'SKY');
  for (const value of [200000, 1200000, 350000]) await arrive('BTC', address, value);
  await arrive('ETH', ether, '30000000000000000');
  await eventually('they are paid', async () => {
    await confirm();
    return (await api('/api/deposits?status=done')).deposits.length === 4;
  });
  await arrive('ETH', ether, '20000000000000000');
  await arrive('BTC', address, 150);
  await arrive('BTC', address, 40000000);
  await eventually('one is held', async () => (await api('/api/waiting?code=held_coins')).deposits.length === 1);
}

async function assertNoSidewaysScroll(page, name) {
  for (const size of [NARROW, ...Object.values(SIZES)]) {
    await page.setViewportSize(size);
    const [content, view] = await page.evaluate(() => {
      const root = document.scrollingElement;
      return [root.scrollWidth, root.clientWidth];
    });
    const wide = content <= view ? [] : await page.evaluate((right) => [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > right + 0.5)
      .map((element) => element.outerHTML.slice(0, 120)), view);
    assert.ok(content <= view, `${name}: ${content} px wide in a window of ${view}: ${wide.slice(-3).join('\n')}`);
  }
}

async function shoot(page, name) {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      await page.waitForTimeout(150);
      await page.screenshot({ path: `${process.env.SHOTS}/desk-${name}-${size}-${scheme}.png`, fullPage: true });
    }
    await assertAccessible(page, `${name}, ${scheme}`);
  }
  await assertNoSidewaysScroll(page, name);
  await page.setViewportSize(SIZES.desktop);
}

const dialog = (page) => page.locator('dialog[open]');

async function act(page, name, why, fill = {}) {
  await page.getByRole('button', { name }).first().click();
  const box = dialog(page);
  for (const [label, value] of Object.entries(fill)) await box.getByLabel(label).fill(value);
  await box.getByLabel('Reason').fill(why);
  const own = box.getByLabel(/^Your name/);
  if (await own.count() > 0) await own.fill('anna');
  return box;
}

const checks = [
  ['should show every view of the desk without a complaint', async (visitor) => {
    await busy();
    const page = await open(visitor);
    for (const view of VIEWS) {
      await go(page, view);
      await shoot(page, view === '' ? 'overview' : view);
    }
  }],

  ['should say how the desk fares', async (visitor) => {
    await busy();
    const page = await open(visitor);
    await page.locator('.plot canvas').first().waitFor();
    assert.match(await page.locator('.plot').first().getAttribute('aria-label'), /Deposits 7, Payouts 4/);
    assert.match(await page.locator('.plot').last().getAttribute('aria-label'), /Half within (under )?\d+ s/);
    const figures = await page.locator('.figures-row').innerText();
    for (const words of ['Waiting for you', 'Owed', '1 payout held', 'Deposit to payout']) {
      assert.ok(figures.includes(words), `${words} is not in ${figures}`);
    }
    await page.getByRole('link', { name: /Held coins/ }).click();
    await page.getByRole('heading', { name: 'Held coins' }).waitFor();
    await page.locator('tbody tr').first().waitFor();
    assert.equal(await page.locator('tbody tr').count(), 1);
  }],

  ['should find a deposit and tell its whole story', async (visitor) => {
    await busy();
    const page = await open(visitor, 'deposits');
    const payee = PAYEES[1];
    await page.getByRole('searchbox').fill(payee);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('2 deposits, 0 transactions and 1 address found.').waitFor();
    await page.getByRole('link', { name: '#4' }).click();
    await page.getByRole('heading', { name: 'Deposit 4' }).waitFor();
    const story = page.locator('.story');
    for (const words of ['Deposit address bound', 'Deposit seen', 'Deposit confirmed', 'Payout transaction sent', 'Payouts settled']) {
      await story.getByText(words, { exact: true }).waitFor();
    }
    await shoot(page, 'deposit');
    await page.getByRole('link', { name: /^transaction #/ }).click();
    await page.getByRole('heading', { name: /^Payout transaction/ }).waitFor();
    await settled(page);
    await shoot(page, 'payout');
  }],

  ['should set a price with a reason, tell it, and take it back', async (visitor) => {
    const page = await open(visitor, 'prices');
    const box = await act(page, 'Set the price: BTC', 'the market is closed', { 'SKY for one': '600' });
    await shoot(page, 'dialog');
    await page.setViewportSize(SIZES.desktop);
    await box.getByRole('button', { name: 'Set the price' }).click();
    await box.getByText('BTC is 600 SKY from now on, for deposits that have no price yet.').waitFor();
    await box.getByRole('button', { name: 'Close', exact: true }).last().click();
    await page.locator('.notice', { hasText: 'the market is closed' }).waitFor();
    const again = await act(page, 'Follow the source again: BTC', 'it is open again');
    await again.getByRole('button', { name: 'Follow the source again' }).click();
    await again.getByText(/priced as it is configured again/).waitFor();
  }],

  ['should void a payout on a phone, and say what was refused', async (visitor) => {
    await busy();
    const page = await open(visitor, 'waiting/held_coins', { viewport: NARROW });
    const box = await act(page, /^Pay nothing for it/, 'the buyer has asked for it');
    await box.getByRole('button', { name: 'Pay nothing for it' }).click();
    await box.getByText('Deposit 7 is void: nothing is paid out for it.').waitFor();
    await box.getByRole('button', { name: 'Close', exact: true }).last().click();
    await page.getByText('Nothing of this kind waits.').waitFor();
    await go(page, 'deposits/7');
    await page.locator('.story').getByText(/the buyer has asked for it/).waitFor();
    await shoot(page, 'ruled');
  }],

  ['should let people in and keep them to what they may do', async (visitor) => {
    const people = process.env.DESK_PEOPLE;
    // A service that knows no people has nothing to be kept to.
    if ((await fetch(`${people}/api/session`)).status === 404) return;
    const added = async (name, role) => {
      const body = JSON.stringify({ name, role, password: PASSWORDS[name] });
      return (await fetch(`${people}/api/people`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })).status;
    };
    // With the first one nobody gets in any more without a log-in.
    assert.equal(await added('anna', 'approve'), 201);
    assert.equal(await added('vera', 'view'), 401);
    visitor.expects(/./);
    const page = await open(visitor, '', { baseURL: people });
    await page.getByRole('heading', { name: 'Teller desk' }).waitFor();
    await shoot(page, 'login');
    const logIn = async (name, password) => {
      await page.getByLabel('Name').fill(name);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Log in', exact: true }).click();
    };
    await logIn('anna', 'a guess');
    await page.getByText('name, password or code is wrong').waitFor();
    await logIn('anna', PASSWORDS.anna);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await go(page, 'people');
    await page.getByLabel('Name', { exact: true }).fill('vera');
    await page.getByLabel('First password').fill(PASSWORDS.vera);
    await page.locator('.line-form').first().getByRole('combobox').selectOption('view');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('combobox', { name: 'Role of vera' }).waitFor();
    await shoot(page, 'people');
    await go(page, 'log');
    await page.getByText('name, password or code is wrong').waitFor();
    await shoot(page, 'log');
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Teller desk' }).waitFor();
    await logIn('vera', PASSWORDS.vera);
    await page.getByRole('heading', { name: 'Log of acts' }).waitFor();
    // Whoever may look alone is offered nothing.
    await go(page, 'prices');
    assert.equal(await page.getByRole('button', { name: /^Set the price/ }).count(), 0);
    await go(page, 'backup');
    for (const name of ['Download a backup', 'Back up now', 'Drill the newest']) {
      assert.equal(await page.getByRole('button', { name }).count(), 0, name);
    }
  }],

  ['should have a second person confirm what one alone may not do', async (visitor) => {
    const desk = await dummyDesk({ admin: 'second_person_above = "1"' });
    const first = JSON.stringify({ name: 'anna', role: 'approve', password: PASSWORDS.anna });
    const added = await fetch(`${desk.admin}/api/people`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: first });
    assert.equal(added.status, 201);
    visitor.expects(/./);
    const page = await open(visitor, '', { baseURL: desk.admin });
    const logIn = async (name) => {
      await page.getByLabel('Name').fill(name);
      await page.getByLabel('Password').fill(PASSWORDS[name]);
      await page.getByRole('button', { name: 'Log in', exact: true }).click();
      await page.getByRole('button', { name: 'Log out' }).waitFor();
    };
    await logIn('anna');
    await go(page, 'people');
    await page.getByLabel('Name', { exact: true }).fill('vera');
    await page.getByLabel('First password').fill(PASSWORDS.vera);
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('combobox', { name: 'Role of vera' }).waitFor();
    await go(page, 'prices');
    // Ten times what it was: nobody can tell what that moves.
    const box = await act(page, 'Set the price: BTC', 'a new market', { 'SKY for one': '5000' });
    await box.getByText('This waits for a second person to confirm it.').waitFor();
    await box.getByRole('button', { name: 'Set the price' }).click();
    await box.getByText(/It is proposal 1: a second person has to confirm it/).waitFor();
    await box.getByRole('button', { name: 'Close', exact: true }).last().click();
    await go(page, 'proposals');
    await page.getByText('waits for another person').waitFor();
    assert.equal(await page.getByRole('button', { name: /^Confirm it/ }).count(), 0, 'not by whoever proposed it');
    await shoot(page, 'proposals');
    await page.getByRole('button', { name: 'Log out' }).click();
    await logIn('vera');
    await go(page, 'proposals');
    await page.getByRole('button', { name: /^Confirm it/ }).click();
    await dialog(page).locator('button[type=submit]').click();
    await dialog(page).locator('.notice.good').waitFor();
    await page.keyboard.press('Escape');
    await go(page, 'prices');
    await page.getByText('5,000').first().waitFor();
    await go(page, 'log');
    await page.getByText('proposal 1').first().waitFor();
    await visitor.leave();
    await desk.stop();
  }],

  ['should be live, and go on by asking where that is cut off', async (visitor) => {
    const desk = await dummyDesk();
    const page = await open(visitor, 'switches', { baseURL: desk.admin });
    await page.locator('.live[data-live=true]').waitFor();
    const turn = (name, to) => fetch(`${desk.admin}/api/switches/${name}/${to}?why=a+test&by=berta`, { method: 'POST' });
    const began = performance.now();
    assert.equal((await turn('ETH', 'off')).status, 200);
    await page.getByText('berta').waitFor();
    const took = performance.now() - began;
    assert.ok(took < 5000, `another person's act is seen after ${took} ms`);
    await page.route('**/api/changes', (route) => route.abort('connectionrefused'));
    await page.reload();
    await page.locator('.live[data-live=false]').waitFor();
    assert.equal((await turn('ETH', 'on')).status, 200);
    await eventually('it is seen all the same', async () => await page.getByText('berta').count() === 0);
    visitor.forgive(/ERR_CONNECTION_REFUSED/);
    await visitor.leave();
    await desk.stop();
  }],

  ['should go everywhere by keyboard', async (visitor) => {
    const page = await open(visitor);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
    await page.getByRole('link', { name: 'Prices' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Prices', exact: true }).waitFor();
    await eventually('the heading has the focus', async () => await page.evaluate(() => document.activeElement.textContent) === 'Prices');
    await settled(page);
    await page.getByRole('button', { name: 'Set the price: BTC' }).focus();
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'field-sky-for-one');
    await page.keyboard.press('Escape');
    await eventually('it is closed', async () => await dialog(page).count() === 0);
  }],

  ['should have a copy made now, and prove that the newest can be restored', async (visitor) => {
    const page = await open(visitor, 'backup');
    const done = async (name) => {
      await page.getByRole('button', { name }).click();
      await dialog(page).locator('button[type=submit]').click();
      await dialog(page).locator('.notice.good').waitFor();
      await page.keyboard.press('Escape');
    };
    const before = (await api('/api/backups')).made;
    await done(/^Back up now/);
    await eventually('it is made', async () => (await api('/api/backups')).made > before);
    await done(/^Drill the newest/);
    await page.getByText('it can be restored').waitFor();
    assert.match(await page.locator('main').innerText(), /audited and read back/i);
    await shoot(page, 'backups');
  }],

  ['should test a receiver, pause it with a reason, and tell it on', async (visitor) => {
    await busy();
    const page = await open(visitor, 'receivers');
    await page.getByRole('link', { name: 'shop' }).click();
    await page.getByRole('heading', { name: 'Receiver shop' }).waitFor();
    await settled(page);
    const close = (box) => box.getByRole('button', { name: 'Close', exact: true }).last().click();
    await page.getByRole('button', { name: 'Test: shop' }).click();
    await dialog(page).locator('button[type=submit]').click();
    await dialog(page).locator('.notice.good').waitFor();
    await close(dialog(page));
    const paused = await act(page, 'Pause: shop', 'it is rebuilt');
    await paused.getByRole('button', { name: 'Pause', exact: true }).click();
    await paused.locator('.notice.good').waitFor();
    await close(paused);
    await page.getByText('it is rebuilt').waitFor();
    await page.locator('tbody tr').first().waitFor();
    await shoot(page, 'receiver');
    const on = await act(page, 'Resume: shop', 'it is there again');
    await on.getByRole('button', { name: 'Resume', exact: true }).click();
    await on.locator('.notice.good').waitFor();
    await close(on);
    await page.getByRole('button', { name: 'Pause: shop' }).waitFor();
  }],

  ['should hand out backup and books as files', async (visitor) => {
    await busy();
    const page = await open(visitor, 'backup');
    const [backup] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download a backup' }).click()]);
    assert.match(backup.suggestedFilename(), /^teller-\d+\.db$/);
    await go(page, 'accounting');
    const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export CSV' }).click()]);
    const text = fs.readFileSync(await csv.path(), 'utf8');
    assert.match(text, /^day,asset,contract,account,side,amount\r\n\d{4}-\d\d-\d\d,/);
  }],
];

module.exports = { act, checks, go, open };
