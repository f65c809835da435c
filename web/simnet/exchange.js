// Asks simnet once a second what a market and an account look like, and shows it.
'use strict';

const EVERY = 1_000;
// As long as an answer may take.
const PATIENCE = 5_000;
const NAMES = { 60: '1 minute', 300: '5 minutes', 3600: '1 hour', 86400: '1 day' };
const ACCOUNT = 'teller';

const at = (id) => document.getElementById(id);
// As short as it can be told.
const short = (amount) => (amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount);
const time = (millis) => new Date(millis).toISOString().slice(11, 19);
// What is shown where, so that nothing is written that is there already.
const shown = new Map();
const chart = new Chart(at('chart'));
let [market, interval] = location.hash.slice(1).split('/').map(decodeURIComponent);
let timer;
let asked = 0;
let since = null;

function element(name, content = '', kind = '') {
  const made = document.createElement(name);
  made.append(...[content].flat());
  if (kind) made.className = kind;
  return made;
}

// Shows what `make` makes of a value, where the value is another than before.
function show(id, value, make) {
  const text = JSON.stringify(value);
  if (shown.get(id) === text) return;
  shown.set(id, text);
  at(id).replaceChildren(...[make(value)].flat());
}

const cell = (content) => (content instanceof Node ? content : element('td', content));
const row = (cells, kind) => element('tr', cells.map(cell), kind);
const pair = (term, text) => element('div', [element('dt', term), element('dd', text)]);

function none(words, columns, kind = 'none') {
  const wide = element('td', words);
  wide.colSpan = columns;
  return row([wide], kind);
}

function options(values, names = {}) {
  return values.map((value) => new Option(names[value] ?? value, value));
}

// Rows of one side, each with a bar for all that has to be traded until its price is through.
function levels(rows, deepest, kind) {
  let sum = 0;
  return rows.map(([price, quantity, orders]) => {
    const made = row([element('td', price, kind), quantity, String(orders)]);
    made.style.setProperty('--deep', `${(100 * (sum += Number(quantity))) / deepest}%`);
    made.dataset.price = price;
    return made;
  });
}

function showBook({ bids, asks, price_decimals: decimals }) {
  const total = (rows) => rows.reduce((sum, [, quantity]) => sum + Number(quantity), 0);
  const deepest = Math.max(total(bids), total(asks));
  show('asks', [asks, deepest], () => (asks.length ? levels(asks, deepest, 'sell').reverse() : none('No asks.', 3)));
  show('bids', [bids, deepest], () => (bids.length ? levels(bids, deepest, 'buy') : none('No bids.', 3)));
  const spread = bids.length && asks.length ? (Number(asks[0][0]) - Number(bids[0][0])).toFixed(decimals) : null;
  show('spread', spread, () => none(spread === null ? 'no spread' : `spread ${spread}`, 3, 'spread'));
}

function showAccount({ balances, orders }) {
  show('balances', balances, () => Object.entries(balances).map(([coin, { free, frozen }]) =>
    row([coin, short(free), short(frozen)])));
  show('orders', orders, () => {
    if (!orders.length) return none('No orders yet.', 10);
    return orders.map((order) => {
      const wanted = order.quantity ?? `for ${order.spend}`;
      const end = element('button', 'End');
      end.dataset.order = order.id;
      return row([
        String(order.id), order.market, element('td', order.side, order.side), order.price ?? order.kind, wanted,
        order.filled, order.state, time(order.time), order.client_id ?? '', element('td', order.is_open ? end : ''),
      ]);
    });
  });
}

