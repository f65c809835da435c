//! What a reader does that says nothing of its own.

use super::*;

/// A node with blocks up to a height, that cannot tell one of them.
#[derive(Debug)]
struct Plain {
    tip: u64,
    untold: Option<u64>,
}

struct Nobody;

impl Watch for Nobody {
    fn may_be_watched(&self, _: &DepositAddress) -> bool {
        false
    }
}

fn at(height: u64) -> BlockRef {
    BlockRef { height: Height::new(height), hash: BlockHash([u8::try_from(height).unwrap(); 32]) }
}

impl ChainSource for Plain {
    fn coin(&self) -> Coin {
        Coin::BTC
    }

    async fn check_network(&self) -> Result<String, SourceError> {
        Ok("plain".to_owned())
    }

    async fn tip(&self) -> Result<Tip, SourceError> {
        Ok(Tip { block: at(self.tip), time: UnixTime::new(1), finalized: None, is_syncing: false })
    }

    async fn hash_at(&self, height: Height) -> Result<Option<BlockHash>, SourceError> {
        Ok((height.get() <= self.tip).then(|| at(height.get()).hash))
    }

    async fn block(&self, height: Height, _: &Watcher) -> Result<Option<Block>, SourceError> {
        if self.untold == Some(height.get()) {
            return Err(SourceError::changed());
        }
        let hash = self.hash_at(height).await?;
        let at = hash.map(|hash| BlockRef { height, hash });
        let parent = BlockHash([0; 32]);
        Ok(at.map(|at| Block { at, parent, work: Work::BLOCK, payments: Vec::new(), gaps: Gaps::default() }))
    }

    async fn pending(&self, _: &Watcher) -> Result<Option<Vec<Payment>>, SourceError> {
        Ok(None)
    }

    async fn balances(&self, of: &[DepositAddress], at: BlockRef) -> Result<Option<Vec<Units>>, SourceError> {
        Ok(Some(vec![Units::new(at.height.get().into()); of.len()]))
    }

    async fn past(&self, _: &[DepositAddress]) -> Result<Past, SourceError> {
        Ok(Past::Untold("plain".to_owned()))
    }
}

async fn heights(node: &Plain, from: u64, count: u64) -> Result<Vec<u64>, SourceError> {
    let watch: Watcher = Arc::new(Nobody);
    let blocks = node.blocks(Height::new(from), count, &watch).await?;
    Ok(blocks.iter().map(|block| block.at.height.get()).collect())
}

#[tokio::test]
async fn should_hand_on_blocks_in_their_order_as_far_as_they_are_told() {
    let node = Plain { tip: 20, untold: None };
    assert_eq!(heights(&node, 3, 12).await.unwrap(), (3..15).collect::<Vec<_>>());
    assert_eq!(heights(&node, 18, 12).await.unwrap(), [18, 19, 20]);
    assert_eq!(heights(&node, 21, 12).await.unwrap(), [0; 0]);
    let node = Plain { tip: 20, untold: Some(5) };
    assert_eq!(heights(&node, 3, 12).await.unwrap(), [3, 4], "what came before is an answer");
    assert_eq!(heights(&node, 5, 12).await, Err(SourceError::changed()), "that there is nothing is none");
}

#[tokio::test]
async fn should_be_limited_by_nothing_that_a_node_does_not_tell() {
    let node = Plain { tip: 20, untold: None };
    assert_eq!((node.limits(), node.is_blind()), (None, false));
    let work = node.work_between(Height::new(18), at(20), Work::new(2)).await;
    assert_eq!(work, Ok(Work::new(3)), "one for each block");
    let address = DepositAddress::of_account([9; 20]);
    assert_eq!(node.token_balances(address, at(20)).await, Ok(Vec::new()));
}

#[tokio::test]
async fn should_tell_one_balance_to_whoever_knows_no_reader() {
    let node: &dyn Balances = &Plain { tip: 20, untold: None };
    let address = DepositAddress::of_account([9; 20]);
    assert_eq!(node.balance(address, at(20)).await, Ok(Some(Units::new(20))));
}

#[test]
fn should_share_what_is_known_of_one_transaction_alone() {
    let address = DepositAddress::of_account([9; 20]);
    let (outputs, addresses) =
        (|| Origin::Outputs([("a".to_owned(), 1)].into()), || Origin::Addresses([address].into()));
    let (one, other) = (outputs(), addresses());
    assert!(one.is_shared(&one.clone()) && other.is_shared(&other.clone()));
    assert!(!one.is_shared(&outputs()) && !other.is_shared(&addresses()), "the same of another transaction");
    assert!(!one.is_shared(&other) && !Origin::Unknown.is_shared(&Origin::Unknown));
}
