// What somebody finds on simnet's page of its exchange.
'use strict';

const assert = require('node:assert/strict');
const { eventually } = require('./desk.js');
const { shoot } = require('./look.js');

// A phone.
const PHONE = { width: 360, height: 740 };

// Opens the page as somebody with JavaScript, who asks nobody but simnet.
async function open(visitor, options = {}, path = '') {
  const page = await visitor.open({ javaScriptEnabled: true, ...options });
  const { origin } = new URL(process.env.EXCHANGE);
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) visitor.complaints.push(`it asks ${request.url()}`);
  });
  await page.goto(process.env.EXCHANGE + path);
  await page.locator('#status', { hasText: 'live' }).waitFor();
  return page;
}

// How many colours there are on the canvases of the chart: of one that was never drawn, one.
const colours = (page) => page.locator('#chart canvas').evaluateAll((canvases) => {
  const found = new Set();
  for (const canvas of canvases.filter(({ width, height }) => width > 0 && height > 0)) {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    new Uint32Array(data.buffer).forEach((pixel) => found.add(pixel));
  }
  return found.size;
});

async function control(path, body) {
  const url = new URL(`/control/exchange/${path}`, process.env.EXCHANGE);
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  assert.equal(answer.status, 200, await answer.text());
}

const rows = (page, id) => page.locator(`#${id} tr:not(.none)`);

const checks = [
  ['should show book, trades and candles of the exchange', async (visitor) => {
    const page = await open(visitor);
    await page.locator('#trades tr:not(.none)').first().waitFor();
    assert.equal(await page.locator('#markets').inputValue(), 'SKY-BTC');
    for (const id of ['bids', 'asks']) assert.ok(await rows(page, id).count() >= 5, `${id} are shown`);
    const bar = await rows(page, 'bids').last().evaluate((row) => row.style.getPropertyValue('--deep'));
    assert.match(bar, /^[\d.]+%$/);
    await eventually('the chart is drawn', async () => await colours(page) > 4);
    const before = await page.locator('#trades').innerText();
    await eventually('it goes on', async () => await page.locator('#trades').innerText() !== before);
    await shoot(page, 'exchange');
  }],

  ['should show another market and other candles, and know them by the address', async (visitor) => {
    const page = await open(visitor);
    await page.locator('#markets').selectOption('ETH-USDT');
    await page.locator('#interval').selectOption('3600');
    await page.getByText('USDT for 1 ETH').waitFor();
    assert.equal(new URL(page.url()).hash, '#ETH-USDT/3600');
    const again = await open(visitor, {}, '#ETH-USDT/3600');
    assert.equal(await again.locator('#markets').inputValue(), 'ETH-USDT');
    assert.equal(await again.locator('#interval').inputValue(), '3600');
  }],

  ['should give coins, place an order and end it', async (visitor) => {
    const page = await open(visitor, { viewport: PHONE });
    await page.locator('#fund').getByLabel('Coin').selectOption('BTC');
    await page.locator('#fund').getByLabel('Amount').fill('1.5');
    await page.locator('#fund').getByRole('button').click();
    await page.getByText('Given: 1.5 BTC.').waitFor();
    await page.locator('#balances tr', { hasText: 'BTC' }).getByText('1.5').waitFor();
    await page.locator('#order').getByLabel('Price').fill('0.00001');
    await page.locator('#order').getByLabel('Quantity').fill('20');
    await page.getByRole('button', { name: 'Buy' }).click();
    await page.locator('#orders tr', { hasText: 'SKY-BTC' }).getByText('open').waitFor();
    await page.locator('#balances tr', { hasText: 'BTC' }).getByText('0.0002', { exact: true }).waitFor();
    await shoot(page, 'exchange-order');
    await page.setViewportSize(PHONE);
    const [content, view] = await page.evaluate(() => {
      const root = document.scrollingElement;
      return [root.scrollWidth, root.clientWidth];
    });
    assert.ok(content <= view, `${content} px wide on a phone of ${view}`);
    await page.getByRole('button', { name: 'End' }).click();
    await page.locator('#orders').getByText('expired').waitFor();
    await page.locator('summary', { hasText: 'Keys' }).click();
    await page.locator('#keys').getByText('kraken').waitFor();
    await shoot(page, 'exchange-keys');
    await control('drain', { asset: 'BTC', amount: '1.5' });
  }],

  ['should fill in a price of the book, and say why an order is not taken', async (visitor) => {
    const page = await open(visitor);
    await rows(page, 'bids').first().click();
    assert.match(await page.locator('#order').getByLabel('Price').inputValue(), /^0\.00\d+$/);
    await page.locator('#order').getByLabel('Price').fill('0.00001');
    await page.locator('#order').getByLabel('Quantity').fill('0.5');
    await page.getByRole('button', { name: 'Sell' }).click();
    await page.locator('#answer', { hasText: /./ }).waitFor();
    // What is refused is a 400, which the browser tells; nothing else is wrong.
    visitor.complaints = visitor.complaints.filter((complaint) => !/400/.test(complaint));
  }],

  ['should say that simnet is gone, and when it is there again', async (visitor) => {
    const page = await open(visitor);
    await page.route('**/control/**', (route) => route.abort('connectionrefused'));
    await page.getByText(/simnet is gone: no answer since \d\d:\d\d:\d\d UTC/).waitFor();
    await page.unroute('**/control/**');
    await page.locator('#status', { hasText: 'live' }).waitFor();
    visitor.complaints = visitor.complaints.filter((complaint) => !/ERR_CONNECTION_REFUSED/.test(complaint));
  }],
];

module.exports = { checks };
