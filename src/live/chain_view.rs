//! A chain and its node as the scanner saw them last.

use std::time::Duration;

use super::pause::{NodeTrouble, Pause};
use crate::chain::Tip;
use crate::types::{BlockRef, Height, Moment};

/// Blocks that are still to be read, from which on deposits are noticeably late.
const MUCH_LAG: u64 = 10;

/// How a node fares. Each is another thing for an operator to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeState {
    /// It has not answered since this service started.
    NotYetReached {
        /// What the attempt to reach it came to.
        why: String,
    },
    /// It answers, and its chain is the one that is followed.
    Ok,
    /// It does not answer.
    Unreachable {
        /// What the last request came to.
        why: String,
    },
    /// It refuses who we are.
    Unauthorized {
        /// What it says to the credentials that it was shown.
        why: String,
    },
    /// It forbids something that is needed.
    Forbidden {
        /// What it says to the request that it does not take.
        why: String,
    },
    /// It takes no more requests for now.
    RateLimited {
        /// What it says to the request that came too soon.
        why: String,
    },
    /// It is starting up.
    Starting {
        /// What it says of its start.
        why: String,
    },
    /// It is catching up with its network.
    Syncing,
    /// Its chain ends below what was seen of it before.
    Behind {
        /// The height of its newest block.
        tip: Height,
    },
    /// It shows another chain, lighter or shorter than what was seen of it before, which is not followed
    /// unless it stays.
    Shorter {
        /// The height of its newest block.
        tip: Height,
    },
    /// It belongs to another network.
    WrongNetwork {
        /// What tells that the network is another.
        why: String,
    },
    /// It contradicts itself or the protocol.
    Nonsense {
        /// What it said, and why that cannot be.
        why: String,
    },
    /// It has thrown away blocks that are needed.
    Pruned {
        /// What it says of a block that is needed.
        why: String,
    },
    /// Its chain forked off below everything that is remembered.
    ForkedTooDeep {
        /// The height of the lowest block that is remembered.
        below: Height,
    },
}

impl NodeState {
    /// All that [`NodeState::name`] says.
    pub const NAMES: [&str; 14] = [
        "not_yet_reached",
        "ok",
        "unreachable",
        "unauthorized",
        "forbidden",
        "rate_limited",
        "starting",
        "syncing",
        "behind",
        "shorter_chain",
        "wrong_network",
        "nonsense",
        "pruned",
        "forked_too_deep",
    ];

    /// One word for machines.
    pub const fn name(&self) -> &'static str {
        match self.trouble() {
            Some(trouble) => trouble.name(),
            None => "ok",
        }
    }

    /// Returns what is amiss, without a word of the node's or the connection's; none while nothing is.
    pub const fn trouble(&self) -> Option<NodeTrouble> {
        Some(match self {
            NodeState::Ok => return None,
            NodeState::NotYetReached { .. } => NodeTrouble::NotYetReached,
            NodeState::Unreachable { .. } => NodeTrouble::Unreachable,
            NodeState::Unauthorized { .. } => NodeTrouble::Unauthorized,
            NodeState::Forbidden { .. } => NodeTrouble::Forbidden,
            NodeState::RateLimited { .. } => NodeTrouble::RateLimited,
            NodeState::Starting { .. } => NodeTrouble::Starting,
            NodeState::Syncing => NodeTrouble::Syncing,
            NodeState::Behind { tip } => NodeTrouble::Behind { tip: *tip },
            NodeState::Shorter { tip } => NodeTrouble::Shorter { tip: *tip },
            NodeState::WrongNetwork { .. } => NodeTrouble::WrongNetwork,
            NodeState::Nonsense { .. } => NodeTrouble::Nonsense,
            NodeState::Pruned { .. } => NodeTrouble::Pruned,
            NodeState::ForkedTooDeep { below } => NodeTrouble::ForkedTooDeep { below: *below },
        })
    }

    /// The node's own words, or the connection's, for the operator.
    pub fn detail(&self) -> Option<&str> {
        match self {
            NodeState::NotYetReached { why }
            | NodeState::Unreachable { why }
            | NodeState::Unauthorized { why }
            | NodeState::Forbidden { why }
            | NodeState::RateLimited { why }
            | NodeState::Starting { why }
            | NodeState::WrongNetwork { why }
            | NodeState::Nonsense { why }
            | NodeState::Pruned { why } => Some(why),
            NodeState::Ok
            | NodeState::Syncing
            | NodeState::Behind { .. }
            | NodeState::Shorter { .. }
            | NodeState::ForkedTooDeep { .. } => None,
        }
    }

    /// Whether it answers, and with the chain that is followed or the beginning of that.
    pub const fn is_followed(&self) -> bool {
        matches!(self, NodeState::Ok | NodeState::Syncing | NodeState::Behind { .. })
    }
}

/// What a chain is held to before it stops being offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainLimits {
    /// How old the newest block may be; none for chains that make blocks only when there is something in them.
    pub max_tip_age: Option<Duration>,
    /// How long the node may be silent.
    pub max_silence: Duration,
}

