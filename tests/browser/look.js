// What can be measured of how a page looks.
'use strict';

const assert = require('node:assert/strict');

const SIZES = { desktop: { width: 1280, height: 900 }, mobile: { width: 390, height: 844 } };
// The narrowest phone that is about.
const NARROW = { width: 320, height: 640 };

async function assertNoSidewaysScroll(page) {
  for (const size of [NARROW, ...Object.values(SIZES)]) {
    await page.setViewportSize(size);
    const [content, view] = await page.evaluate(() => {
      const root = document.scrollingElement;
      return [root.scrollWidth, root.clientWidth];
    });
    assert.ok(content <= view, `${page.url()}: ${content} px wide in a window of ${view}`);
  }
}

// Every text against what is behind it, by the rules of WCAG AA.
async function assertContrast(page) {
  const faint = await page.evaluate(() => {
    const parse = (color) => color.match(/[\d.]+/g).map(Number);
    const channel = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const behind = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const color = parse(getComputedStyle(at).backgroundColor);
        if (color.length === 3 || color[3] === 1) return color;
      }
      return [255, 255, 255];
    };
    const texts = [...document.querySelectorAll('body *')].filter((element) =>
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()) && element.checkVisibility());
    return texts.flatMap((element) => {
      const style = getComputedStyle(element);
      const [one, two] = [light(parse(style.color)), light(behind(element))];
      const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
      const size = parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      const text = element.textContent.trim().slice(0, 40);
      return ratio < (isLarge ? 3 : 4.5) ? [`${ratio.toFixed(2)}: ${element.tagName} ${text}`] : [];
    });
  });
  assert.deepEqual(faint, [], page.url());
}

// A picture of the whole page in every size, in light and dark.
async function shoot(page, name) {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      await page.screenshot({ path: `${process.env.SHOTS}/${name}-${size}-${scheme}.png`, fullPage: true });
    }
    await assertContrast(page);
  }
  await assertNoSidewaysScroll(page);
}

module.exports = { SIZES, assertNoSidewaysScroll, shoot };
