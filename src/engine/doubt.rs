//! What may not be so: deposits whose block is one that the node does not have at the moment, and a database that may
//! have forgotten what happened.

use crate::deposit::Deposit;
use crate::live::Live;
use crate::payout::{Payout, Verdict};
use crate::store::Snapshot;

/// Returns whether a deposit may be gone from its chain, so that nothing is newly signed or bought for it.
/// What a person has ruled is not asked again.
pub(super) fn is_in_doubt(live: &Live, deposit: &Deposit, payout: &Payout) -> bool {
    let (doubted, block) = (live.doubted_from(deposit.id.coin), deposit.block());
    let is_ruled = payout.verdict() == Some(Verdict::Pay);
    !is_ruled && doubted.is_some_and(|from| block.hash.is_some() && block.height >= from)
}

/// Returns whether all that left the hot wallet is known, so that something may be bought or withdrawn. A copy that was
/// put back has forgotten what was done after it was made, at an exchange as on the chain.
pub(super) fn is_reconciled(live: &Live, snapshot: &Snapshot) -> bool {
    live.books().looked.is_some() && snapshot.counters().is_reconciled()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deposit::{BlockAt, DepositState};
    use crate::live::{ChainLimits, ChainView};
    use crate::skycoin::Address;
    use crate::types::{
        BindingNo, BlockHash, BuyMethod, Coin, DepositId, DepositNo, Droplets, Height, Moment, Units,
        UnixTime,
    };

    fn deposit(height: u64, hash: Option<BlockHash>) -> Deposit {
        Deposit {
            no: DepositNo::FIRST,
            id: DepositId { coin: Coin::BTC, tx: "aa".to_owned(), n: 0, token: None },
            binding: BindingNo::FIRST,
            payee_seq: 1,
            amount: Units::new(200_000),
            rate: "500".to_owned(),
            quote: Some(Droplets::new(1_000_000)),
            seen_at: UnixTime::new(1),
            updated_at: UnixTime::new(1),
            state: DepositState::Final { block: BlockAt { height: Height::new(height), hash, waits: 0 } },
            previous: None,
            token: None,
            method: BuyMethod::Direct,
            priced: None,
            is_unlocated: false,
        }
    }

    #[test]
    fn should_doubt_what_stands_in_blocks_that_the_node_does_not_have() {
        let live = Live::default();
        let payee = Address::from_bytes([1; 20]);
        let payout = Payout::undecided(DepositNo::FIRST, payee, Droplets::new(1_000_000), UnixTime::new(1));
        let hash = Some(BlockHash([7; 32]));
        let is_doubted = |live: &Live, height, hash| is_in_doubt(live, &deposit(height, hash), &payout);
        assert!(!is_doubted(&live, 100, hash), "the node has everything");
        let limits = ChainLimits { max_tip_age: None, max_silence: std::time::Duration::from_secs(300) };
        let now = Moment::new(UnixTime::new(1), std::time::Duration::from_secs(1));
        let doubted_from = Some(Height::new(100));
        live.set_chain(Coin::BTC, ChainView { doubted_from, ..ChainView::new(limits, now) });
        assert!(is_doubted(&live, 100, hash) && is_doubted(&live, 101, hash));
        assert!(!is_doubted(&live, 99, hash), "it stands below");
        // What is said to have come, and stands in no block that anybody looked at, is no matter of blocks.
        assert!(!is_doubted(&live, 100, None) && !is_doubted(&live, 99, None));
    }
}
