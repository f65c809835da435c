// Every page that a buyer can meet, in every language, light and dark: nothing of it keeps anybody out, and the browser
// complains of nothing.
'use strict';

const assert = require('node:assert/strict');
const { assertAccessible } = require('./access.js');
const { PAYEES, eventually } = require('./desk.js');
const { assertNoSidewaysScroll, SIZES } = require('./look.js');
const { UNLIMITED, World, dummyDesk } = require('./world.js');

const LOCALES = ['en', 'zh-CN', 'ru', 'es'];
// A payee that nobody has bound.
const NOBODY = '2JW2D2gx2FG3m8qigb9YSDwUvqL8zjSreyp';
const WRONG = '7HpXWw9KfqsRwDJCSaDqgPUx1uiEvxYzwm';

// Reaches a page in every language and looks at it. `reach` leads there; it may have to be led there each time.
async function lookAt(visitor, name, baseURL, reach) {
  for (const locale of LOCALES) {
    const page = await visitor.open({ javaScriptEnabled: true, locale, baseURL, viewport: SIZES.mobile });
    await reach(page);
    const language = await page.locator('html').getAttribute('lang');
    assert.ok(locale.startsWith(language.slice(0, 2)), `${name} is in ${language}, not in ${locale}`);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await assertAccessible(page, `${name}, ${locale}, ${colorScheme}`);
      if (['en', 'ru'].includes(locale)) {
        await page.screenshot({ path: `${process.env.SHOTS}/page-${name}-${locale}-${colorScheme}.png`, fullPage: true });
      }
    }
    await assertNoSidewaysScroll(page);
    await page.context().close();
  }
}

const at = (path) => (page) => page.goto(path);

async function order(page, payee, coin) {
  await page.goto('/');
  await page.locator(`input[value=${coin}]`).check();
  await page.locator('#bind-skyaddr').fill(payee);
  await page.locator('form[data-buy] .primary').click();
}

// A purchase, and a window in which its networks are played.
async function purchase(visitor, desk, payee) {
  const page = await visitor.open({ javaScriptEnabled: true, baseURL: desk.public });
  await order(page, payee, 'BTC');
  const address = await page.locator('#deposit-address').textContent();
  const { pathname } = new URL(page.url());
  const play = async (act) => {
    await page.locator(`.game button[value=${act}]`).click();
    await page.waitForLoadState();
  };
  const status = async () => page.locator('#live .purchase').first().getAttribute('data-status');
  const until = (wanted) => eventually(`it is ${wanted}`, async () => (await status()) === wanted);
  return { link: pathname, address, page, play, until };
}

