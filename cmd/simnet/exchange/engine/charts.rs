//! Candles, kept as trades happen.

use std::collections::VecDeque;

use super::terms::Price;

/// Milliseconds of a minute, and of the day that a ticker looks back.
const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;

/// Minutes that a ticker needs: those of a day, and one that has begun.
const MINUTES_KEPT: usize = 1_441;

/// The trades of one interval of time together. There is none where nothing traded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candle {
    /// When the interval begins, in milliseconds.
    pub(crate) start: u64,
    pub(crate) open: Price,
    pub(crate) high: Price,
    pub(crate) low: Price,
    pub(crate) close: Price,
    /// In base units.
    pub(crate) volume: u128,
    /// In quote units.
    pub(crate) quote_volume: u128,
    pub(crate) trades: u64,
}

/// What a candle takes from a trade.
#[derive(Debug, Clone, Copy)]
pub(super) struct Print {
    pub(super) time: u64,
    pub(super) price: Price,
    pub(super) quantity: u128,
    pub(super) quote: u128,
}

impl Candle {
    fn new(start: u64, print: &Print) -> Candle {
        let Print { price, quantity, quote, .. } = *print;
        let (open, high, low, close) = (price, price, price, price);
        Candle { start, open, high, low, close, volume: quantity, quote_volume: quote, trades: 1 }
    }

    fn add(&mut self, print: &Print) {
        self.high = self.high.max(print.price);
        self.low = self.low.min(print.price);
        self.close = print.price;
        // Where a volume does not fit any more, it stays at the most: money is not counted here.
        self.volume = self.volume.saturating_add(print.quantity);
        self.quote_volume = self.quote_volume.saturating_add(print.quote);
        self.trades += 1;
    }

    /// Returns this candle with a later one.
    pub(super) fn with(self, later: &Candle) -> Candle {
        Candle {
            high: self.high.max(later.high),
            low: self.low.min(later.low),
            close: later.close,
            volume: self.volume.saturating_add(later.volume),
            quote_volume: self.quote_volume.saturating_add(later.quote_volume),
            trades: self.trades + later.trades,
            ..self
        }
    }
}

/// Candles of one interval, the newest so many.
#[derive(Debug, Clone)]
struct Chart {
    interval: u64,
    most: usize,
    candles: VecDeque<Candle>,
}

impl Chart {
    fn new(interval: u64, most: usize) -> Chart {
        Chart { interval: interval.max(1), most: most.max(1), candles: VecDeque::new() }
    }

    fn add(&mut self, print: &Print) {
        if let Some(last) = self.candles.back_mut()
            && print.time < last.start.saturating_add(self.interval)
        {
            last.add(print);
            return;
        }
        if self.candles.len() >= self.most {
            self.candles.pop_front();
        }
        let start = print.time - print.time % self.interval;
        self.candles.push_back(Candle::new(start, print));
    }
}

/// The candles of a market.
#[derive(Debug, Clone)]
pub(super) struct Charts {
    minutes: Chart,
    charts: Vec<Chart>,
}

impl Charts {
    /// Returns empty charts for these intervals in milliseconds, with so many candles each at most.
    pub(super) fn new(intervals: &[u64], most: usize) -> Charts {
        let charts = intervals.iter().map(|interval| Chart::new(*interval, most)).collect();
        Charts { minutes: Chart::new(MINUTE, MINUTES_KEPT), charts }
    }

    pub(super) fn add(&mut self, print: &Print) {
        self.minutes.add(print);
        self.charts.iter_mut().for_each(|chart| chart.add(print));
    }

    /// Returns the candles of an interval, oldest first, or `None` where there is no such chart.
    pub(super) fn candles(&self, interval: u64) -> Option<impl DoubleEndedIterator<Item = &Candle>> {
        let chart = self.charts.iter().find(|chart| chart.interval == interval)?;
        Some(chart.candles.iter())
    }

    /// Returns all trades of the day before `now` as one candle, to the minute.
    pub(super) fn day(&self, now: u64) -> Option<Candle> {
        let is_recent = |candle: &&Candle| candle.start.saturating_add(MINUTE + DAY) > now;
        let recent = self.minutes.candles.iter().filter(|candle| candle.start <= now).filter(is_recent);
        recent.copied().reduce(|all, later| all.with(&later))
    }

    /// Returns the price of the last trade.
    pub(super) fn last(&self) -> Option<Price> {
        self.minutes.candles.back().map(|candle| candle.close)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(time: u64, price: u64) -> Print {
        Print { time, price: Price::new(price), quantity: 2, quote: 2 * u128::from(price) }
    }

    #[test]
    fn should_keep_open_high_low_close_and_volume() {
        let mut charts = Charts::new(&[5 * MINUTE], 10);
        for (time, price) in [(1_000, 5), (2_000, 9), (3_000, 4), (299_999, 6), (300_000, 7)] {
            charts.add(&print(time, price));
        }
        let candles: Vec<Candle> = charts.candles(5 * MINUTE).unwrap().copied().collect();
        assert_eq!(candles.len(), 2);
        let (first, second) = (candles[0], candles[1]);
        assert_eq!([first.open, first.high, first.low, first.close].map(Price::get), [5, 9, 4, 6]);
        assert_eq!((first.start, first.volume, first.quote_volume, first.trades), (0, 8, 48, 4));
        assert_eq!((second.start, second.open.get(), second.trades), (300_000, 7, 1));
        assert!(charts.candles(MINUTE).is_none(), "nobody asked for minutes");
    }

    #[test]
    fn should_bound_what_it_keeps() {
        let mut charts = Charts::new(&[MINUTE], 3);
        (0..5_000).for_each(|minute| charts.add(&print(minute * MINUTE, 1)));
        assert_eq!(charts.candles(MINUTE).unwrap().map(|candle| candle.start / MINUTE).next(), Some(4_997));
        assert_eq!(charts.minutes.candles.len(), MINUTES_KEPT);
    }

    #[test]
    fn should_forget_yesterday_in_the_ticker() {
        let mut charts = Charts::new(&[], 1);
        charts.add(&print(0, 5));
        charts.add(&print(DAY, 7));
        assert_eq!(charts.day(DAY).unwrap().trades, 2);
        assert_eq!(charts.day(DAY + MINUTE).unwrap().open, Price::new(7));
        assert_eq!(charts.day(3 * DAY), None);
        assert_eq!(charts.last(), Some(Price::new(7)), "the last price does not age");
    }
}
