// Candles and volume, drawn by TradingView's Lightweight Charts.
'use strict';

class Chart {
  constructor(element) {
    // Its notice and link are at the foot of the page; the logo would need a style that the page's policy refuses.
    const layout = { attributionLogo: false, background: { color: 'transparent' } };
    this.chart = LightweightCharts.createChart(element, {
      autoSize: true, layout,
      timeScale: { timeVisible: true, rightOffset: 3, barSpacing: 9 },
      rightPriceScale: { scaleMargins: { top: 0.08, bottom: 0.28 } },
    });
    this.candles = this.chart.addSeries(LightweightCharts.CandlestickSeries, {});
    this.volume = this.chart.addSeries(LightweightCharts.HistogramSeries, {
      priceScaleId: '', priceFormat: { type: 'volume' }, lastValueVisible: false, priceLineVisible: false,
    });
    this.volume.priceScale().applyOptions({ scaleMargins: { top: 0.8, bottom: 0 } });
    this.rows = [];
    this.name = '';
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', () => this.paint());
    this.paint();
  }

  // Takes the colours that the page has now.
  paint() {
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(`--${name}`).trim();
    const [up, down, line] = [color('up'), color('down'), color('line')];
    // The same, and one sees through them.
    this.tints = { up: `${up}66`, down: `${down}66` };
    this.chart.applyOptions({
      layout: { textColor: color('soft') },
      grid: { vertLines: { color: line }, horzLines: { color: line } },
      rightPriceScale: { borderColor: line }, timeScale: { borderColor: line },
    });
    this.candles.applyOptions({
      upColor: up, wickUpColor: up, borderUpColor: up, downColor: down, wickDownColor: down, borderDownColor: down,
    });
    this.volume.setData(this.rows.map((row) => this.bar(row)));
  }

  // Draws the rows of one market and interval; where they go on from those that are there, only what is new.
  show(name, decimals, rows) {
    const [first, last] = [this.rows[0], this.rows.at(-1)];
    const goesOn = name === this.name && last && rows.length >= this.rows.length && rows[0][0] >= first[0];
    if (name !== this.name) {
      this.candles.applyOptions({ priceFormat: { type: 'price', precision: decimals, minMove: 10 ** -decimals } });
    }
    if (goesOn) {
      for (const row of rows.filter((row) => row[0] >= last[0])) {
        this.candles.update(candle(row));
        this.volume.update(this.bar(row));
      }
    } else {
      this.candles.setData(rows.map(candle));
      this.volume.setData(rows.map((row) => this.bar(row)));
      this.chart.timeScale().resetTimeScale();
    }
    [this.name, this.rows] = [name, rows];
  }

  bar([time, open, , , close, volume]) {
    return { time, value: Number(volume), color: Number(close) < Number(open) ? this.tints.down : this.tints.up };
  }
}

// Amounts are text, and exact; a picture may round them.
function candle([time, ...prices]) {
  const [open, high, low, close] = prices.map(Number);
  return { time, open, high, low, close };
}
