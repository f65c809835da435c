//! Merge-mined headers: the work was done on another chain's block, whose coinbase commits to this one.

use bitcoin::block::Header;
use bitcoin::consensus::Decodable;
use bitcoin::consensus::encode::Error;
use bitcoin::hashes::{Hash, sha256d};
use bitcoin::{BlockHash, Transaction};

/// Bit of a header's version that says so.
const FLAG: i32 = 1 << 8;
/// Stands before the commitment in the parent's coinbase.
const MARK: [u8; 4] = [0xfa, 0xbe, b'm', b'm'];
/// Without the mark the commitment has to begin this early.
const EARLY: usize = 20;
/// Steps between a block and the commitment, at most.
const MAX_STEPS: usize = 30;

/// The proof that a block's work was done on its parent: a block of another chain.
#[derive(Debug)]
pub(super) struct AuxPow {
    /// The parent's coinbase, which commits to the root of a tree that has the block's hash in it.
    coinbase: Transaction,
    /// From the coinbase up to the parent's Merkle root.
    branch: Vec<[u8; 32]>,
    /// Of the coinbase among the parent's transactions.
    index: u32,
    /// From the block's hash up to the root that the coinbase has.
    chain_branch: Vec<[u8; 32]>,
    chain_index: u32,
    pub(super) parent: Header,
}

/// Whether a header is followed by such a proof.
pub(super) fn is_merge_mined(header: &Header) -> bool {
    header.version.to_consensus() & FLAG != 0
}

/// The number by which merge-mined chains know each other, out of a header's version.
pub(super) fn chain_id(header: &Header) -> i32 {
    header.version.to_consensus() >> 16
}

impl AuxPow {
    /// Reads what follows a header.
    pub(super) fn read(bytes: &mut &[u8]) -> Result<AuxPow, Error> {
        let coinbase = Transaction::consensus_decode(bytes)?;
        // The parent's hash, which nobody checks: it follows from the header.
        <[u8; 32]>::consensus_decode(bytes)?;
        let (branch, index) = (read_branch(bytes)?, u32::consensus_decode(bytes)?);
        let (chain_branch, chain_index) = (read_branch(bytes)?, u32::consensus_decode(bytes)?);
        let parent = Header::consensus_decode(bytes)?;
        Ok(AuxPow { coinbase, branch, index, chain_branch, chain_index, parent })
    }

    /// Holds the proof against the block that it is for; what the parent's work is worth is not its business.
    pub(super) fn check(&self, block: BlockHash, chain: i32) -> Result<(), &'static str> {
        if self.index != 0 {
            return Err("the parent's transaction is no coinbase");
        }
        if chain_id(&self.parent) == chain {
            return Err("the parent is a block of the same chain");
        }
        if self.chain_branch.len() > MAX_STEPS {
            return Err("the way to the commitment is too long");
        }
        let coinbase = self.coinbase.compute_txid().to_byte_array();
        if root(coinbase, &self.branch, 0) != self.parent.merkle_root.to_byte_array() {
            return Err("the parent has not this coinbase");
        }
        let mut commitment = root(block.to_byte_array(), &self.chain_branch, self.chain_index);
        commitment.reverse();
        let input = self.coinbase.input.first().ok_or("the parent's coinbase has no input")?;
        let (size, nonce) = committed(input.script_sig.as_bytes(), &commitment)?;
        let height = u32::try_from(self.chain_branch.len()).map_err(|_| "the way is too long")?;
        if size != 1 << height || self.chain_index != slot(nonce, chain, height) {
            return Err("the commitment is not at this chain's place");
        }
        Ok(())
    }
}

fn read_branch(bytes: &mut &[u8]) -> Result<Vec<[u8; 32]>, Error> {
    let count = bitcoin::VarInt::consensus_decode(bytes)?.0;
    (0..count).map(|_| <[u8; 32]>::consensus_decode(bytes)).collect()
}

/// The root of a tree that has this leaf.
fn root(leaf: [u8; 32], branch: &[[u8; 32]], index: u32) -> [u8; 32] {
    let mut node = leaf;
    for (step, other) in branch.iter().enumerate() {
        let is_right =
            u32::try_from(step).ok().and_then(|step| index.checked_shr(step)).unwrap_or(0) & 1 == 1;
        let pair = if is_right { [*other, node] } else { [node, *other] };
        node = sha256d::Hash::hash(&pair.concat()).to_byte_array();
    }
    node
}

/// Size and nonce that follow the one commitment of a coinbase.
fn committed(script: &[u8], commitment: &[u8; 32]) -> Result<(u32, u32), &'static str> {
    let find = |what: &[u8], from: usize| {
        let rest = script.get(from..).unwrap_or_default();
        rest.windows(what.len()).position(|window| window == what).map(|at| at.saturating_add(from))
    };
    let at = find(commitment, 0).ok_or("the parent's coinbase does not commit to the block")?;
    match find(&MARK, 0) {
        Some(mark) if find(&MARK, mark.saturating_add(1)).is_some() => {
            return Err("the parent's coinbase commits twice");
        }
        Some(mark) if mark.saturating_add(MARK.len()) != at => {
            return Err("the parent's coinbase commits to something else");
        }
        None if at > EARLY => return Err("the commitment stands too late in the parent's coinbase"),
        Some(_) | None => {}
    }
    let rest = script.get(at.saturating_add(commitment.len())..).unwrap_or_default();
    let number = |bytes: &[u8; 4]| u32::from_le_bytes(*bytes);
    let (size, rest) = rest.split_first_chunk().ok_or("the commitment has no size")?;
    let nonce = rest.first_chunk().ok_or("the commitment has no nonce")?;
    Ok((number(size), number(nonce)))
}

