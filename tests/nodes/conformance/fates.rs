//! What became of an output, as the payout port tells it of either node: what no block has made is told from what
//! nobody spends.

use teller::rail::{Broadcaster, Fate, SkyNode, Spender};
use teller::rpc::SkyRest;
use teller::types::{Claim, Height, TxId};

use super::Part;
use super::raw::{COIN, GENESIS_UXID, Raw};
use super::target::{Kind, Target};
use crate::support::simnet::Simnet;

pub(super) async fn should_tell_what_became_of_outputs(kind: Kind) -> Part {
    let mut target = Target::start(kind).await?;
    let port = target.host().rsplit(':').next().unwrap().parse().unwrap();
    let node = SkyNode::new(SkyRest::new(Simnet::http(port, None)), &[]);
    let claim = |text: &str| Claim::parse(text).unwrap();
    let (genesis, never) = (claim(GENESIS_UXID), Claim([7; 32]));
    let raw = Raw::payment(COIN, 0);
    let (made, txid) = (claim(&raw.uxid(0)), TxId::parse(&raw.txid()).unwrap());
    let fates = async || {
        let mut fates = Vec::new();
        for uxid in [genesis, made, never] {
            fates.push(node.fate_of(uxid).await.unwrap());
        }
        fates
    };
    let missing = |head: u64| Fate::Missing { head: Height::new(head) };
    assert_eq!(fates().await, [Fate::Unspent, missing(0), missing(0)]);
    target.inject("a payment", &raw.hex()).await;
    assert_eq!(
        fates().await,
        [Fate::Unspent, missing(0), missing(0)],
        "what waits for a block has made nothing"
    );
    target.confirm(&raw.txid()).await;
    let spent = Fate::Spent(Spender { txid, confirmations: 1 });
    assert_eq!(fates().await, [spent, Fate::Unspent, missing(1)]);
    Ok(())
}
