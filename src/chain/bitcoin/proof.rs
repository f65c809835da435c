//! What makes a block more than its node's word: its hash, the work in it, all its transactions, and where
//! the chain has to pass.

use bitcoin::block::Header;
use bitcoin::consensus::deserialize;
use bitcoin::{Block, CompactTarget, Target};

use super::{Place, nonsense};
use crate::chain::SourceError;
use crate::coins::{BitcoinLike, ProofOfWork};
use crate::types::{Height, Work};

/// Reads a block's bytes, and holds them against the hash that was asked for, and all its transactions
/// against its header.
pub(super) fn checked_block(
    bytes: &[u8],
    height: Height,
    hash: &str,
    place: Place,
) -> Result<Block, SourceError> {
    let block: Block = deserialize(bytes).map_err(nonsense)?;
    check_header(&block.header, height, hash, place)?;
    if !block.check_merkle_root() {
        return Err(nonsense(format_args!("block {hash} has other transactions than it says")));
    }
    Ok(block)
}

/// Holds a header against the hash that was asked for, and its hash against the target that it names.
pub(super) fn check_header(
    header: &Header,
    height: Height,
    hash: &str,
    place: Place,
) -> Result<(), SourceError> {
    if header.block_hash().to_string() != hash {
        return Err(nonsense(format_args!("block {hash} was asked for, another one came")));
    }
    if !has_work(header, height, place.like) {
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

/// Whether the header's hash is below its target, and that is one of the network's.
fn has_work(header: &Header, height: Height, like: &BitcoinLike) -> bool {
    let target = header.target();
    let is_below = match like.work {
        ProofOfWork::DoubleSha256 => header.validate_pow(target).is_ok(),
    };
    is_below && target <= easiest(height, like)
}

fn easiest(height: Height, like: &BitcoinLike) -> Target {
    let is_late = like.landmarks.first().is_some_and(|(first, _)| height.get() >= *first);
    let bits = if is_late { like.easiest_by_now } else { like.easiest };
    Target::from_compact(CompactTarget::from_consensus(bits))
}

#[cfg(test)]
mod tests {
    use bitcoin::consensus::serialize;
    use bitcoin::constants::genesis_block;

    use bitcoin::Network;

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
