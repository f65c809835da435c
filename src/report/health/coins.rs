//! What is amiss with a coin's pool, chain and blocks.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{HealthCheck, Problem, ProblemCode};
use crate::ledger::Asset;
use crate::live::Pause;
use crate::report::words::buyer::catching_up;
use crate::report::words::health as words;
use crate::report::{BuyerPause, gap_problem};
use crate::store::{OpenGaps, Passes, Snapshot};
use crate::types::{Coin, Language, Moment, PerCoin, Switch};

impl HealthCheck {
    pub(super) fn of_coin(&self, snapshot: &Snapshot, coin: Coin) -> Vec<Problem> {
        // A shadow hands out no address: none has to be left.
        let mut problems = if self.is_shadow() { Vec::new() } else { self.of_pool(snapshot, coin) };
        problems
            .extend(gap_problem(snapshot, coin).map(|words| Problem::of(coin, ProblemCode::WideGap, words)));
        if self.outlook.live.chain(coin).is_some() {
            problems.extend(self.of_chain(coin));
            problems.extend(self.gaps.of(snapshot, coin, self.clock.moment()));
            problems.extend(self.of_books(coin));
            problems.extend(self.of_second_node(coin));
        } else if self.outlook.live.switched_off.has(Switch::Coin(coin)) {
            problems.push(not_offered(coin, Pause::SwitchedOff));
        }
        problems
    }

    /// What a second reading of its blocks says otherwise than the books.
    fn of_books(&self, coin: Coin) -> Option<Problem> {
        let reading = self.outlook.live.reading(coin);
        let count = reading.as_ref().as_ref().map_or(0, |reading| reading.standing().count());
        (count > 0).then(|| Problem::of(coin, ProblemCode::BooksDiffer, words::books_differ(coin, count)))
    }

    /// What a second node does not say that payouts wait for.
    fn of_second_node(&self, coin: Coin) -> Option<Problem> {
        let view = self.outlook.live.second_node(coin)?.view(self.clock.moment());
        let words = words::second_node(coin, &view.trouble?);
        Some(Problem::of(coin, ProblemCode::SecondNode, words))
    }

    fn of_pool(&self, snapshot: &Snapshot, coin: Coin) -> Vec<Problem> {
        match snapshot.pool(coin).remaining() {
            0 => vec![Problem::of(coin, ProblemCode::PoolEmpty, words::pool_empty(coin))],
            left if left < self.pool_low_water => {
                vec![Problem::of(coin, ProblemCode::PoolLow, words::pool_low(coin, left))]
            }
            _ => Vec::new(),
        }
    }

    /// What has no price. The reason is for the operator.
    pub(super) fn of_prices(&self) -> Vec<Problem> {
        let Some(prices) = self.outlook.live.prices() else { return Vec::new() };
        let now = self.clock.now();
        let is_offered = |asset: Asset| match asset {
            Asset::Coin(coin) => self.policy.is_enabled(coin),
            Asset::Token(_) => true,
            Asset::CoinHours | Asset::AtVenue(_) => false,
        };
        let list = prices.list();
        let offered = list.listed.iter().filter(|priced| is_offered(priced.asset));
        let missing = offered.filter_map(|priced| {
            let error = prices.promise_of(priced.asset, now).err()?;
            let words = words::no_price(priced.asset.code(), error.code());
            Some(match priced.asset {
                Asset::Coin(coin) => Problem::of(coin, ProblemCode::NoPrice, words),
                Asset::Token(_) | Asset::CoinHours | Asset::AtVenue(_) => {
                    Problem::new(ProblemCode::NoPrice, words)
                }
            })
        });
        missing.collect()
    }

    fn of_chain(&self, coin: Coin) -> Vec<Problem> {
        let (live, now) = (&self.outlook.live, self.clock.moment());
        let Some(chain) = live.chain(coin) else { return Vec::new() };
        let mut problems = Vec::new();
        let mut tell = |code, words: String| problems.push(Problem::of(coin, code, words));
        // What a shadow lacks, a wallet and addresses that were looked into, is in nobody's way.
        let pause = match self.is_shadow() {
            true => chain.refuses_binds(now),
            false => live.refuses_binds(coin, now),
        };
        let catches_up = chain.catches_up(pause.as_ref());
        if pause.is_none()
            && let Some(trouble) = chain.trouble(now)
        {
            tell(ProblemCode::Node, words::of_coin(coin, BuyerPause::from(trouble).text(Language::English)));
        }
        if let Some(height) = chain.waits_for {
            tell(ProblemCode::BelowStart, words::below_start(coin, height));
        }
        if let Some(blocks) = catches_up {
            tell(ProblemCode::CatchingUp, words::of_coin(coin, catching_up(blocks)));
        }
        if let Some(what) = chain.blind_spot {
            tell(ProblemCode::BlindSpot, words::of_coin(coin, what));
        }
        let unvetted = words::unvetted(&live.vetting(coin).state).filter(|_| !self.is_shadow());
        if let Some(note) = unvetted {
            tell(ProblemCode::NotVetted, words::of_coin(coin, note));
        }
        let paused = pause.map(|pause| not_offered(coin, pause));
        paused.into_iter().chain(problems).collect()
    }
}

fn not_offered(coin: Coin, pause: Pause) -> Problem {
    let why = BuyerPause::from(pause).text(Language::English);
    Problem::of(coin, ProblemCode::NotOffered, words::not_offered(coin, &why))
}

/// However often health is asked for, all that was passed over is looked through once in this time.
const GAPS_EVERY: Duration = Duration::from_secs(1);

/// What was told of a coin's gaps, and when; none before the first time.
type Told = Option<(Moment, Vec<Problem>)>;

/// What was told of each coin's gaps.
#[derive(Debug, Default)]
pub(super) struct GapsTold(PerCoin<Mutex<Told>>);

impl GapsTold {
    fn of(&self, snapshot: &Snapshot, coin: Coin, now: Moment) -> Vec<Problem> {
        let mut told = self.0[coin].lock().unwrap_or_else(PoisonError::into_inner);
        match &*told {
            Some((at, problems)) if now.since(*at) < GAPS_EVERY => problems.clone(),
            Some(_) | None => told.insert((now, gaps(snapshot, coin))).1.clone(),
        }
    }
}

/// What was followed and not read whole, and waits for a person or a node.
fn gaps(snapshot: &Snapshot, coin: Coin) -> Vec<Problem> {
    let told = snapshot.open_passed_over(coin).and_then(|open| Ok((open, snapshot.blind_blocks(coin)?)));
    let (OpenGaps { count: open, .. }, blind) = match told {
        Ok(told) => told,
        Err(error) => {
            return vec![Problem::of(coin, ProblemCode::Unreadable, words::of_coin(coin, error))];
        }
    };
    let passed =
        (open > 0).then(|| Problem::of(coin, ProblemCode::PassedOver, words::passed_over(coin, open)));
    let unseen =
        (blind > 0).then(|| Problem::of(coin, ProblemCode::Blind, words::followed_blindly(coin, blind)));
    passed.into_iter().chain(unseen).collect()
}
