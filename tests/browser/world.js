// Desks of their own, for checks that need another one than all share: dummy ones, and ones between simulated nodes.
'use strict';

const assert = require('node:assert/strict');
const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { eventually } = require('./desk.js');

const ROOT = path.resolve(__dirname, '../..');
const STOPS_WITHIN_MS = 20_000;
const running = new Set();

// Nothing is left behind, whatever became of the checks.
process.on('exit', () => running.forEach((one) => one.kill('SIGKILL')));

// A process that says where it listens.
class Program {
  constructor(binary, args, name) {
    this.said = '';
    this.name = name;
    this.process = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this.process);
    for (const stream of [this.process.stdout, this.process.stderr]) stream.on('data', (data) => { this.said += data; });
    this.ended = new Promise((resolve) => {
      this.process.on('exit', (code) => {
        running.delete(this.process);
        resolve(code);
      });
    });
  }

  // Where one of its listeners is, once it tells it.
  async address(listener) {
    const line = new RegExp(`^ *${listener} +(http://\\S+)$`, 'm');
    return eventually(`${this.name} tells its ${listener} listener`, async () => {
      assert.equal(this.process.exitCode, null, `${this.name} has ended:\n${this.said}`);
      return line.exec(this.said)?.[1];
    });
  }

  async stop(signal = 'SIGTERM') {
    if (this.process.exitCode !== null) return;
    this.process.kill(signal);
    const late = new Promise((resolve) => { setTimeout(() => resolve('late'), STOPS_WITHIN_MS).unref(); });
    const end = await Promise.race([this.ended, late]);
    assert.notEqual(end, 'late', `${this.name} does not stop:\n${this.said}`);
  }
}

