//! What makes a block more than its node's word: its hash, the work in it, all its transactions, and where
//! the chain has to pass.

use bitcoin::block::Header;
use bitcoin::consensus::serialize;
use bitcoin::hashes::Hash;
use bitcoin::{BlockHash, CompactTarget, Target, merkle_tree};

use super::aux_pow::chain_id;
use super::decode::{self, Head, Whole};
use super::raw::RawTransaction;
use super::{Place, nonsense};
use crate::chain::SourceError;
use crate::coins::{BitcoinLike, BlockFormat, ProofOfWork};
use crate::types::{Height, Work};

/// The one kind of scrypt that chains use: N = 2^10, r = 1, p = 1.
const SCRYPT: (u8, u32, u32) = (10, 1, 1);

/// Reads a block's bytes, and holds them against the hash that was asked for, and all its transactions
/// against its header.
pub(super) fn checked_block<'a>(
    bytes: &'a [u8],
    height: Height,
    hash: &str,
    place: Place,
) -> Result<(Header, Vec<RawTransaction<'a>>), SourceError> {
    let Whole { head, transactions } = decode::block(bytes, place.like.blocks).map_err(nonsense)?;
    check_head(&head, height, hash, place)?;
    let root = merkle_tree::calculate_root(transactions.iter().map(RawTransaction::id));
    if root != Some(head.header.merkle_root.to_raw_hash()) {
        return Err(nonsense(format_args!("block {hash} has other transactions than it says")));
    }
    Ok((head.header, transactions))
}

/// Holds a header against the hash that was asked for, and the hash of its work against the target that it names.
pub(super) fn check_head(head: &Head, height: Height, hash: &str, place: Place) -> Result<(), SourceError> {
    if head.header.block_hash().to_string() != hash {
        return Err(nonsense(format_args!("block {hash} was asked for, another one came")));
    }
    if !has_work(head, height, place.like).map_err(nonsense)? {
        let network = place.network;
        return Err(nonsense(format_args!("block {hash} at height {height} has not the work of {network}")));
    }
    Ok(())
}

/// How many hashes it takes on average to find one below the header's target. More than a number of 128 bits
/// holds would take more than everybody has done so far by far.
pub(super) fn work_of(header: &Header) -> Work {
    let bytes = header.work().to_be_bytes();
    let (high, low) = bytes.split_at(16);
    let low = low.try_into().map_or(u128::MAX, u128::from_be_bytes);
    Work::new(if high.iter().all(|byte| *byte == 0) { low } else { u128::MAX })
}

/// Whether the work is below the header's target, and that is one of the network's.
fn has_work(head: &Head, height: Height, like: &BitcoinLike) -> Result<bool, &'static str> {
    let target = head.header.target();
    let worked = match (&head.aux_pow, like.blocks) {
        (Some(proof), BlockFormat::AuxPow { chain_id: own }) => {
            if chain_id(&head.header) != own {
                return Err("a merge-mined block of another chain");
            }
            proof.check(head.header.block_hash(), own)?;
            &proof.parent
        }
        _ => &head.header,
    };
    Ok(target.is_met_by(hash_of_work(worked, like.work)) && target <= easiest(height, like))
}

fn hash_of_work(header: &Header, work: ProofOfWork) -> BlockHash {
    match work {
        ProofOfWork::DoubleSha256 => header.block_hash(),
        ProofOfWork::Scrypt => {
            let (bytes, mut hash) = (serialize(header), [0; 32]);
            let params = scrypt::Params::new(SCRYPT.0, SCRYPT.1, SCRYPT.2);
            let params = params.expect("BUG: these are parameters of scrypt");
            scrypt::scrypt(&bytes, &bytes, &params, &mut hash).expect("BUG: 32 bytes are a hash's length");
            BlockHash::from_byte_array(hash)
        }
    }
}

fn easiest(height: Height, like: &BitcoinLike) -> Target {
    let (from, by_now) = like.easiest_by_now;
    let bits = if height.get() >= from { by_now } else { like.easiest };
    Target::from_compact(CompactTarget::from_consensus(bits))
}

#[cfg(test)]
mod tests {
    use bitcoin::consensus::deserialize;
    use bitcoin::constants::genesis_block;
    use bitcoin::{Block, Network};

    use super::*;
    use crate::types::Coin;

