//! Looking on beside the original: its nodes are followed, credited and decided as ever, and nothing is ever paid.
//!
//! Invariant: nothing here, and nothing that is employed beside it, holds a key or speaks to a node otherwise than by
//! asking. A copy of the original's database is read whenever its file is another, bindings are taken over, and every
//! deposit is held against what this desk would have decided.

mod board;
mod both;
mod compare;
mod difference;
mod here_alone;
mod pairs;
mod sight;
mod take_over;
#[cfg(test)]
mod tests;
mod worth;

pub use board::{CopyView, Obstacle, ShadowBoard, ShadowView};
pub use compare::{Comparison, compare};
pub use difference::{Because, Difference, DifferenceKind, Standing};
pub use sight::{ChainRules, Early, OurDeposit, Reach, Sight, reach};

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::address::Network;
use crate::clock::Clock;
use crate::live::Live;
use crate::original::{CopyError, Original, Stamp, read_copy};
use crate::store::{Chains, Snapshot, Store, StoreError};
use crate::task::{Next, StepError, Worker, aside};
use crate::types::{Coin, Height, Moment, PerCoin};
use take_over::{TakenOver, read_again, take_over};

/// How often the file is looked at. It is read once it has been the same for two looks.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// After new bindings: what was being read at that moment is read once more, at the earliest and at the latest so much
/// later.
const AGAIN_AFTER: Duration = Duration::from_secs(5);
const AGAIN_BY: Duration = Duration::from_secs(300);
/// A comparison rests for so many times as long as it took, and at least for so long.
const REST: u32 = 20;
const LEAST_REST: Duration = Duration::from_secs(5);
/// No chain makes blocks quicker for long; and blocks that are read again to be on the safe side.
const QUICKEST_BLOCK: u64 = 5;
const SAFE_SIDE: u64 = 100;
/// Unexplained differences that are logged one by one.
const LOGGED: usize = 20;

/// What the worker is told.
#[derive(Debug)]
pub struct ShadowSettings {
    /// The file that copies of the original's database are put in.
    pub file: PathBuf,
    /// The networks whose addresses are in it.
    pub networks: PerCoin<Network>,
    /// How each chain is followed.
    pub rules: PerCoin<ChainRules>,
    /// Decimal places that payouts are cut to.
    pub max_decimals: u8,
}

/// A copy that was read.
#[derive(Debug, Clone)]
struct Copy {
    original: Arc<Original>,
    view: Arc<CopyView>,
}

/// What a comparison was made of: where that is the same, it comes to the same.
#[derive(Debug, Clone, PartialEq, Eq)]
struct MadeOf {
    events: u64,
    reach: PerCoin<Reach>,
    copy: u64,
}

/// The worker.
#[derive(Debug)]
pub struct Shadow {
    store: Store,
    live: Arc<Live>,
    clock: Arc<dyn Clock>,
    board: Arc<ShadowBoard>,
    settings: ShadowSettings,
    /// The file at the last look, and the one that was read last.
    looked: Option<Stamp>,
    read: Option<Stamp>,
    copy: Option<Copy>,
    copies: u64,
    trouble: Option<String>,
    /// Blocks from which on payments to addresses may stand that are bound after the newest copy was made.
    since: PerCoin<Height>,
    /// Blocks that are read once more after a while.
    again: Option<(Moment, PerCoin<Option<Height>>)>,
    made_of: Option<MadeOf>,
    rests: Option<(Moment, Duration)>,
    early: Early,
    comparison: Option<(u64, Arc<Comparison>)>,
}

impl Shadow {
    /// Returns a worker that has read nothing yet, and shows on the board.
    pub fn new(
        store: Store,
        live: Arc<Live>,
        clock: Arc<dyn Clock>,
        board: Arc<ShadowBoard>,
        settings: ShadowSettings,
    ) -> Shadow {
        let since = PerCoin::new(|coin| settings.rules[coin].begins);
        Shadow {
            store,
            live,
            clock,
            board,
            settings,
            looked: None,
            read: None,
            copy: None,
            copies: 0,
            trouble: None,
            since,
            again: None,
            made_of: None,
            rests: None,
            early: Early::new(),
            comparison: None,
        }
    }

