//! What a signed transaction does, read from its bytes. Nobody's word is taken for it.

use std::collections::HashSet;

use minicbor::{Decode, Encode};

use crate::rail::Pays;
use crate::skycoin::{Address, DecodeError, Transaction};
use crate::types::{Claim, DepositNo, Droplets, TxId};

/// One payout inside a transaction, as its output has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct PaidOutput {
    /// The payout's number.
    #[n(0)]
    pub payout: DepositNo,
    /// Position among the outputs, from 0.
    #[n(1)]
    pub output: u32,
    /// Who is paid.
    #[n(2)]
    pub payee: Address,
    /// How much, in droplets.
    #[n(3)]
    pub amount: Droplets,
}

/// A transaction as it was signed, with all that it pays. It never changes.
///
/// Invariant: `inputs` and `parts` are what `raw` says, and every output is a part or goes to `change`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SignedTransaction {
    /// The serialized, signed transaction.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub raw: Vec<u8>,
    /// The outputs it spends (uxids).
    #[n(1)]
    pub inputs: Vec<Claim>,
    /// The payouts that it makes.
    #[n(2)]
    pub parts: Vec<PaidOutput>,
    /// The wallet's own address, which the rest goes back to.
    #[n(3)]
    pub change: Address,
    /// Whether it was made elsewhere and taken over by a person: then outputs may go to others too.
    #[n(4)]
    pub is_adopted: bool,
}

/// Why bytes are not the transaction that they are said to be.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum MismatchError {
    /// Not a transaction at all.
    #[error("the bytes are no transaction: {0}")]
    Undecodable(#[from] DecodeError),
    /// An input without a signature.
    #[error("the transaction is not signed")]
    Unsigned,
    /// Said to be paid by an output that there is not.
    #[error("payout {payout} is said to be paid by output {output}, and there is none")]
    NoOutput {
        /// The payout, by the number of its deposit.
        payout: DepositNo,
        /// The output that is said to pay it, from 0.
        output: u32,
    },
    /// One output for two payouts, or one payout by two outputs.
    #[error("payout {payout} or output {output} is named twice")]
    Twice {
        /// The payout, by the number of its deposit.
        payout: DepositNo,
        /// The output, from 0.
        output: u32,
    },
    /// Coins for somebody who is neither paid nor the wallet itself.
    #[error("output {output} gives {coins} SKY to {address}, who is neither paid by it nor the wallet")]
    Stranger {
        /// The output, from 0.
        output: usize,
        /// The address that it pays.
        address: Address,
        /// How much it pays, in droplets.
        coins: Droplets,
    },
}

impl SignedTransaction {
    /// Reads what the bytes do, and the id of the transaction. `pays` tells which output is for whom; all others must
    /// go back to the wallet's own address `change`.
    pub fn read(
        raw: Vec<u8>,
        change: Address,
        pays: impl IntoIterator<Item = Pays>,
    ) -> Result<(TxId, SignedTransaction), MismatchError> {
        let (transaction, parts) = read_parts(&raw, pays)?;
        check_rest(&transaction, change, &parts)?;
        let inputs = transaction.inputs().to_vec();
        Ok((transaction.txid(), SignedTransaction { raw, inputs, parts, change, is_adopted: false }))
    }

    /// [`SignedTransaction::read`] for a transaction that was made elsewhere: whoever takes it over answers for what it
    /// pays to others.
    pub fn adopt(
        raw: Vec<u8>,
        change: Address,
        pays: impl IntoIterator<Item = Pays>,
    ) -> Result<(TxId, SignedTransaction), MismatchError> {
        let (transaction, parts) = read_parts(&raw, pays)?;
        let inputs = transaction.inputs().to_vec();
        Ok((transaction.txid(), SignedTransaction { raw, inputs, parts, change, is_adopted: true }))
    }

    /// Reads the bytes again: answers the id of the transaction, where all that is said of it is so.
    pub fn verify(&self) -> Result<Option<TxId>, MismatchError> {
        let pays = self.parts.iter().map(|part| Pays { payout: part.payout, output: part.output });
        let read = if self.is_adopted { SignedTransaction::adopt } else { SignedTransaction::read };
        let (txid, read) = read(self.raw.clone(), self.change, pays.collect::<Vec<_>>())?;
        Ok(Some(txid).filter(|_| read == *self))
    }
}

fn read_parts(
    raw: &[u8],
    pays: impl IntoIterator<Item = Pays>,
) -> Result<(Transaction, Vec<PaidOutput>), MismatchError> {
    let transaction = Transaction::decode(raw)?;
    if !transaction.is_signed() {
        return Err(MismatchError::Unsigned);
    }
    let parts = pays.into_iter().map(|pays| part(&transaction, pays)).collect::<Result<Vec<_>, _>>()?;
    check_each_once(&parts)?;
    Ok((transaction, parts))
}

fn part(transaction: &Transaction, pays: Pays) -> Result<PaidOutput, MismatchError> {
    let Pays { payout, output } = pays;
    let position = usize::try_from(output).ok();
    let found = position.and_then(|position| transaction.outputs().get(position));
    let found = found.ok_or(MismatchError::NoOutput { payout, output })?;
    Ok(PaidOutput { payout, output, payee: found.address, amount: found.coins })
}