    const HASH: &str = "000000000000000000000c835b2adcaedc20fdf6ee440009c249452c726dafae";

    fn main_block() -> Block {
        let name = format!("{}/tests/data/bitcoin/mainnet_block_{HASH}.raw", env!("CARGO_MANIFEST_DIR"));
        deserialize(&std::fs::read(name).unwrap()).unwrap()
    }

    fn check(block: &Block, height: u64, network: bitcoin::Network) -> Result<(), SourceError> {
        let hash = block.block_hash().to_string();
        checked_block(&serialize(block), Height::new(height), &hash, place(network)).map(drop)
    }

    fn place(network: bitcoin::Network) -> Place {
        Place::new(Coin::BTC.network(&network.to_string()).unwrap())
    }

    /// A block with the work of regtest.
    fn mined(block: &Block) -> Block {
        let mut block = block.clone();
        block.header.bits = CompactTarget::from_consensus(0x207f_ffff);
        block.header.merkle_root = block.compute_merkle_root().unwrap();
        while block.header.validate_pow(block.header.target()).is_err() {
            block.header.nonce = block.header.nonce.wrapping_add(1);
        }
        block
    }

    #[test]
    fn should_take_a_block_with_all_that_its_header_commits_to() {
        let block = main_block();
        assert_eq!(check(&block, 600_000, Network::Bitcoin), Ok(()));
        let other = "00".repeat(32);
        let bytes = serialize(&block);
        assert!(checked_block(&bytes, Height::new(600_000), &other, place(Network::Bitcoin)).is_err());
        assert!(
            checked_block(&bytes[..bytes.len() - 1], Height::new(600_000), HASH, place(Network::Bitcoin))
                .is_err()
        );
    }

    #[test]
    fn should_notice_a_transaction_that_is_left_out_moved_or_changed() {
        let changed = |change: &dyn Fn(&mut Block)| {
            let mut block = main_block();
            change(&mut block);
            check(&block, 600_000, Network::Bitcoin)
        };
        assert_eq!(changed(&|_| {}), Ok(()));
        for change in [
            (&|block: &mut Block| drop(block.txdata.remove(7))) as &dyn Fn(&mut Block),
            &|block| drop(block.txdata.pop()),
            &|block| block.txdata.swap(1, 2),
            &|block| block.txdata[5].output[0].value += bitcoin::Amount::ONE_SAT,
            &|block| block.txdata.clear(),
        ] {
            assert!(changed(change).unwrap_err().to_string().contains("other transactions"));
        }
        // What signatures look like concerns nobody here.
        assert_eq!(changed(&|block| block.txdata[1].input[0].witness.clear()), Ok(()));
    }

    #[test]
    fn should_count_the_work_of_headers() {
        // The sum over the first block is that of `chainwork` in every node: 0x100010001.
        assert_eq!(work_of(&genesis_block(Network::Bitcoin).header).get(), 0x1_0001_0001);
        assert_eq!(work_of(&genesis_block(Network::Regtest).header).get(), 2);
        let difficulty = work_of(&main_block().header).get() >> 32;
        assert!((10_u128.pow(12)..10_u128.pow(15)).contains(&difficulty), "{difficulty}");
        let mut lightest = main_block().header;
        lightest.bits = CompactTarget::from_consensus(0x0100_0001);
        assert_eq!(work_of(&lightest).get(), u128::MAX);
    }

    #[test]
    fn should_believe_no_block_without_the_work_of_its_network() {
        let cheap = mined(&main_block());
        for (height, network, is_good) in [
            (600_000, Network::Bitcoin, false),
            (5, Network::Bitcoin, false),
            (600_000, Network::Regtest, true),
        ] {
            assert_eq!(check(&cheap, height, network).is_ok(), is_good, "{height} {network}");
        }
        for network in
            [Network::Bitcoin, Network::Testnet, Network::Testnet4, Network::Signet, Network::Regtest]
        {
            assert_eq!(check(&genesis_block(network), 0, network), Ok(()), "{network}");
        }
        // The first block's work was enough for its time alone.
        let first = genesis_block(Network::Bitcoin);
        assert!(check(&first, 478_559, Network::Bitcoin).is_err());
        let mut worthless = main_block();
        worthless.header.nonce ^= 1;
        assert!(check(&worthless, 600_000, Network::Bitcoin).unwrap_err().to_string().contains("the work"));
    }
}