function showMarket(board) {
  const { day, base, quote } = board;
  show('markets', board.markets, () => options(board.markets));
  show('interval', board.intervals, () => options(board.intervals, NAMES));
  [at('markets').value, at('interval').value] = [board.market, board.interval];
  show('last', day.last, () => day.last ?? '–');
  const state = board.state === 'trading' ? '' : `, ${board.state}`;
  show('quote', [base, quote, state], () => `${quote} for 1 ${base}${state}`);
  const volume = day.volume && `${day.volume} ${base}`;
  const figures = { '24 h low': day.low, high: day.high, volume, trades: day.trades };
  show('day', figures, () => Object.entries(figures).filter(([, figure]) => figure !== undefined)
    .map(([name, figure]) => pair(name, String(figure))));
  show('price-of', quote, () => `Price, ${quote}`);
  show('quantity-of', base, () => `Quantity, ${base}`);
  const traded = ({ price, side, quantity, time: then }) => row([element('td', price, side), quantity, time(then)]);
  show('trades', board.trades, () => (board.trades.length ? board.trades.map(traded) : none('No trades yet.', 3)));
  document.title = `${day.last ?? '–'} ${board.market}, simulated exchange`;
}

async function ask(path, body) {
  const signal = AbortSignal.timeout(PATIENCE);
  const sent = body && { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const answer = await fetch(`/control/exchange/${path}`, { cache: 'no-store', signal, ...sent });
  const value = await answer.json();
  if (!answer.ok) throw new Refused(value.error);
  return value;
}

// What simnet says itself, as opposed to silence.
class Refused extends Error {}

function say(words, isGone) {
  document.body.classList.toggle('gone', isGone);
  show('status', words, () => words);
}

// Asks, shows, and comes again; an answer that came too late for another question is thrown away.
async function look() {
  clearTimeout(timer);
  const mine = (asked += 1);
  try {
    market ||= (await ask('market'))[0];
    const board = await ask(`market/${encodeURIComponent(market)}?interval=${interval || 60}&account=${ACCOUNT}`);
    if (mine !== asked) return;
    since = null;
    say('live', false);
    showMarket(board);
    showBook(board);
    showAccount(board);
    chart.show(`${board.market}/${board.interval}`, board.price_decimals, board.candles);
  } catch (error) {
    if (mine !== asked) return;
    since ??= Date.now();
    const silence = `simnet is gone: no answer since ${time(since)} UTC`;
    say(error instanceof Refused ? error.message : silence, true);
    // A market can be renamed, and an address can be wrong.
    if (error instanceof Refused) [market, interval] = [];
  }
  timer = setTimeout(look, EVERY);
}

async function showKeys() {
  const { keys, addresses } = await ask('account');
  const line = (name, text) => element('div', [element('dt', name), element('dd', element('pre', text))]);
  const lines = ([venue, { key, secret }]) => line(venue, `${key}\n${secret.trim()}`);
  show('keys', keys, () => Object.entries(keys).map(lines));
  show('addresses', addresses, () => Object.entries(addresses).map(([coin, address]) => line(coin, address)));
  at('fund').elements.asset.replaceChildren(...options(Object.keys(addresses)));
}

// Does what a form says, and tells what came of it.
async function act(path, body, done) {
  try {
    await ask(path, body);
    at('answer').textContent = done;
  } catch (error) {
    at('answer').textContent = error instanceof Refused ? error.message : 'simnet does not answer.';
  }
  at('answer').className = at('answer').textContent === done ? 'buy' : 'sell';
  look();
}

function choose() {
  [market, interval] = [at('markets').value, at('interval').value];
  history.replaceState(null, '', `#${encodeURIComponent(market)}/${interval}`);
  look();
}

at('markets').addEventListener('change', choose);
at('interval').addEventListener('change', choose);
at('book').addEventListener('click', (event) => {
  const price = event.target.closest('tr[data-price]')?.dataset.price;
  if (price) at('order').elements.price.value = price;
});
at('order').addEventListener('submit', (event) => {
  event.preventDefault();
  const { account, price, quantity } = Object.fromEntries(new FormData(event.target));
  const side = event.submitter.value;
  act('order', { account, market, side, price, quantity }, `Placed: ${side} ${quantity} at ${price}.`);
});
at('fund').addEventListener('submit', (event) => {
  event.preventDefault();
  const { asset, amount } = Object.fromEntries(new FormData(event.target));
  act('fund', { account: ACCOUNT, asset, amount }, `Given: ${amount} ${asset}.`);
});
at('orders').addEventListener('click', (event) => {
  const { order } = event.target.dataset;
  if (order) act('expire', { account: ACCOUNT, order: Number(order) }, `Ended: order ${order}.`);
});
look();
showKeys();