// What stands between a desk and an exchange, and may say something else than that did.
class Venue {
  static async before(origin) {
    const venue = new Venue();
    const pass = async (request, reply) => {
      const sent = [];
      for await (const part of request) sent.push(part);
      const { host, connection, ...headers } = request.headers;
      const body = sent.length === 0 ? {} : { body: Buffer.concat(sent) };
      const answer = await fetch(origin + request.url, { method: request.method, headers, ...body });
      const text = await answer.text();
      reply.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
      reply.end(venue.lie === undefined ? text : venue.lie(text));
    };
    venue.server = http.createServer((request, reply) => pass(request, reply).catch(() => reply.destroy()));
    await new Promise((resolve) => { venue.server.listen(0, '127.0.0.1', resolve); });
    venue.url = `http://127.0.0.1:${venue.server.address().port}`;
    return venue;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

let made = 0;

function folder() {
  made += 1;
  const at = path.join(process.env.WORLDS, `world${made}`);
  fs.mkdirSync(at, { recursive: true });
  return at;
}

const inside = (at, name) => JSON.stringify(path.join(at, name));

// A desk by its configuration. It can be stopped, and started again on the same data.
class Desk {
  constructor(at, toml) {
    this.at = at;
    this.data = path.join(at, 'data');
    this.config = path.join(at, 'desk.toml');
    this.configure(toml);
  }

  configure(toml) {
    fs.writeFileSync(this.config, toml);
  }

  async start() {
    this.program = new Program(process.env.TELLER_BIN, ['-c', this.config, '-d', this.data], 'the desk');
    this.public = await this.program.address('public');
    this.admin = await this.program.address('admin');
    return this;
  }

  async stop(signal) {
    await this.program?.stop(signal);
  }

  async api(at) {
    const answer = await fetch(this.admin + at);
    assert.equal(answer.status, 200, `${at}: ${await answer.clone().text()}`);
    return answer.json();
  }

  // What somebody is answered who wants a deposit address.
  asked(skyaddr, coin_type) {
    const headers = { 'Content-Type': 'application/json' };
    return fetch(`${this.public}/api/bind`, { method: 'POST', headers, body: JSON.stringify({ skyaddr, coin_type }) });
  }

  // A deposit address.
  async bind(skyaddr, coin_type) {
    const answer = await this.asked(skyaddr, coin_type);
    assert.equal(answer.status, 200, await answer.clone().text());
    return (await answer.json()).deposit_address;
  }
}

const listeners = (admin) => `
[admin_panel]
host = "127.0.0.1:0"
${admin}
`;


const UNLIMITED = 'throttle_max = 0\nthrottle_network_max = 0';

// A desk of play money; `web`, `top`, `admin` and `more` are lines of its configuration.
async function dummyDesk({ web = UNLIMITED, top = '', admin = '', more = '' } = {}) {
  const at = folder();
  const desk = new Desk(at, `
logfile = ${inside(at, 'log')}
btc_addresses = ${inside(ROOT, 'addresses/btc_addresses.json')}
eth_addresses = ${inside(ROOT, 'addresses/eth_addresses.json')}
${top}
[eth_scanner]
enabled = true
[web]
http_addr = "127.0.0.1:0"
${web}
${listeners(admin)}
[dummy]
scanner = true
sender = true
http_addr = "127.0.0.1:0"
${more}`);
  await desk.start();
  desk.dummy = await desk.program.address('dummy');
  return desk;
}

// Simulated nodes of Bitcoin and Skycoin, and where it is wanted an exchange; and a desk between them.
class World {
  static async start({ exchange = false, btc = 20, sky = 20, more = '', silence = '2s' } = {}) {
    const world = new World();
    world.at = folder();
    const wallet = path.join(world.at, 'hot.wlt');
    const chains = exchange ? 'btc,sky,exchange' : 'btc,sky';
    const venue = exchange ? ['--binance', '127.0.0.1:0', '--c2cx', '127.0.0.1:0', '--kraken', '127.0.0.1:0', '--coinbase', '127.0.0.1:0',
      '--exchange-unlimited'] : [];
    world.simnet = new Program(process.env.SIMNET_BIN, ['--chains', chains, '--sky-wallet', wallet, '--sky-block-every', '300ms',
      '--control', '127.0.0.1:0', '--btc', '127.0.0.1:0', '--btc-deposits', '127.0.0.1:0', '--sky', '127.0.0.1:0', ...venue], 'simnet');
    world.control = await world.simnet.address('control');
    const btcNode = new URL(await world.simnet.address('btc')).host;
    const skyNode = new URL(await world.simnet.address('sky')).host;
    world.addresses('btc', ['newbtcaddress', '--network', 'regtest'], btc);
    world.addresses('sky', ['newskyaddress'], sky);
    if (exchange) world.venue = await Venue.before(await world.simnet.address('binance'));
    const bought = exchange ? await world.bought() : '';
    world.desk = new Desk(world.at, world.toml({ btcNode, skyNode, wallet, bought, more, silence }));
    await world.desk.start();
    return world;
  }

  addresses(coin, args, count) {
    const [command, ...options] = args;
    const list = execFileSync(process.env.TOOL_BIN, [command, ...options, `world ${this.at} ${coin}`, String(count)], { encoding: 'utf8' });
    fs.writeFileSync(path.join(this.at, `${coin}.txt`), list, { mode: 0o600 });
  }

  toml({ btcNode, skyNode, wallet, bought, more, silence }) {
    return `
logfile = ${inside(this.at, 'log')}
btc_addresses = ${inside(this.at, 'btc.txt')}
sky_addresses = ${inside(this.at, 'sky.txt')}
[sky_rpc]
address = "${skyNode}"
[btc_rpc]
server = "${btcNode}"
network = "regtest"
user = "any"
pass = "any"
[btc_scanner]
scan_period = "200ms"
max_node_silence = "${silence}"
[sky_scanner]
enabled = true
scan_period = "200ms"
initial_scan_height = 1
[sky_exchanger]
wallet = ${JSON.stringify(wallet)}
tx_confirmation_check_wait = "200ms"
${bought}
[web]
http_addr = "127.0.0.1:0"
${UNLIMITED}
${listeners('')}
${more}`;
  }

  // Bitcoin is bought with first, at the exchange.
  async bought() {
    const { binance } = (await this.ask('exchange/account')).keys ?? {};
    assert.ok(binance, 'the account has a key of Binance');
    return `buy_methods = { BTC = "passthrough" }
[sky_exchanger.exchange_client]
exchange = "binance"
url = ${JSON.stringify(this.venue.url)}
key = ${JSON.stringify(binance.key)}
secret = ${JSON.stringify(binance.secret)}
markets = { BTC = "SKYBTC" }`;
  }

  // Has simnet do something, or answer.
  async ask(what, body, method = body === undefined ? 'GET' : 'POST') {
    const answer = await fetch(`${this.control}/control/${what}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await answer.text();
    assert.equal(answer.status, 200, `${what}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  // A deposit that is deep enough.
  async deposit(address, amount, blocks = 1) {
    const { txid } = await this.ask('btc/deposit', { address, amount });
    if (blocks > 0) await this.ask('btc/mine', { blocks });
    return txid;
  }

  async stop() {
    await this.desk?.stop();
    this.venue?.stop();
    await this.simnet?.stop('SIGKILL');
  }
}

module.exports = { UNLIMITED, World, dummyDesk };