/// See the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainView {
    /// How its node fares.
    pub node: NodeState,
    /// Since when it fares so.
    pub since: Moment,
    /// When the node last told its newest block, and which.
    pub answered_at: Option<Moment>,
    /// The node's newest block; none before the first answer.
    pub tip: Option<Tip>,
    /// When this tip was told first.
    pub tip_since: Option<Moment>,
    /// How far blocks have been followed.
    pub scanned: Option<BlockRef>,
    /// When everything up to the node's newest block was last read: a tip that is told and cannot be read is no offer.
    pub current_at: Option<Moment>,
    /// The first block that the node's chain does not have at the moment, while that is not followed.
    pub doubted_from: Option<Height>,
    /// Where scanning begins, while the chain is not as high yet.
    pub waits_for: Option<Height>,
    /// What this node cannot tell.
    pub blind_spot: Option<String>,
    /// Final is what the chain says is, and the node does not pass that on: no deposit becomes final.
    pub is_finality_untold: bool,
    /// What it is held to before it stops being offered.
    pub limits: ChainLimits,
}

impl ChainView {
    /// Returns the view of a chain whose node has not been asked.
    pub fn new(limits: ChainLimits, now: Moment) -> Self {
        ChainView {
            node: NodeState::NotYetReached { why: "it has not been asked".to_owned() },
            since: now,
            answered_at: None,
            tip: None,
            tip_since: None,
            scanned: None,
            current_at: None,
            doubted_from: None,
            waits_for: None,
            blind_spot: None,
            is_finality_untold: false,
            limits,
        }
    }

    /// Notes how the node fares; the time stays that of the change.
    pub fn set_node(&mut self, node: NodeState, now: Moment) {
        if std::mem::discriminant(&self.node) != std::mem::discriminant(&node) {
            self.since = now;
        }
        self.node = node;
    }

    /// Notes the newest block that the node tells.
    pub fn set_tip(&mut self, tip: Tip, now: Moment) {
        if self.tip.map(|known| known.block) != Some(tip.block) {
            self.tip_since = Some(now);
        }
        self.tip = Some(tip);
        self.answered_at = Some(now);
    }

    /// How many blocks are still to be followed.
    pub fn lag(&self) -> Option<u64> {
        Some(self.scanned?.height.depth_below(self.tip?.block.height))
    }

    /// Whether everything up to the node's newest block has been read.
    pub fn is_followed_up(&self) -> bool {
        matches!(self.node, NodeState::Ok | NodeState::Syncing) && self.lag() == Some(0)
    }

    /// How old the newest block is, where it is older than allowed: a node that answers and is stuck all the same.
    ///
    /// What clocks showed counts once, when the block was told first: how old it is after that, no clock says wrongly.
    pub fn stuck_for(&self, now: Moment) -> Option<Duration> {
        let told = self.tip_since?;
        let age = told.at().since(self.tip?.time).saturating_add(now.since(told));
        self.limits.max_tip_age.is_some_and(|most| age > most).then_some(age)
    }

    /// What is amiss.
    pub fn trouble(&self, now: Moment) -> Option<Pause> {
        let stuck = || Some(Pause::Stuck { age: self.stuck_for(now)? });
        self.node.trouble().map(Pause::Node).or_else(stuck)
    }

    /// Why nobody should be given an address now: whoever pays to it might not be seen for long.
    pub fn refuses_binds(&self, now: Moment) -> Option<Pause> {
        let silence = self.current_at.map(|at| now.since(at));
        let is_short = silence.is_some_and(|silence| silence <= self.limits.max_silence);
        match &self.node {
            // A moment's trouble is no reason: nodes are restarted, and blocks come.
            NodeState::Unreachable { .. }
            | NodeState::Starting { .. }
            | NodeState::Behind { .. }
            | NodeState::Shorter { .. }
            | NodeState::RateLimited { .. }
                if is_short =>
            {
                None
            }
            NodeState::Ok if !is_short => {
                self.trouble(now).or_else(|| Some(Pause::Unread { blocks: self.backlog() }))
            }
            NodeState::Ok
            | NodeState::Unreachable { .. }
            | NodeState::Starting { .. }
            | NodeState::Behind { .. }
            | NodeState::Shorter { .. }
            | NodeState::RateLimited { .. }
            | NodeState::NotYetReached { .. }
            | NodeState::Unauthorized { .. }
            | NodeState::Forbidden { .. }
            | NodeState::Syncing
            | NodeState::WrongNetwork { .. }
            | NodeState::Nonsense { .. }
            | NodeState::Pruned { .. }
            | NodeState::ForkedTooDeep { .. } => self.trouble(now),
        }
    }

    /// How many blocks are still to be read; none where that is not known, or where the newest is all that is amiss.
    fn backlog(&self) -> Option<u64> {
        self.lag().filter(|lag| *lag > 0)
    }