/// The place of a chain in the tree: fixed, so that no work counts twice for one chain.
fn slot(nonce: u32, chain: i32, height: u32) -> u32 {
    let step = |number: u32| number.wrapping_mul(1_103_515_245).wrapping_add(12_345);
    step(step(nonce).wrapping_add_signed(chain)) % (1 << height)
}

#[cfg(test)]
mod tests {
    use super::super::decode;
    use super::*;
    use crate::coins::BlockFormat;

    const CHAIN: i32 = 98;
    const HASH: &str = "80f90867b16fcb6ab6bb423d20dbef7abe0ea9c60a111d886bd298263e90ba33";

    fn data(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/tests/data/dogecoin/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn proof() -> AuxPow {
        let format = BlockFormat::AuxPow { chain_id: CHAIN };
        decode::block(&data("auxpow-80f90867.raw"), format).unwrap().head.aux_pow.unwrap()
    }

    fn refused(change: impl Fn(&mut AuxPow)) -> &'static str {
        let mut proof = proof();
        change(&mut proof);
        proof.check(HASH.parse().unwrap(), CHAIN).unwrap_err()
    }

    #[test]
    fn should_take_the_proof_of_a_real_block() {
        let proof = proof();
        assert_eq!(proof.check(HASH.parse().unwrap(), CHAIN), Ok(()));
        assert_ne!(chain_id(&proof.parent), CHAIN);
    }

    #[test]
    fn should_take_no_proof_that_is_another_blocks() {
        let other = "35ca96202d12b278e9154b1c807c1497ae0ec0a04502d0d4eb7d1de5f7b5818d".parse().unwrap();
        assert!(proof().check(other, CHAIN).unwrap_err().contains("does not commit"));
        assert!(refused(|proof| proof.index = 1).contains("no coinbase"));
        assert!(refused(|proof| proof.chain_index ^= 1).contains("not at this chain's place"));
        assert!(refused(|proof| proof.branch.clear()).contains("has not this coinbase"));
        let later = bitcoin::absolute::LockTime::from_consensus(9);
        assert!(refused(|proof| proof.coinbase.lock_time = later).contains("has not this coinbase"));
        assert!(refused(|proof| proof.chain_branch = vec![[0; 32]; 31]).contains("too long"));
        let own = bitcoin::block::Version::from_consensus(CHAIN << 16);
        assert!(refused(|proof| proof.parent.version = own).contains("same chain"));
    }

    /// The proof of a block whose commitment is so many steps away.
    fn proof_over(steps: usize) -> AuxPow {
        let block: BlockHash = HASH.parse().unwrap();
        let mut proof = proof();
        proof.chain_branch = vec![[5; 32]; steps];
        proof.chain_index = slot(7, CHAIN, steps.try_into().unwrap());
        let mut commitment = root(block.to_byte_array(), &proof.chain_branch, proof.chain_index);
        commitment.reverse();
        let size = 1_u32 << steps;
        let script = [&MARK[..], &commitment, &size.to_le_bytes(), &7_u32.to_le_bytes()].concat();
        proof.coinbase.input[0].script_sig = script.into();
        proof.branch.clear();
        let coinbase = proof.coinbase.compute_txid().to_byte_array();
        proof.parent.merkle_root = bitcoin::TxMerkleNode::from_byte_array(coinbase);
        proof
    }

    #[test]
    fn should_want_each_chain_at_its_own_place() {
        let block: BlockHash = HASH.parse().unwrap();
        // As far away as the chain allows, too.
        for steps in [4, MAX_STEPS] {
            let proof = proof_over(steps);
            assert_eq!(proof.check(block, CHAIN), Ok(()), "{steps}");
            assert!(proof.check(block, CHAIN + 1).unwrap_err().contains("not at this chain's place"));
        }
        let refused = proof_over(MAX_STEPS + 1).check(block, CHAIN);
        assert!(refused.unwrap_err().contains("too long"));
    }

    #[test]
    fn should_want_one_commitment_where_it_belongs() {
        let root = [7; 32];
        let tail = [1, 0, 0, 0, 9, 0, 0, 0];
        let script = |parts: &[&[u8]]| committed(&parts.concat(), &root);
        assert_eq!(script(&[&[3, 1, 2, 3], &MARK, &root, &tail]), Ok((1, 9)));
        assert_eq!(script(&[&[0; 20], &root, &tail]), Ok((1, 9)), "as it was before there was a mark");
        for (parts, words) in [
            (&[&[0; 21][..], &root, &tail] as &[&[u8]], "too late"),
            (&[&MARK, &MARK, &root, &tail], "twice"),
            (&[&MARK, &[0], &root, &tail], "something else"),
            (&[&MARK, &root, &tail[..3]], "no size"),
            (&[&MARK, &root, &tail[..7]], "no nonce"),
            (&[&MARK, &tail], "does not commit"),
        ] {
            assert!(script(parts).unwrap_err().contains(words), "{words}");
        }
    }
}
