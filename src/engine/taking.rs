//! Takes up what a block pays, and notes what of it could not be told.

use super::intake::{FoundDeposit, Intake, IntakeError, IntakeOutcome};
use super::own_money::{self, Spenders};
use super::transfer_id::{Names, TransferName};
use crate::chain::{Block, Effect, Gaps, PastUse, Payment, Unread};
use crate::deposit::BlockAt;
use crate::store::{
    BlockGaps, GapEffect, OwnMoneyTable, Passed, Passes, StoreError, Tables, Taints, WriteTx,
};
use crate::types::{Coin, DepositId, DepositNo};

/// Takes up a block's payments; answers how many are deposits that were not known.
pub(super) fn take_block(
    tx: &mut WriteTx<'_>,
    coin: Coin,
    block: &Block,
    intake: &Intake,
) -> Result<u64, StoreError> {
    let (mut found, mut later, mut rivals) = (0, Vec::new(), Vec::new());
    let mut taker = Taker { coin, block, intake, spenders: Spenders::default() };
    let mut names = Names::default();
    for payment in &block.payments {
        if is_told_already(tx, coin, block, payment)? {
            continue;
        }
        match names.name(tx, coin, payment)? {
            TransferName::Fixed(id) => found += u64::from(taker.take(tx, payment, id)?),
            TransferName::New(_) | TransferName::Rival(_) => later.push(payment),
        }
    }
    // What is known stands again by now, and is nobody's rival any more.
    let mut names = Names::default();
    for payment in later {
        match names.name(tx, coin, payment)? {
            TransferName::Fixed(id) | TransferName::New(id) => {
                found += u64::from(taker.take(tx, payment, id.clone())?);
                if tx.deposit_no(&id)?.is_some() || tx.own_money(&id)?.is_some() {
                    names.add(payment, &id);
                }
            }
            TransferName::Rival(no) => rivals.extend(rival(tx, payment, no)?),
        }
    }
    note(tx, coin, block, rivals)?;
    Ok(found)
}

/// What the payments of one block are taken up with.
struct Taker<'a> {
    coin: Coin,
    block: &'a Block,
    intake: &'a Intake,
    spenders: Spenders,
}

impl Taker<'_> {
    /// Takes up one payment; answers whether it is a deposit that was not known.
    fn take(&mut self, tx: &mut WriteTx<'_>, payment: &Payment, id: DepositId) -> Result<bool, StoreError> {
        let (coin, block) = (self.coin, self.block);
        let at = BlockAt { height: block.at.height, hash: Some(block.at.hash), waits: payment.waits };
        // What was taken for a deposit before stays one: its sender may have become ours later, or its source been
        // found.
        if tx.deposit_no(&id)?.is_none()
            && (self.spenders.are_ours(tx, coin, payment)? || tx.came_before(&payment.address, at.height)?)
        {
            own_money::note(tx, id, payment, at)?;
            return Ok(false);
        }
        let found = FoundDeposit {
            id,
            token: payment.token,
            address: payment.address,
            amount: payment.amount,
            block: at,
            // Finality is decided for whole heights.
            is_final: false,
        };
        match self.intake.take(tx, &found) {
            Ok(taken @ (IntakeOutcome::New(no) | IntakeOutcome::Known(no))) => {
                if tx.deposit(no)?.is_some_and(|deposit| !deposit.is_final()) {
                    tx.reopen_finality(coin, block.at.height)?;
                }
                Ok(matches!(taken, IntakeOutcome::New(_)))
            }
            Ok(IntakeOutcome::Unbound) => {
                tx.taint(PastUse {
                    address: payment.address,
                    tx: Some(payment.tx.clone()),
                    // Of the chain's coin.
                    amount: Some(payment.amount).filter(|_| payment.token.is_none()),
                    height: block.at.height,
                })?;
                Ok(false)
            }
            Err(IntakeError::Store(error)) => Err(error),
            Err(error @ IntakeError::Contradiction(_)) => {
                // The chain cannot say two things of one outpoint. Whatever it is, nothing is paid for it.
                tracing::error!(%coin, %error, notice = "WATCH", "a deposit contradicts the one that is stored");
                Ok(false)
            }
        }
    }
}

/// Whether the payment is a part of what was credited already for a transaction that could not be read then.
fn is_told_already(
    tx: &WriteTx<'_>,
    coin: Coin,
    block: &Block,
    payment: &Payment,
) -> Result<bool, StoreError> {
    if !coin.facts().inner_transfers || payment.n == 0 || payment.token.is_some() {
        return Ok(false);
    }
    let Some(passed) = tx.passed_over(coin, block.at.height, &payment.tx)? else { return Ok(false) };
    let GapEffect::Grew(grew) = &passed.effect else { return Ok(false) };
    let all = grew.iter().find(|(address, _)| address.key() == payment.address.key());
    Ok(passed.at == block.at && all.is_some_and(|(_, amount)| *amount != payment.amount))
}

