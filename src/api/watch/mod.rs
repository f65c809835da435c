//! Purchases that are watched live: who watches which, and what wakes them.

mod herald;
mod stream;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::address::AddressKey;
use crate::store::Binding;
use crate::types::{BindingNo, Coin};

pub use herald::Herald;
pub(super) use stream::handle;

/// Streams of one purchase at a time: a person has a few windows open.
const PER_PURCHASE: usize = 8;

/// See the module.
#[derive(Debug)]
pub struct Watchers {
    inside: Mutex<Inside>,
    max: usize,
}

#[derive(Debug, Default)]
struct Inside {
    watched: HashMap<BindingNo, Watched>,
    open: usize,
    last: u64,
    is_closed: bool,
}

/// A purchase that somebody looks at.
#[derive(Debug)]
struct Watched {
    coin: Coin,
    key: AddressKey,
    /// The longest there first; where one is dropped, its stream ends.
    viewers: Vec<(u64, watch::Sender<()>)>,
}

/// One who watches a purchase. They leave where this is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    watchers: Arc<Watchers>,
    no: BindingNo,
    viewer: u64,
    woken: watch::Receiver<()>,
}

impl Watchers {
    /// Returns room for so many streams in all.
    pub fn new(max: usize) -> Arc<Watchers> {
        Arc::new(Watchers { inside: Mutex::default(), max })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns one more who watches this purchase; none where there are enough in all. Of too many in front of one
    /// purchase the one who has been there longest has to go: it may be a window that was closed long ago.
    pub(super) fn watch(self: &Arc<Self>, binding: &Binding) -> Option<Watch> {
        let mut inside = self.inside();
        if inside.is_closed || inside.open >= self.max {
            return None;
        }
        inside.open = inside.open.saturating_add(1);
        inside.last = inside.last.wrapping_add(1);
        let viewer = inside.last;
        let watched = inside.watched.entry(binding.no).or_insert_with(|| Watched {
            coin: binding.address.coin(),
            key: binding.address.key(),
            viewers: Vec::with_capacity(1),
        });
        if watched.viewers.len() >= PER_PURCHASE {
            watched.viewers.remove(0);
        }
        let (wake, woken) = watch::channel(());
        watched.viewers.push((viewer, wake));
        Some(Watch { watchers: Arc::clone(self), no: binding.no, viewer, woken })
    }

    /// How many streams there are.
    pub fn open(&self) -> usize {
        self.inside().open
    }

    /// Whether the service stops.
    fn is_closed(&self) -> bool {
        self.inside().is_closed
    }

    /// Wakes whoever watches one of these.
    fn wake(&self, numbers: &[BindingNo]) {
        let inside = self.inside();
        numbers.iter().filter_map(|no| inside.watched.get(no)).for_each(Watched::wake);
    }

    /// Wakes whoever watches a purchase of this coin that this is true of.
    fn wake_where(&self, coin: Coin, is_so: impl Fn(&AddressKey) -> bool) {
        let inside = self.inside();
        let concerned = inside.watched.values().filter(|one| one.coin == coin && is_so(&one.key));
        concerned.for_each(Watched::wake);
    }

    /// Ends all streams, and lets nobody in any more: the service stops.
    fn close(&self) {
        let mut inside = self.inside();
        inside.is_closed = true;
        // Whoever waits hears that nobody will wake them again.
        inside.watched.clear();
    }
}

impl Watched {
    fn wake(&self) {
        self.viewers.iter().for_each(|(_, wake)| {
            wake.send_replace(());
        });
    }
}

impl Watch {
    /// Waits until something may have changed; false where nothing will any more.
    async fn changed(&mut self) -> bool {
        self.woken.changed().await.is_ok()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut inside = self.watchers.inside();
        inside.open = inside.open.saturating_sub(1);
        let Some(watched) = inside.watched.get_mut(&self.no) else { return };
        watched.viewers.retain(|(viewer, _)| *viewer != self.viewer);
        if watched.viewers.is_empty() {
            inside.watched.remove(&self.no);
        }
    }
}
