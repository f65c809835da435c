//! What the shadow shows: the copy that it has read, what was compared, and whether moving over is safe.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;

use super::compare::Comparison;
use super::difference::Standing;
use super::sight::Reach;
use crate::types::{Coin, PerCoin, UnixTime};

/// Copies that are older tell little about a desk that goes on.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);

/// A copy of the original's database that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyView {
    /// When the file was written.
    pub made_at: UnixTime,
    /// When it was read here.
    pub read_at: UnixTime,
    /// Addresses that are bound in it.
    pub bindings: u64,
    /// Of those, how many were new here.
    pub new_bindings: u64,
    /// Where its records differ from each other, in words.
    pub differences: Vec<String>,
}

/// See the module's documentation.
#[derive(Debug, Clone, Default)]
pub struct ShadowView {
    /// The file that copies are read from.
    pub file: PathBuf,
    /// The newest copy that was read as a whole; none before the first.
    pub copy: Option<Arc<CopyView>>,
    /// Why what is in the file now is not read, in words; none where it is.
    pub trouble: Option<String>,
    /// The newest comparison with that copy, and its number since the start; none before the first.
    pub comparison: Option<(u64, Arc<Comparison>)>,
    /// How far each chain was known then.
    pub reach: PerCoin<Reach>,
}

/// A [`ShadowView`] that is shared.
#[derive(Debug, Default)]
pub struct ShadowBoard(ArcSwap<ShadowView>);

impl ShadowBoard {
    /// Returns one on which nothing stands yet but the file.
    pub fn new(file: &Path) -> ShadowBoard {
        let view = ShadowView { file: file.to_owned(), ..ShadowView::default() };
        ShadowBoard(ArcSwap::from_pointee(view))
    }

    /// Returns what stands on it.
    pub fn view(&self) -> Arc<ShadowView> {
        self.0.load_full()
    }

    pub(super) fn show(&self, view: ShadowView) {
        self.0.store(Arc::new(view));
    }
}

/// Why it is not safe to move over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// No copy was read yet.
    NoCopy,
    /// What is in the file now cannot be read.
    Unreadable(String),
    /// The copy is older than a day.
    OldCopy(Duration),
    /// A chain was not read up to its newest block.
    Behind(Coin),
    /// Nothing was the same in both: nothing is shown by that.
    NothingAgreed,
    /// Differences that pass by themselves, or with a newer copy.
    Passing(u64),
    /// Differences that nobody can explain.
    Unexplained(u64),
}

impl Obstacle {
    /// Returns a word for machines.
    pub const fn name(&self) -> &'static str {
        match self {
            Obstacle::NoCopy => "no_copy",
            Obstacle::Unreadable(_) => "unreadable",
            Obstacle::OldCopy(_) => "old_copy",
            Obstacle::Behind(_) => "behind",
            Obstacle::NothingAgreed => "nothing_agreed",
            Obstacle::Passing(_) => "passing",
            Obstacle::Unexplained(_) => "unexplained",
        }
    }

    /// Whether a person has to do something about it: anything else passes by itself, or with a newer copy.
    pub const fn is_for_a_person(&self) -> bool {
        matches!(self, Obstacle::Unreadable(_) | Obstacle::Unexplained(_))
    }
}

impl ShadowView {
    /// Returns all that stands in the way of moving over; nothing where it is safe.
    pub fn obstacles(&self, now: UnixTime) -> Vec<Obstacle> {
        let mut found: Vec<Obstacle> = self.trouble.iter().cloned().map(Obstacle::Unreadable).collect();
        let (Some(copy), Some((_, comparison))) = (&self.copy, &self.comparison) else {
            found.extend(self.trouble.is_none().then_some(Obstacle::NoCopy));
            return found;
        };
        let age = now.since(copy.made_at);
        found.extend((age > OLD).then_some(Obstacle::OldCopy(age)));
        let behind = self.reach.iter().filter(|(_, reach)| reach.rules.is_followed && !reach.is_up());
        found.extend(behind.map(|(coin, _)| Obstacle::Behind(coin)));
        found.extend((comparison.agreed == 0).then_some(Obstacle::NothingAgreed));
        for (standing, obstacle) in [
            (Standing::Passing, Obstacle::Passing as fn(u64) -> Obstacle),
            (Standing::Unexplained, Obstacle::Unexplained),
        ] {
            let count = comparison.count(standing);
            found.extend((count > 0).then(|| obstacle(count)));
        }
        found
    }
}
