//! What the desk has seen coming to an address, to hold a balance against.

use crate::address::DepositAddress;
use crate::deposit::{BlockAt, DepositState};
use crate::store::{OwnMoneyTable, Snapshot, StoreError, Tables};
use crate::types::{BlockRef, Contract, Height, Units};

/// What came to a bound address in one block.
pub(super) fn seen_in_block(
    snapshot: &Snapshot,
    address: &DepositAddress,
    at: BlockRef,
) -> Result<Units, StoreError> {
    seen(snapshot, address, None, |block| block.height == at.height && block.hash == Some(at.hash))
}

/// What came to a bound address up to a height, in blocks that stand: of its chain's coin, or of a token.
///
/// # Errors
///
/// Where the store cannot be read.
pub fn seen_up_to(
    snapshot: &Snapshot,
    address: &DepositAddress,
    token: Option<Contract>,
    height: Height,
) -> Result<Units, StoreError> {
    seen(snapshot, address, token, |block| block.height <= height && block.hash.is_some())
}

fn seen(
    snapshot: &Snapshot,
    address: &DepositAddress,
    token: Option<Contract>,
    counts: impl Fn(&BlockAt) -> bool,
) -> Result<Units, StoreError> {
    let Some(binding) = snapshot.find_address(address)? else { return Ok(Units::new(0)) };
    let mut sum: u128 = 0;
    for purchase in snapshot.purchases_of(&binding)? {
        let deposit = purchase.deposit;
        if deposit.id.token != token {
            continue;
        }
        let stands = matches!(deposit.state, DepositState::Confirming { .. } | DepositState::Final { .. });
        if stands && counts(&deposit.block()) {
            sum = sum.saturating_add(deposit.amount.get());
        }
    }
    for (id, own) in snapshot.own_money_at(address)? {
        if id.token == token && counts(&own.block) {
            sum = sum.saturating_add(own.amount.get());
        }
    }
    Ok(Units::new(sum))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coins::{Symbol, Token};
    use crate::skycoin::Address;
    use crate::store::{AddressEvent, DepositEvent, NewDeposit, OwnMoney, StoreError, WriteTx};
    use crate::testing::memory_store;
    use crate::types::{BlockHash, BuyMethod, Coin, Contract, DepositId, DepositNo, Droplets};

    const TOKEN: Contract = Contract([7; 20]);

    fn address(n: u8) -> DepositAddress {
        DepositAddress::of_account([n; 20])
    }

    fn block(height: u64, hash: Option<u8>) -> BlockAt {
        BlockAt { height: Height::new(height), hash: hash.map(|n| BlockHash([n; 32])), waits: 0 }
    }

    fn id(amount: u128, token: Option<Contract>) -> DepositId {
        DepositId { coin: Coin::ETH, tx: format!("0x{amount:x}"), n: 0, token }
    }

    /// A deposit, named by its amount.
    fn deposit(
        tx: &mut WriteTx<'_>,
        to: u8,
        amount: u128,
        block: BlockAt,
        token: Option<Token>,
    ) -> Result<DepositNo, StoreError> {
        let binding = tx.find_address(&address(to))?.expect("it is bound");
        let id = id(amount, token.map(|token| token.contract));
        let (amount, rate, quote) = (Units::new(amount), "1".to_owned(), Some(Droplets::ZERO));
        tx.see_deposit(
            &binding,
            NewDeposit { id, token, amount, rate, quote, block, method: BuyMethod::Direct, priced: None },
        )
    }

    fn own(
        tx: &mut WriteTx<'_>,
        to: u8,
        amount: u128,
        block: BlockAt,
        token: Option<Contract>,
    ) -> Result<(), StoreError> {
        let own = OwnMoney { address: address(to), amount: Units::new(amount), block };
        tx.record(AddressEvent::OwnMoneySeen { id: id(amount, token), own })
    }

    /// Every amount is a bit of its own: a sum tells what is in it.
    fn fill(tx: &mut WriteTx<'_>) -> Result<(), StoreError> {
        let symbol = Symbol::parse("FOO").expect("it is a symbol");
        let token = Some(Token { contract: TOKEN, symbol, decimals: 2 });
        let here = block(5, Some(5));
        for n in [1, 2] {
            tx.bind(Address::from_bytes([n; 20]), address(n))?;
        }
        deposit(tx, 1, 1, here, None)?;
        let deposit_final = deposit(tx, 1, 2, here, None)?;
        tx.record(DepositEvent::Finalized { deposit: deposit_final })?;
        deposit(tx, 1, 4, block(5, Some(55)), None)?;
        deposit(tx, 1, 8, block(6, Some(5)), None)?;
        deposit(tx, 1, 16, block(5, None), None)?;
        let gone = deposit(tx, 1, 32, here, None)?;
        tx.record(DepositEvent::Orphaned { deposit: gone })?;
        deposit(tx, 1, 64, here, token)?;
        deposit(tx, 2, 128, here, None)?;
        own(tx, 1, 256, here, None)?;
        own(tx, 1, 512, here, Some(TOKEN))?;
        own(tx, 2, 1_024, here, None)?;
        own(tx, 1, 2_048, block(6, Some(6)), None)?;
        own(tx, 1, 4_096, block(4, None), None)
    }

    #[test]
    fn should_add_up_what_came_in_coins_and_stands() {
        let store = memory_store();
        store.write_blocking(fill).unwrap();
        let snapshot = store.snapshot();
        let at = BlockRef { height: Height::new(5), hash: BlockHash([5; 32]) };
        let in_block = |n| seen_in_block(&snapshot, &address(n), at).unwrap().get();
        assert_eq!([1, 2, 3].map(in_block), [1 + 2 + 256, 128 + 1_024, 0]);
        let up_to = |height| seen_up_to(&snapshot, &address(1), None, Height::new(height)).unwrap().get();
        let five = 1 + 2 + 4 + 256;
        assert_eq!([4, 5, 6, 7].map(up_to), [0, five, five + 8 + 2_048, five + 8 + 2_048]);
        let of_token = seen_up_to(&snapshot, &address(1), Some(TOKEN), Height::new(5)).unwrap();
        assert_eq!(of_token.get(), 64 + 512, "a token is summed by itself");
    }
}
