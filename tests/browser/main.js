// Runs the checks one after the other in one browser and says how they came out.
'use strict';

const { chromium } = require('playwright-core');
const buyer = require('./checks.js');
const drills = require('./drills.js');
const exchange = require('./exchange.js');
const lighthouse = require('./lighthouse.js');
const live = require('./live.js');
const operator = require('./operator.js');
const pages = require('./pages.js');

const all = [...buyer.checks, ...live.checks, ...lighthouse.checks, ...pages.checks, ...exchange.checks, ...operator.checks, ...drills.checks];
// Those whose name has these words, where somebody works on them.
const checks = all.filter(([name]) => name.includes(process.env.ONLY ?? ''));

// What any step needs, with much to spare on a busy machine.
const TIMEOUT = 30_000;

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
  let failed = 0;
  for (const [name, check] of checks) {
    const visitor = new Visitor(browser);
    try {
      await check(visitor);
      visitor.assertSilent();
      console.log(`ok      ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}\n${error.stack}`);
    }
    await visitor.leave();
  }
  await browser.close();
  const passed = checks.length - failed;
  console.log(failed === 0 ? `browser: ${passed} passed` : `browser: ${passed} passed, ${failed} failed`);
  // Desks that a check has left behind keep nobody waiting.
  process.exit(failed === 0 ? 0 : 1);
}

// Somebody without JavaScript where it is not said otherwise, and everything the browser complains of on the way.
class Visitor {
  constructor(browser) {
    this.browser = browser;
    this.contexts = [];
    this.complaints = [];
    this.expected = [];
  }

  // What such an address refuses is no complaint.
  expects(address) {
    this.expected.push(address);
  }

  isExpected(url) {
    return this.expected.some((address) => address.test(url));
  }

  async open(options = {}) {
    const usual = { javaScriptEnabled: false, baseURL: process.env.PUBLIC };
    const context = await this.browser.newContext({ ...usual, ...options });
    context.setDefaultTimeout(TIMEOUT);
    this.contexts.push(context);
    const page = await context.newPage();
    page.on('console', (message) => this.hear(page, message));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('requestfailed', (request) => {
      const { errorText } = request.failure();
      // Whoever goes on before a page is complete has not seen anything wrong.
      if (errorText !== 'net::ERR_ABORTED') this.complaints.push(`${request.url()}: ${errorText}`);
    });
    page.on('response', (response) => {
      const isPage = response.request().isNavigationRequest();
      if (response.status() >= 400 && !isPage && !this.isExpected(response.url())) this.complaints.push(`${response.url()}: ${response.status()}`);
    });
    return page;
  }

  hear(page, message) {
    // A page that says what is wrong has a status that says so too.
    const isRefusal = /^Failed to load resource: .* status of 4\d\d/.test(message.text());
    const { url } = message.location();
    const isMeant = url === page.url() || this.isExpected(url);
    if (!['error', 'warning'].includes(message.type()) || (isRefusal && isMeant)) return;
    this.complaints.push(`${message.type()}: ${message.text()}`);
  }

  // What a check has provoked is no complaint.
  forgive(pattern) {
    this.complaints = this.complaints.filter((complaint) => !pattern.test(complaint));
  }

  assertSilent() {
    if (this.complaints.length > 0) throw new Error(`the browser complains:\n${this.complaints.join('\n')}`);
  }

  async leave() {
    for (const context of this.contexts.splice(0)) await context.close();
  }
}

main();