/// What is noted of a payment that is not credited while another deposit of its transaction is paid and gone.
fn rival(tx: &WriteTx<'_>, payment: &Payment, no: DepositNo) -> Result<Option<Passed>, StoreError> {
    if tx.find_address(&payment.address)?.is_none() {
        return Ok(None);
    }
    tracing::error!(tx = %payment.tx, deposit = %no, notice = "WATCH",
        "a transaction that was paid for came to something else after a fork, that is not credited");
    Ok(Some(Passed {
        tx: payment.tx.clone(),
        why: format!(
            "it came to something else in a block that is gone, and deposit {no} of it is paid or signed"
        ),
        effect: GapEffect::Rival {
            deposit: no,
            address: payment.address,
            amount: payment.amount,
            token: payment.token,
        },
    }))
}

/// Stores what could not be told of the block, and drops what was stored of it before.
fn note(tx: &mut WriteTx<'_>, coin: Coin, block: &Block, rivals: Vec<Passed>) -> Result<(), StoreError> {
    if !coin.facts().inner_transfers {
        return Ok(());
    }
    let Gaps { blind, unread } = &block.gaps;
    for Unread { tx, why, .. } in unread {
        tracing::error!(%coin, height = %block.at.height, %tx, %why, notice = "WATCH",
            "a transaction could not be read and is passed over");
    }
    let passed = unread.iter().map(passed).chain(rivals).collect();
    tx.note_gaps(coin, &BlockGaps { at: block.at, blind: blind.clone(), passed })
}

fn passed(unread: &Unread) -> Passed {
    let effect = match &unread.effect {
        Effect::Grew(grew) => GapEffect::Grew(grew.clone()),
        Effect::Unknown(why) => GapEffect::Unknown(why.clone()),
        Effect::Untrue(address, token, amount) => {
            GapEffect::Untrue { address: *address, token: *token, amount: *amount }
        }
    };
    Passed { tx: unread.tx.clone(), why: unread.why.clone(), effect }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::DepositAddress;
    use crate::skycoin::Address;
    use crate::testing::memory_store;
    use crate::types::{BlockHash, BlockRef, Height, Units, Work};

    fn block(hash: u8) -> Block {
        let at = BlockRef { height: Height::new(5), hash: BlockHash([hash; 32]) };
        let gaps = Gaps::default();
        Block { at, parent: BlockHash([0; 32]), work: Work::BLOCK, payments: Vec::new(), gaps }
    }

    /// Whether a transfer within a transaction is a part of what this address grew by, in a block of this hash.
    fn is_part(tx: &WriteTx<'_>, hash: u8, (name, n, to): (&str, u32, u8), amount: u128) -> bool {
        let address = DepositAddress::of_account([to; 20]);
        let payment = Payment::new(name.to_owned(), n, address, Units::new(amount));
        is_told_already(tx, Coin::ETH, &block(hash), &payment).unwrap()
    }

    #[test]
    fn should_leave_out_parts_of_what_was_credited_in_one_and_nothing_else() {
        let told = memory_store().write_blocking(|tx| {
            let address = DepositAddress::of_account([1; 20]);
            tx.bind(Address::from_bytes([1; 20]), address)?;
            let effect = GapEffect::Grew(vec![(address, Units::new(10))]);
            let passed = vec![Passed { tx: "aa".to_owned(), why: "it was not traced".to_owned(), effect }];
            tx.note_gaps(Coin::ETH, &BlockGaps { at: block(9).at, blind: None, passed })?;
            let cases = [
                (9, ("aa", 1, 1), 4, "a part"),
                (9, ("aa", 1, 1), 10, "all of it"),
                (9, ("aa", 0, 1), 4, "of the transaction itself"),
                (9, ("aa", 1, 2), 4, "to somebody else"),
                (9, ("bb", 1, 1), 4, "of another transaction"),
                (8, ("aa", 1, 1), 4, "in another block"),
            ];
            let told = cases.map(|(hash, which, amount, what)| (what, is_part(tx, hash, which, amount)));
            Ok::<_, StoreError>(told.into_iter().filter(|(_, is_told)| *is_told).collect::<Vec<_>>())
        });
        assert_eq!(told.unwrap(), [("a part", true)]);
    }
}