    /// Returns how many blocks are to be read, where they are many and what keeps the coin off offer does not tell it
    /// already.
    pub fn catches_up(&self, refuses_binds: Option<&Pause>) -> Option<u64> {
        let lag = self.lag().filter(|lag| *lag >= MUCH_LAG)?;
        (refuses_binds != Some(&Pause::Unread { blocks: Some(lag) })).then_some(lag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{BlockHash, UnixTime};

    const LIMITS: ChainLimits =
        ChainLimits { max_tip_age: Some(Duration::from_secs(3_600)), max_silence: Duration::from_secs(300) };

    fn now(seconds: u64) -> Moment {
        Moment::new(UnixTime::new(seconds), Duration::from_secs(seconds))
    }

    fn view(tip_time: u64, answered: u64) -> ChainView {
        let block = BlockRef { height: Height::new(9), hash: BlockHash([1; 32]) };
        let tip = Tip { block, time: UnixTime::new(tip_time), finalized: None, is_syncing: false };
        let mut view = ChainView::new(LIMITS, now(0));
        view.set_node(NodeState::Ok, now(answered));
        view.set_tip(tip, now(answered));
        view.current_at = view.answered_at;
        view.scanned = Some(block);
        view
    }

    #[test]
    fn should_refuse_binds_only_when_deposits_might_not_be_seen() {
        assert!(ChainView::new(LIMITS, now(0)).refuses_binds(now(1)).is_some());
        let good = view(1_000, 1_000);
        assert_eq!(good.refuses_binds(now(1_001)), None);
        assert_eq!(
            good.refuses_binds(now(1_000 + 3_601)),
            Some(Pause::Stuck { age: Duration::from_secs(3_601) })
        );
        let mut away = good.clone();
        away.set_node(NodeState::Unreachable { why: "refused".into() }, now(1_010));
        assert_eq!(away.refuses_binds(now(1_200)), None);
        assert_eq!(away.refuses_binds(now(1_301)), Some(Pause::Node(NodeTrouble::Unreachable)));
        away.set_node(NodeState::WrongNetwork { why: "x".into() }, now(1_011));
        assert!(away.refuses_binds(now(1_011)).is_some());
    }

    #[test]
    fn should_refuse_binds_where_blocks_are_told_and_not_read() {
        let mut unread = view(1_000, 1_000);
        let newer = BlockRef { height: Height::new(49), hash: BlockHash([2; 32]) };
        unread.tip = unread.tip.map(|tip| Tip { block: newer, ..tip });
        // The node goes on telling its newest block.
        unread.answered_at = Some(now(1_400));
        assert_eq!(unread.refuses_binds(now(1_300)), None);
        let pause = unread.refuses_binds(now(1_301)).unwrap();
        assert_eq!(pause, Pause::Unread { blocks: Some(40) });
        assert_eq!(unread.catches_up(Some(&pause)), None, "it has been said");
        assert_eq!(unread.catches_up(None), Some(40));
        assert_eq!(unread.catches_up(Some(&Pause::Node(NodeTrouble::Starting))), Some(40));
        assert_eq!(view(1_000, 1_000).catches_up(None), None);
        unread.set_node(NodeState::Unreachable { why: "a block does not come".into() }, now(1_302));
        assert!(unread.refuses_binds(now(1_303)).is_some());
        unread.set_node(NodeState::Shorter { tip: Height::new(8) }, now(1_302));
        let shorter = Pause::Node(NodeTrouble::Shorter { tip: Height::new(8) });
        assert_eq!(unread.refuses_binds(now(1_303)), Some(shorter));
    }

    #[test]
    fn should_not_let_the_clock_prolong_a_silence_or_make_a_block_younger() {
        // Nobody answers for 301 seconds; meanwhile clocks are set back by an hour, or forward.
        for shown in [0, 10_000] {
            let later = |seconds| Moment::new(UnixTime::new(shown), Duration::from_secs(seconds));
            let mut away = view(1_000, 1_000);
            away.set_node(NodeState::Unreachable { why: "refused".into() }, later(1_010));
            assert_eq!(away.refuses_binds(later(1_300)), None, "{shown}");
            let silent = Some(Pause::Node(NodeTrouble::Unreachable));
            assert_eq!(away.refuses_binds(later(1_301)), silent, "{shown}");
            // A node that goes on telling one block.
            let mut stuck = view(1_000, 1_000);
            let tip = stuck.tip.unwrap();
            for seconds in [2_000, 4_600] {
                stuck.set_tip(tip, later(seconds));
                stuck.current_at = stuck.answered_at;
            }
            assert_eq!(stuck.refuses_binds(later(4_600)), None, "{shown}");
            let old = Some(Pause::Stuck { age: Duration::from_secs(3_601) });
            assert_eq!(stuck.refuses_binds(later(4_601)), old, "{shown}");
        }
    }

    #[test]
    fn should_tell_since_when_it_is_so() {
        let mut chain = view(1, 1);
        chain.set_node(NodeState::Unreachable { why: "a".into() }, now(5));
        chain.set_node(NodeState::Unreachable { why: "b".into() }, now(9));
        assert_eq!(chain.since, now(5));
    }
}