const checks = [
  ['should keep nobody out of the start page, whatever is said there', async (visitor) => {
    const base = process.env.PUBLIC;
    await lookAt(visitor, 'start', base, async (page) => {
      await page.goto('/');
      for (const summary of await page.locator('.questions summary').all()) await summary.click();
      await page.locator('input[name=send]').fill('0.5');
    });
    await lookAt(visitor, 'wrong-address', base, (page) => order(page, WRONG, 'ETH'));
    await lookAt(visitor, 'no-purchases', base, at(`/?skyaddr=${NOBODY}`));
    await lookAt(visitor, 'unknown-link', base, at('/buy/nothing-like-a-link'));
    await lookAt(visitor, 'not-found', base, at('/there-is-no-such-page'));
  }],

  ['should keep nobody out of a purchase, however far it is', async (visitor) => {
    const desk = await dummyDesk({
      web: `${UNLIMITED}\noperator = "Corner Desk"\nsupport = "help@example.com"`, more: '[teller]\nmax_bound_addrs = 2',
    });
    const { link, play, until } = await purchase(visitor, desk, PAYEES[0]);
    const look = (name) => lookAt(visitor, `purchase-${name}`, desk.public, async (page) => {
      await page.goto(link);
      await page.locator('[data-state=live]').waitFor();
      for (const summary of await page.locator('#live summary').all()) await summary.click();
    });
    await look('new');
    await play('deposit');
    await look('confirming');
    await play('shortage');
    await play('confirm');
    await until('waiting_send');
    await look('held');
    await lookAt(visitor, 'sold-out', desk.public, at('/'));
    await play('refill');
    await until('waiting_confirm');
    await look('sent');
    await play('confirm');
    await until('done');
    await look('done');
    await play('deposit');
    await play('fork');
    await look('taken-back');
    await lookAt(visitor, 'purchases', desk.public, at(`/?skyaddr=${PAYEES[0]}`));
    await lookAt(visitor, 'again', desk.public, async (page) => {
      await order(page, PAYEES[1], 'ETH');
      await order(page, PAYEES[1], 'ETH');
      await page.locator('.note').waitFor();
    });
    // Two are the most here.
    const second = await purchase(visitor, desk, PAYEES[0]);
    await second.play('deposit');
    await lookAt(visitor, 'limit', desk.public, async (page) => {
      await order(page, PAYEES[0], 'BTC');
      await page.getByRole('alert').waitFor();
    });
    await visitor.leave();
    await desk.stop();
  }],

  ['should keep nobody out of what is closed', async (visitor) => {
    const off = await dummyDesk({ more: '[teller]\nbind_enabled = false' });
    await lookAt(visitor, 'binding-off', off.public, at('/'));
    await off.stop();
    const unsent = await dummyDesk({ more: '[sky_exchanger]\nsend_enabled = false' });
    const { link, play, until } = await purchase(visitor, unsent, PAYEES[0]);
    await play('deposit');
    await play('confirm');
    await until('waiting_send');
    await lookAt(visitor, 'sending-off', unsent.public, at(link));
    await visitor.leave();
    await unsent.stop();
    const busy = await dummyDesk({ web: 'throttle_max = 1\nthrottle_duration = "1h"' });
    const asked = `/?skyaddr=${PAYEES[0]}`;
    await fetch(busy.public + asked);
    await lookAt(visitor, 'throttled', busy.public, async (page) => {
      assert.equal((await page.goto(asked)).status(), 429);
    });
    await busy.stop();
  }],

  ['should keep nobody out while a node is in trouble, or no address is left', async (visitor) => {
    const world = await World.start({ sky: 1 });
    const { desk } = world;
    await eventually('somebody is given an address', async () => (await desk.asked(PAYEES[0], 'SKY')).status === 200);
    await lookAt(visitor, 'pool-empty', desk.public, at('/'));
    await world.ask('btc/mine', { blocks: 8 });
    const followed = async () => (await desk.api('/api/chains')).BTC.scanned.height;
    const top = (await world.ask('state')).btc.chain.height;
    await eventually('it is followed', async () => await followed() === top);
    await world.deposit(await desk.bind(PAYEES[1], 'BTC'), 200000, 1);
    const isPaused = async () => (await (await fetch(desk.public)).text()).includes('class="paused"');
    for (const trouble of [{ kind: 'behind', blocks: 5 }, { kind: 'unreachable' }]) {
      await world.ask('btc/trouble', trouble);
      await eventually(`it is told that it is ${trouble.kind}`, isPaused);
      await lookAt(visitor, `node-${trouble.kind}`, desk.public, at('/'));
      await world.ask('btc/trouble', undefined, 'DELETE');
      await eventually('all is well again', async () => !await isPaused());
    }
    await world.stop();
  }],

  ['should keep nobody out while it is in no block yet, is bought for, or its coin is switched off', async (visitor) => {
    const world = await World.start({ exchange: true });
    const { desk } = world;
    await eventually('somebody is given an address', async () => (await desk.asked(PAYEES[0], 'BTC')).status === 200);
    await world.ask('exchange/fund', { asset: 'BTC', amount: '5' });
    const { link, address, page, until } = await purchase(visitor, desk, PAYEES[1]);
    const says = (words) => page.locator('#live').getByText(words).first().waitFor();
    const look = (name) => lookAt(visitor, `purchase-${name}`, desk.public, async (looking) => {
      await looking.goto(link);
      await looking.locator('[data-state=live]').waitFor();
    });
    await world.deposit(address, 2_000_000, 0);
    await says('0.02 BTC');
    await look('seen');
    // It is final while the exchange is away.
    await world.ask('binance/trouble', { kind: 'unreachable' });
    await world.ask('btc/mine', { blocks: 2 });
    await until('waiting_passthrough');
    await eventually('it is told why', async () => (await (await fetch(`${desk.public}/api/health`)).text()).includes('"upstream"'));
    await look('exchange-away');
    // It answers, and tells what nobody believes.
    world.venue.lie = (text) => text.replace(/"executedQty":"[^"]*"/g, '"executedQty":"99999"');
    await world.ask('binance/trouble', undefined, 'DELETE');
    await eventually('an order is held', async () => JSON.stringify(await desk.api('/api/orders')).includes('99999'));
    await says('who has to look at the order');
    await look('order-held');
    world.venue.lie = undefined;
    const why = 'why=their+support+has+mended+it&by=anna';
    assert.equal((await fetch(`${desk.admin}/api/orders/1/look?${why}`, { method: 'POST' })).status, 200);
    await until('done');
    await look('bought');
    assert.equal((await fetch(`${desk.admin}/api/switches/BTC/off?${why}`, { method: 'POST' })).status, 200);
    await lookAt(visitor, 'coin-off', desk.public, at('/'));
    await look('coin-off');
    await visitor.leave();
    await world.stop();
  }],
];

module.exports = { checks };