    /// Reads the file where it is another one, and is not being written.
    async fn look(&mut self) -> Result<(), StepError> {
        let stamp = match Stamp::of(&self.settings.file) {
            Ok(stamp) => stamp,
            Err(error) => {
                self.note(Some(error));
                return Ok(());
            }
        };
        let is_settled = self.looked.replace(stamp) == Some(stamp);
        if !is_settled || self.read == Some(stamp) {
            return Ok(());
        }
        let (file, networks) =
            (self.settings.file.clone(), PerCoin::new(|coin| self.settings.networks[coin]));
        let ended = || CopyError::InUse;
        match aside(move || read_copy(&file, &networks), ended).await {
            // It is tried again: the original lets go of its file when it is stopped.
            Err(CopyError::InUse) => self.note(Some(CopyError::InUse)),
            Err(error) => {
                self.read = Some(stamp);
                self.note(Some(error));
            }
            Ok(original) => {
                // Written while it was read: half of it may be of another state.
                if Stamp::of(&self.settings.file).ok() != Some(stamp) {
                    return Ok(());
                }
                self.take(stamp, original).await?;
            }
        }
        Ok(())
    }

    /// Takes a copy over.
    async fn take(&mut self, stamp: Stamp, original: Original) -> Result<(), StoreError> {
        let TakenOver { new, read_to } = take_over(&self.store, &original, &self.since).await?;
        if new > 0 {
            self.again = Some((self.clock.moment(), read_to));
        }
        let (made_at, read_at) = (stamp.written_at(), self.clock.now());
        let age = read_at.since(made_at).as_secs();
        let back = (age / QUICKEST_BLOCK).saturating_add(SAFE_SIDE);
        self.since = PerCoin::new(|coin| {
            let begins = self.settings.rules[coin].begins;
            let then = self.live.tip(coin).map(|tip| Height::new(tip.get().saturating_sub(back)));
            then.map_or(begins, |then| then.max(begins))
        });
        let bindings = u64::try_from(original.bindings.len()).unwrap_or(u64::MAX);
        let differences = original.differences.clone();
        let (deposits, made) = (original.deposits.len(), made_at.get());
        tracing::info!(made, bindings, new, deposits, "a copy of the original is read");
        let view = CopyView { made_at, read_at, bindings, new_bindings: new, differences };
        self.copy = Some(Copy { original: Arc::new(original), view: Arc::new(view) });
        self.copies = self.copies.saturating_add(1);
        self.read = Some(stamp);
        self.note(None);
        Ok(())
    }

    fn note(&mut self, trouble: Option<CopyError>) {
        let words = trouble.map(|error| error.to_string());
        if let Some(words) = words.as_ref().filter(|words| self.trouble.as_ref() != Some(words)) {
            tracing::warn!(file = %self.settings.file.display(), %words, "the copy of the original is not read");
        }
        self.trouble = words;
    }

    /// Blocks whose payments were picked out before the new bindings were there are read once more.
    async fn read_again(&mut self) -> Result<(), StoreError> {
        let snapshot = self.store.snapshot();
        let Some((at, blocks)) = &self.again else { return Ok(()) };
        let waited = self.clock.moment().since(*at);
        if waited < AGAIN_AFTER || (waited < AGAIN_BY && !self.has_read_on(&snapshot, blocks)?) {
            return Ok(());
        }
        let Some((_, blocks)) = self.again.take() else { return Ok(()) };
        self.store
            .write(move |tx| {
                for (coin, from) in blocks.iter() {
                    if let Some(from) = *from {
                        read_again(tx, coin, from)?;
                    }
                }
                Ok(())
            })
            .await
    }

