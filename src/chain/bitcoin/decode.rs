//! Reads blocks and transactions, also where they have more than Bitcoin's.

use bitcoin::block::Header;
use bitcoin::consensus::encode::Error;
use bitcoin::consensus::{Decodable, deserialize, deserialize_partial};
use bitcoin::{Transaction, VarInt};

use super::aux_pow::{AuxPow, is_merge_mined};
use super::raw::RawTransaction;
use crate::coins::BlockFormat;

/// Flags of a transaction: witnesses follow the outputs, and so does what concerns the extension block.
const WITNESSES: u8 = 1;
const MWEB: u8 = 8;
/// Where a transaction has its flags, after its version and a list of inputs that is empty.
const MARKER_AT: usize = 4;
const FLAGS_AT: usize = 5;
/// Bytes of the lock time, which ends a transaction.
const LOCK_TIME: usize = 4;

/// A header, with the proof of its work where that was done on another chain's block.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) header: Header,
    pub(super) aux_pow: Option<AuxPow>,
}

/// Reads a header and nothing else.
pub(super) fn head(bytes: &[u8], format: BlockFormat) -> Result<Head, Error> {
    let mut rest = bytes;
    let head = read_head(&mut rest, format)?;
    if rest.is_empty() { Ok(head) } else { Err(Error::ParseFailed("a header and something else")) }
}

/// A block, with its transactions as they stand in its bytes.
#[derive(Debug)]
pub(super) struct Whole<'a> {
    pub(super) head: Head,
    pub(super) transactions: Vec<RawTransaction<'a>>,
}

/// Reads a whole block.
pub(super) fn block(bytes: &[u8], format: BlockFormat) -> Result<Whole<'_>, Error> {
    let mut rest = bytes;
    let head = read_head(&mut rest, format)?;
    let count = VarInt::consensus_decode(&mut rest)?.0;
    let (mut transactions, mut is_last_hog_ex) = (Vec::new(), false);
    for _ in 0..count {
        if is_last_hog_ex {
            return Err(Error::ParseFailed("a transaction after the one that ends the block"));
        }
        let read = if has_extension(format) { read_mweb(&mut rest, Body::Absent)? } else { None };
        is_last_hog_ex = read.is_some();
        transactions.push(match read {
            Some(transaction) => RawTransaction::from(&transaction),
            None => RawTransaction::read(&mut rest)?,
        });
    }
    // The extension block is behind its mark. What is paid out of it, the last transaction has among its outputs.
    match (is_last_hog_ex && count > 1, rest) {
        (true, [1, _, ..]) | (false, []) => Ok(Whole { head, transactions }),
        (true, _) => Err(Error::ParseFailed("no extension block")),
        (false, _) => Err(Error::ParseFailed("a block and something else")),
    }
}

/// Reads a transaction that is in no block.
pub(super) fn transaction(bytes: &[u8], format: BlockFormat) -> Result<Transaction, Error> {
    let mut rest = bytes;
    match if has_extension(format) { read_mweb(&mut rest, Body::ToTheEnd)? } else { None } {
        Some(transaction) if rest.is_empty() => Ok(transaction),
        Some(_) => Err(Error::ParseFailed("a transaction and something else")),
        None => deserialize(bytes),
    }
}

fn has_extension(format: BlockFormat) -> bool {
    matches!(format, BlockFormat::Mweb { .. })
}

fn read_head(bytes: &mut &[u8], format: BlockFormat) -> Result<Head, Error> {
    let (header, length) = deserialize_partial::<Header>(bytes)?;
    *bytes = bytes.get(length..).unwrap_or_default();
    let is_aux = matches!(format, BlockFormat::AuxPow { .. }) && is_merge_mined(&header);
    let aux_pow = if is_aux { Some(AuxPow::read(bytes)?) } else { None };
    Ok(Head { header, aux_pow })
}

/// What a transaction may have for the extension block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    /// Nothing: in a block it stands in the extension.
    Absent,
    /// All between the witnesses and the lock time, which is the last thing there is.
    ToTheEnd,
}

