//! Blocks: one, some, a range, the last ones.

use std::collections::{BTreeMap, HashSet};

use crate::serve::{Answer, Parameters};

use super::chain::Block;
use super::golang::quoted;
use super::parameters::{hash, verbose};
use super::readable::ShownBlock;
use super::{View, ok, refusal};

/// Most blocks that `last_blocks` gives.
const MAX_LAST: u64 = 256;

impl View<'_> {
    pub(super) fn block(&self, parameters: &Parameters) -> Result<Answer, Answer> {
        let (by_hash, by_seq) = (parameters.get("hash"), parameters.get("seq"));
        let verbose = verbose(parameters)?;
        let found = match (by_hash.is_empty(), by_seq.is_empty()) {
            (true, true) => return Err(refusal(400, "should specify one filter, hash or seq")),
            (false, false) => return Err(refusal(400, "should only specify one filter, hash or seq")),
            (false, true) => {
                let hash = hash(by_hash)?;
                self.chain.blocks().iter().find(|block| block.hash.0 == hash.0)
            }
            (true, false) => {
                let invalid = || refusal(400, &format!("Invalid seq value {}", quoted(by_seq)));
                self.chain.block(number(by_seq).ok_or_else(invalid)?)
            }
        };
        let block = found.ok_or_else(|| refusal(404, ""))?;
        Ok(ok(&ShownBlock::of(block, self.chain, verbose, self.lies.wrong_hash)))
    }

    pub(super) fn blocks(&self, parameters: &Parameters) -> Result<Answer, Answer> {
        let verbose = verbose(parameters)?;
        let (start, end, seqs) = (parameters.get("start"), parameters.get("end"), parameters.get("seqs"));
        let has_range = !start.is_empty() || !end.is_empty();
        if !seqs.is_empty() && has_range {
            return Err(refusal(400, "seqs cannot be used with start or end"));
        }
        if seqs.is_empty() && !has_range {
            return Err(refusal(400, "At least one of seqs or start or end are required"));
        }
        if !seqs.is_empty() {
            return self.chosen(seqs, verbose);
        }
        let bound = |text: &str, name: &str| match text {
            "" => Ok(0),
            text => {
                number(text).ok_or_else(|| refusal(400, &format!("Invalid {name} value {}", quoted(text))))
            }
        };
        let (start, end) = (bound(start, "start")?, bound(end, "end")?);
        let range = self.chain.blocks().iter().filter(|block| (start..=end).contains(&block.seq()));
        Ok(self.shown(range, verbose))
    }

    fn chosen(&self, seqs: &str, verbose: bool) -> Result<Answer, Answer> {
        let mut chosen = Vec::new();
        let mut seen = HashSet::new();
        for (index, text) in seqs.split(',').enumerate() {
            let invalid = || refusal(400, &format!("Invalid sequence {} at seqs[{index}]", quoted(text)));
            let seq = number(text).ok_or_else(invalid)?;
            if !seen.insert(seq) {
                return Err(refusal(400, &format!("Duplicate sequence {seq} at seqs[{index}]")));
            }
            chosen.push(seq);
        }
        let blocks = chosen.into_iter().map(|seq| {
            self.chain.block(seq).ok_or_else(|| refusal(404, &format!("block does not exist seq={seq}")))
        });
        Ok(self.shown(blocks.collect::<Result<Vec<_>, _>>()?, verbose))
    }

    pub(super) fn last_blocks(&self, parameters: &Parameters) -> Result<Answer, Answer> {
        let verbose = verbose(parameters)?;
        let text = parameters.get("num");
        let invalid = || refusal(400, &format!("Invalid num value {}", quoted(text)));
        let count = number(text).ok_or_else(invalid)?;
        if count > MAX_LAST {
            return Err(refusal(400, &format!("num: {} must < {MAX_LAST}", quoted(text))));
        }
        let blocks = self.chain.blocks();
        let first = blocks.len().saturating_sub(usize::try_from(count).unwrap_or(usize::MAX));
        Ok(self.shown(&blocks[first..], verbose))
    }

    fn shown<'a>(&self, blocks: impl IntoIterator<Item = &'a Block>, verbose: bool) -> Answer {
        let lie = self.lies.wrong_hash;
        let shown: Vec<_> =
            blocks.into_iter().map(|block| ShownBlock::of(block, self.chain, verbose, lie)).collect();
        ok(&BTreeMap::from([("blocks", shown)]))
    }
}

/// `strconv.ParseUint`: digits and nothing else.
fn number(text: &str) -> Option<u64> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}