    /// Whether what was being read when the new bindings came is written by now: the scanner has gone on since, or has
    /// nothing left to read.
    fn has_read_on(&self, snapshot: &Snapshot, blocks: &PerCoin<Option<Height>>) -> Result<bool, StoreError> {
        for (coin, from) in blocks.iter() {
            let Some(from) = from.filter(|_| self.settings.rules[coin].is_followed) else { continue };
            let read_to = snapshot.cursor(coin)?.map(|cursor| cursor.tip.height);
            let is_done =
                read_to.is_some_and(|read_to| read_to > from || self.live.tip(coin) == Some(read_to));
            if !is_done {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How far each chain is known: what is read once more is not.
    fn reach(&self, snapshot: &Snapshot) -> Result<PerCoin<Reach>, StoreError> {
        let mut reach = reach(snapshot, &self.settings.rules, |coin: Coin| self.live.tip(coin))?;
        let again = self.again.iter().flat_map(|(_, blocks)| blocks.iter());
        for (coin, from) in again.filter_map(|(coin, from)| Some((coin, (*from)?))) {
            let open = reach[coin].again_from;
            reach[coin].again_from = Some(open.map_or(from, |open| open.min(from)));
        }
        Ok(reach)
    }

    /// Compares anew, where that comes to anything else than the last time.
    async fn compare(&mut self) -> Result<(), StepError> {
        let Some(copy) = self.copy.clone() else { return Ok(()) };
        let snapshot = self.store.snapshot();
        let reach = self.reach(&snapshot)?;
        let made_of = MadeOf { events: snapshot.counters().events, reach: reach.clone(), copy: self.copies };
        let rests = self.rests.is_some_and(|(at, rest)| self.clock.moment().since(at) < rest);
        let is_newer = self.made_of.as_ref().is_none_or(|before| before.copy != made_of.copy);
        if self.made_of.as_ref() == Some(&made_of) || (rests && !is_newer) {
            return Ok(());
        }
        let began = self.clock.moment();
        let (mut early, max_decimals) = (std::mem::take(&mut self.early), self.settings.max_decimals);
        let (early, comparison) = aside(
            move || {
                let sight = Sight::read(&snapshot, reach, max_decimals)?;
                let comparison = compare(&copy.original, copy.view.made_at, &sight, &mut early);
                Ok::<_, StoreError>((early, comparison))
            },
            || StoreError::Closed,
        )
        .await?;
        self.early = early;
        let ended = self.clock.moment();
        self.rests = Some((ended, ended.since(began).saturating_mul(REST).max(LEAST_REST)));
        self.made_of = Some(made_of);
        self.tell(&comparison);
        let number = self.comparison.as_ref().map_or(0, |(number, _)| *number).saturating_add(1);
        self.comparison = Some((number, Arc::new(comparison)));
        Ok(())
    }

    /// Logs what nobody can explain, once, and how much there is of everything where that changes.
    fn tell(&self, comparison: &Comparison) {
        let before = self.comparison.as_ref().map(|(_, before)| before);
        let known = before.iter().flat_map(|before| before.differences.iter());
        let known: HashSet<_> = known.map(|one| (one.kind, &one.of, &one.there, &one.here)).collect();
        let is_new = |one: &&Difference| {
            let is_known = known.contains(&(one.kind, &one.of, &one.there, &one.here));
            one.standing() == Standing::Unexplained && !is_known
        };
        let unexplained = comparison.differences.iter().filter(is_new);
        for Difference { kind, coin, of, there, here, .. } in unexplained.take(LOGGED) {
            tracing::warn!(kind = kind.name(), %coin, %of, %there, %here, "differs from the original");
        }
        let counts = |one: &Comparison| Standing::ALL.map(|standing| one.count(standing));
        if before
            .is_none_or(|before| counts(before) != counts(comparison) || before.agreed != comparison.agreed)
        {
            let [unexplained, passing, explained] = counts(comparison);
            let agreed = comparison.agreed;
            tracing::info!(agreed, unexplained, passing, explained, "held against the original");
        }
    }

    fn show(&self) -> Result<(), StoreError> {
        self.board.show(ShadowView {
            file: self.settings.file.clone(),
            copy: self.copy.as_ref().map(|copy| Arc::clone(&copy.view)),
            trouble: self.trouble.clone(),
            comparison: self.comparison.clone(),
            reach: self.reach(&self.store.snapshot())?,
        });
        Ok(())
    }
}

impl Worker for Shadow {
    fn name(&self) -> &'static str {
        "shadow"
    }

    async fn step(&mut self) -> Result<Next, StepError> {
        self.look().await?;
        self.read_again().await?;
        self.compare().await?;
        self.show()?;
        Ok(Next::Wait(LOOK_EVERY))
    }
}