/// Reads a transaction that has the flag of the extension block; none where it has not. In a block that is the last
/// one alone (called HogEx), which moves coins between the block and its extension.
fn read_mweb(bytes: &mut &[u8], body: Body) -> Result<Option<Transaction>, Error> {
    let flags = match (bytes.get(MARKER_AT), bytes.get(FLAGS_AT)) {
        (Some(0), Some(flags)) if flags & MWEB != 0 => *flags,
        _ => return Ok(None),
    };
    if flags & !(MWEB | WITNESSES) != 0 {
        return Err(Error::ParseFailed("a transaction with flags that nobody knows"));
    }
    let mut rest = *bytes;
    let version = Decodable::consensus_decode(&mut rest)?;
    rest = rest.get(FLAGS_AT - MARKER_AT + 1..).unwrap_or_default();
    let mut transaction = Transaction {
        version,
        input: Decodable::consensus_decode(&mut rest)?,
        output: Decodable::consensus_decode(&mut rest)?,
        lock_time: bitcoin::absolute::LockTime::ZERO,
    };
    if flags & WITNESSES != 0 {
        for input in &mut transaction.input {
            input.witness = Decodable::consensus_decode(&mut rest)?;
        }
    }
    match (u8::consensus_decode(&mut rest)?, body) {
        (0, _) => {}
        (1, Body::ToTheEnd) => {
            rest = rest.get(rest.len().saturating_sub(LOCK_TIME)..).unwrap_or_default();
        }
        _ => return Err(Error::ParseFailed("a transaction that has what belongs into the extension block")),
    }
    transaction.lock_time = Decodable::consensus_decode(&mut rest)?;
    *bytes = rest;
    Ok(Some(transaction))
}

#[cfg(test)]
mod tests {
    use bitcoin::hex::FromHex;

    use super::*;
    use crate::address::DepositAddress;
    use crate::chain::bitcoin::payments_in;
    use crate::chain::{Origin, Watch};
    use crate::coins::Coin;
    use crate::types::Units;

    const FORMAT: BlockFormat = BlockFormat::Mweb { maturity: 6 };

