//! Which chain it is: the first block, and how the work of the others is done.

use bitcoin::block::{Header, Version};
use bitcoin::consensus::{Encodable, serialize};
use bitcoin::hashes::Hash;
use bitcoin::{
    Amount, Block, BlockHash, CompactTarget, ScriptBuf, TxIn, TxMerkleNode, TxOut, VarInt, constants,
};
use teller::coins::Network;
use teller::types::Coin;

use super::script;
use super::transaction::transaction_of;

/// Regtest's difficulty: every second hash will do.
pub(super) const BITS: u32 = 0x207f_ffff;
/// The number by which merge-mined chains know Dogecoin.
const DOGECOIN: i32 = 98;
/// Of a header's version: its work was done on another chain's block.
const MERGE_MINED: i32 = 1 << 8;
/// The block that commits to this one is the only one that it commits to: a tree of one leaf, whatever the nonce.
const ONE_LEAF: [u8; 8] = [1, 0, 0, 0, 0, 0, 0, 0];
/// Dogecoin's first block of regtest.
const DOGECOIN_GENESIS: &str = concat!(
    "010000000000000000000000000000000000000000000000000000000000000000000000696ad20e2dd4365c7459b4a4a5af743d5e92c6",
    "da3229e6532cd605f6533f2a5bdae5494dffff7f20020000000101000000010000000000000000000000000000000000000000000000",
    "000000000000000000ffffffff1004ffff001d0104084e696e746f6e646fffffffff010058850c020000004341040184710fa689ad50",
    "23690c80f3a49c8f13f8d45b8c857fbcbc8bc4a8e4d3eb4b10f4d4604fa08dce601aaf0f470216fe1b51850b4acf21b179c45070ac7b",
    "03a9ac00000000",
);

/// A chain's nature.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    pub(crate) network: Network,
    pub(super) genesis: Block,
    /// The first block of another network.
    pub(super) other_genesis: BlockHash,
    work: Work,
    /// Whether its node tells all unspent outputs of addresses.
    pub(super) has_scan: bool,
}

#[derive(Debug, Clone, Copy)]
enum Work {
    DoubleSha256,
    /// Every other block is mined with another chain's.
    Scrypt,
}

impl Kind {
    pub(crate) fn bitcoin(network: bitcoin::Network) -> Kind {
        let other = match network {
            bitcoin::Network::Bitcoin => bitcoin::Network::Testnet,
            _ => bitcoin::Network::Bitcoin,
        };
        Kind {
            network: Coin::BTC.network(&network.to_string()).expect("BUG: the options take no others"),
            genesis: constants::genesis_block(network),
            other_genesis: constants::genesis_block(other).block_hash(),
            work: Work::DoubleSha256,
            has_scan: true,
        }
    }

    /// Dogecoin's regtest.
    pub(crate) fn dogecoin() -> Kind {
        let main = Coin::DOGE.main_network().bitcoin_like().expect("BUG: Dogecoin is like Bitcoin");
        Kind {
            network: Coin::DOGE.network("regtest").expect("BUG: the catalogue has it"),
            genesis: bitcoin::consensus::encode::deserialize_hex(DOGECOIN_GENESIS)
                .expect("BUG: the bytes of a block"),
            other_genesis: main.genesis.parse().expect("BUG: a hash"),
            work: Work::Scrypt,
            has_scan: false,
        }
    }

    /// As nodes call the network.
    pub(super) fn name(&self) -> &'static str {
        match self.network.facts().name {
            _ if self.network.is_main() => "main",
            "testnet" => "test",
            name => name,
        }
    }

    /// Does the work of a block that is complete otherwise; answers what follows its header.
    pub(super) fn work(&self, block: &mut Block, height: u64) -> Vec<u8> {
        match self.work {
            Work::DoubleSha256 => {
                let header = &mut block.header;
                while header.validate_pow(header.target()).is_err() {
                    header.nonce = header.nonce.wrapping_add(1);
                }
                Vec::new()
            }
            Work::Scrypt if height.is_multiple_of(2) => {
                block.header.version = Version::from_consensus((DOGECOIN << 16) | MERGE_MINED | 4);
                proof(block.block_hash(), block.header.time)
            }
            Work::Scrypt => {
                block.header.version = Version::from_consensus((DOGECOIN << 16) | 4);
                work_by_scrypt(&mut block.header);
                Vec::new()
            }
        }
    }
}

/// A block of another chain whose coinbase commits to this one, as it follows the header: the coinbase, its block's
/// hash, the way from it to the Merkle root, the way from this block to the commitment, and the header.
fn proof(block: BlockHash, time: u32) -> Vec<u8> {
    let mut committed = block.to_byte_array();
    committed.reverse();
    let script = [b"\xfa\xbemm".as_slice(), &committed, &ONE_LEAF].concat();
    let input = TxIn { script_sig: ScriptBuf::from_bytes(script), ..TxIn::default() };
    let output = TxOut { value: Amount::from_sat(625_000_000), script_pubkey: script::anybody() };
    let coinbase = transaction_of(input, vec![output]);
    let mut parent = Header {
        version: Version::from_consensus(0x2000_0000),
        prev_blockhash: BlockHash::all_zeros(),
        merkle_root: TxMerkleNode::from_raw_hash(coinbase.compute_txid().to_raw_hash()),
        time,
        bits: CompactTarget::from_consensus(BITS),
        nonce: 0,
    };
    work_by_scrypt(&mut parent);
    let mut bytes = serialize(&coinbase);
    bytes.extend(serialize(&parent.block_hash()));
    for _ in 0..2 {
        VarInt(0).consensus_encode(&mut bytes).expect("BUG: memory takes everything");
        bytes.extend([0; 4]);
    }
    bytes.extend(serialize(&parent));
    bytes
}

fn work_by_scrypt(header: &mut Header) {
    let params = scrypt::Params::new(10, 1, 1).expect("BUG: these are parameters of scrypt");
    loop {
        let (bytes, mut hash) = (serialize(header), [0; 32]);
        scrypt::scrypt(&bytes, &bytes, &params, &mut hash).expect("BUG: 32 bytes are a hash's length");
        if header.target().is_met_by(BlockHash::from_byte_array(hash)) {
            return;
        }
        header.nonce = header.nonce.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_begin_as_the_network_does() {
        for kind in [Kind::dogecoin(), Kind::bitcoin(bitcoin::Network::Regtest)] {
            let like = kind.network.bitcoin_like().unwrap();
            assert_eq!(kind.genesis.block_hash().to_string(), like.genesis);
            assert!(kind.genesis.check_merkle_root());
        }
    }
}