fn check_each_once(parts: &[PaidOutput]) -> Result<(), MismatchError> {
    let (mut payouts, mut outputs) = (HashSet::new(), HashSet::new());
    let twice = parts.iter().find(|part| !payouts.insert(part.payout) || !outputs.insert(part.output));
    twice.map_or(Ok(()), |part| Err(MismatchError::Twice { payout: part.payout, output: part.output }))
}

fn check_rest(transaction: &Transaction, change: Address, parts: &[PaidOutput]) -> Result<(), MismatchError> {
    let paying: HashSet<usize> = parts.iter().filter_map(|part| usize::try_from(part.output).ok()).collect();
    let rest = transaction.outputs().iter().enumerate().filter(|(output, _)| !paying.contains(output));
    let mut strangers = rest.filter(|(_, found)| found.address != change);
    strangers.next().map_or(Ok(()), |(output, found)| {
        Err(MismatchError::Stranger { output, address: found.address, coins: found.coins })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::skycoin::{CoinHours, KeyChain, Output};

    const WALLET: Address = Address::from_bytes([200; 20]);
    const ANNA: Address = Address::from_bytes([1; 20]);
    const STRANGER: Address = Address::from_bytes([77; 20]);

    fn unsigned(outputs: &[(Address, u64)]) -> Transaction {
        let output = |(hours, &(address, coins)): (u64, &(Address, u64))| Output {
            address,
            coins: Droplets::new(coins),
            hours: CoinHours::new(hours),
        };
        let outputs = (0..).zip(outputs).map(output).collect();
        Transaction::new(vec![Claim([9; 32])], outputs).unwrap()
    }

    fn signed(outputs: &[(Address, u64)]) -> Transaction {
        let key = KeyChain::new(b"signed transactions").next().unwrap();
        unsigned(outputs).sign(&[&key]).unwrap()
    }

    fn read(outputs: &[(Address, u64)], pays: &[(u64, u32)]) -> Result<SignedTransaction, MismatchError> {
        let pays = pays.iter().map(|&(no, output)| Pays { payout: DepositNo::new(no), output });
        SignedTransaction::read(signed(outputs).encode(), WALLET, pays).map(|(_, read)| read)
    }

    #[test]
    fn should_read_everything_from_the_bytes() {
        let transaction = signed(&[(WALLET, 5), (ANNA, 7)]);
        let pays = [Pays { payout: DepositNo::FIRST, output: 1 }];
        let (txid, read) = SignedTransaction::read(transaction.encode(), WALLET, pays).unwrap();
        let part = PaidOutput { payout: DepositNo::FIRST, output: 1, payee: ANNA, amount: Droplets::new(7) };
        assert_eq!((txid, read.parts.as_slice()), (transaction.txid(), [part].as_slice()));
        assert_eq!(read.inputs, [Claim([9; 32])]);
        assert_eq!(read.verify(), Ok(Some(txid)));
    }

    #[test]
    fn should_refuse_coins_for_a_stranger() {
        let coins = Droplets::new(77_000_000);
        let expected = MismatchError::Stranger { output: 1, address: STRANGER, coins };
        let outputs = [(ANNA, 1_000_000), (STRANGER, 77_000_000), (WALLET, 5)];
        assert_eq!(read(&outputs, &[(1, 0)]), Err(expected));
        assert!(read(&[(ANNA, 1), (ANNA, 1)], &[(1, 0)]).is_err(), "the payee is a stranger the second time");
        assert!(read(&[(WALLET, 1)], &[]).is_ok());
    }

    #[test]
    fn should_refuse_outputs_that_are_not_there_or_named_twice() {
        let payout = DepositNo::FIRST;
        assert_eq!(read(&[(ANNA, 1)], &[(1, 1)]), Err(MismatchError::NoOutput { payout, output: 1 }));
        let twice = MismatchError::Twice { payout: payout.next(), output: 0 };
        assert_eq!(read(&[(ANNA, 1)], &[(1, 0), (2, 0)]), Err(twice));
        let twice = MismatchError::Twice { payout, output: 1 };
        assert_eq!(read(&[(ANNA, 1), (ANNA, 1)], &[(1, 0), (1, 1)]), Err(twice));
    }

    #[test]
    fn should_refuse_what_is_not_signed_or_no_transaction() {
        let raw = unsigned(&[(ANNA, 1)]).encode();
        assert_eq!(SignedTransaction::read(raw, WALLET, []).unwrap_err(), MismatchError::Unsigned);
        assert!(matches!(
            SignedTransaction::read(vec![7; 40], WALLET, []),
            Err(MismatchError::Undecodable(_))
        ));
    }

    #[test]
    fn should_notice_what_is_said_and_not_so() {
        let good = read(&[(ANNA, 7), (WALLET, 5)], &[(1, 0)]).unwrap();
        let part = good.parts[0];
        for part in [PaidOutput { amount: Droplets::new(8), ..part }, PaidOutput { payee: STRANGER, ..part }]
        {
            assert_eq!(SignedTransaction { parts: vec![part], ..good.clone() }.verify(), Ok(None));
        }
        assert_eq!(SignedTransaction { inputs: vec![], ..good.clone() }.verify(), Ok(None));
        assert!(SignedTransaction { change: STRANGER, ..good }.verify().is_err());
    }
}