    fn data(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/tests/data/litecoin/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn hex(name: &str) -> Vec<u8> {
        Vec::from_hex(String::from_utf8(data(name)).unwrap().trim()).unwrap()
    }

    fn ids(transactions: &[Transaction]) -> Vec<String> {
        transactions.iter().map(|transaction| transaction.compute_txid().to_string()).collect()
    }

    /// The block of regtest was made by litecoind: coins go into the extension, and come out of it.
    #[test]
    fn should_read_a_block_with_its_extension() {
        let bytes = data("regtest-435.raw");
        assert!(block(&bytes, FORMAT).is_ok());
        // It is 605 bytes long without the extension.
        for length in [605, 604, 300, 100] {
            assert!(block(&bytes[..length], FORMAT).is_err(), "{length} bytes");
        }
        assert!(block(&bytes, BlockFormat::Plain).is_err());
        let mut longer = data("testnet-1856255.raw");
        longer.push(1);
        assert!(block(&longer, FORMAT).is_err());
    }

    struct All;

    impl Watch for All {
        fn may_be_watched(&self, _: &DepositAddress) -> bool {
            true
        }
    }

    #[test]
    fn should_find_what_comes_out_of_the_extension() {
        let bytes = data("regtest-435.raw");
        let Whole { transactions, .. } = block(&bytes, FORMAT).unwrap();
        let payments = payments_in(&transactions, Coin::LTC.network("regtest").unwrap(), &All).unwrap();
        let paid: Vec<_> =
            payments.iter().map(|paid| (paid.address.to_string(), paid.n, paid.waits)).collect();
        let of = |address: &str, n, waits| (address.to_owned(), n, waits);
        assert_eq!(
            paid,
            [
                of("rltc1qr6tuhjfxup5e4z8c2ejslqhjwe0l0w2pw2l7tc", 0, 99),
                of("rltc1qazs2mn8cr43lzhgl5mncpdaf6hk5knk2qg6p2d", 0, 0),
                of("QT4CkoA2Mfrtt9sSJ1DshFMfD8ayb6apsg", 1, 0),
                of("mrfNE1qdy8q8hmAraPC6dksgk3PRoQ9iFN", 1, 5),
            ]
        );
        let last = payments.last().unwrap();
        assert_eq!((last.amount, &last.origin), (Units::new(125_000_000), &Origin::Unknown));
        assert!(matches!(payments[2].origin, Origin::Outputs(_)));
    }

    #[test]
    fn should_read_what_waits_to_go_into_the_extension() {
        let peg_in = transaction(&hex("peg-in.hex"), FORMAT).unwrap();
        assert_eq!(ids(&[peg_in]), ["877977dee293f3f9a94d306f7f0a7b64f9d29232b6d01fd180a95f32060e7180"]);
        let inside = transaction(&hex("inside.hex"), FORMAT).unwrap();
        assert_eq!((inside.input.len(), inside.output.len()), (0, 0), "it pays nobody outside");
        let raw = RawTransaction::from(&inside);
        assert_eq!(raw.id(), inside.compute_txid().to_raw_hash());
        raw.for_each_script(|n, _| panic!("it has no output {n}"));
        // In a block none of it stands beside the transactions.
        let mut bytes = &*hex("peg-in.hex");
        assert!(read_mweb(&mut bytes, Body::Absent).is_err());
        let mut unknown = hex("peg-in.hex");
        unknown[FLAGS_AT] |= 2;
        assert!(transaction(&unknown, FORMAT).is_err());
    }

    #[test]
    fn should_tell_the_ids_that_transactions_have() {
        let bitcoin =
            "bitcoin/mainnet_block_000000000000000000000c835b2adcaedc20fdf6ee440009c249452c726dafae.raw";
        let dogecoin = BlockFormat::AuxPow { chain_id: 98 };
        for (name, format, witnesses) in [
            (bitcoin, BlockFormat::Plain, true),
            ("litecoin/testnet-1856255.raw", FORMAT, true),
            ("litecoin/regtest-435.raw", FORMAT, true),
            ("dogecoin/auxpow-80f90867.raw", dogecoin, false),
        ] {
            let path = format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
            let bytes = std::fs::read(path).unwrap();
            let raw = block(&bytes, format).unwrap().transactions;
            let decoded: Vec<_> = raw.iter().map(|one| one.decode().unwrap()).collect();
            let expected: Vec<_> = decoded.iter().map(|one| one.compute_txid().to_raw_hash()).collect();
            let ids: Vec<_> = raw.iter().map(RawTransaction::id).collect();
            assert!(ids == expected && !ids.is_empty(), "{name}");
            let has = |one: &Transaction| one.input.iter().any(|input| !input.witness.is_empty());
            assert_eq!(decoded.iter().any(has), witnesses, "{name}");
        }
    }

    /// The transaction that ends a block with an extension: it spends and pays this once, without witnesses.
    fn ending() -> Vec<u8> {
        let spends = [&[1][..], &[9; 32], &[0; 4], &[0], &[255; 4]].concat();
        let pays = [&[1][..], &[7, 0, 0, 0, 0, 0, 0, 0], &[1, 0x51]].concat();
        [&[2, 0, 0, 0, 0, MWEB][..], &spends, &pays, &[0], &[0; 4]].concat()
    }

    #[test]
    fn should_take_nothing_behind_a_transaction_for_part_of_it() {
        assert!(transaction(&ending(), FORMAT).is_ok());
        let longer = [&ending()[..], &[0]].concat();
        assert!(transaction(&longer, FORMAT).unwrap_err().to_string().contains("something else"));
    }

    #[test]
    fn should_want_a_reward_in_a_block_that_has_an_extension() {
        let header = &data("regtest-435.raw")[..Header::SIZE];
        // The mark of an extension block, and a byte of it.
        let alone = [header, &[1], &ending()[..], &[1, 0]].concat();
        assert!(block(&alone, FORMAT).is_err(), "one transaction cannot be the first and the last of them");
        let reward = [&[2, 0, 0, 0][..], &ending()[6..ending().len() - 5], &[0; 4]].concat();
        let both = [header, &[2], &reward[..], &ending()[..], &[1, 0]].concat();
        assert_eq!(block(&both, FORMAT).unwrap().transactions.len(), 2);
    }
}
