//! The first 180 blocks of the real chain.

use teller::address::DepositAddress;
use teller::chain::{Watch, skycoin_block};
use teller::rpc::SkyBlock;
use teller::types::{Droplets, Height};

struct All;

impl Watch for All {
    fn may_be_watched(&self, _: &DepositAddress) -> bool {
        true
    }
}

fn blocks() -> Vec<SkyBlock> {
    #[derive(serde::Deserialize)]
    struct File {
        blocks: Vec<SkyBlock>,
    }
    let name = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/skycoin/api/blocks-all.json");
    serde_json::from_slice::<File>(&std::fs::read(name).unwrap()).unwrap().blocks
}

#[test]
fn should_follow_each_other_and_hold_every_output() {
    let mut parent = None;
    let mut outputs = 0;
    for (height, block) in (0..).map(Height::new).zip(&blocks()) {
        let read = skycoin_block(block, height, &All).unwrap();
        assert!(parent.is_none_or(|hash| hash == read.parent), "block {height}");
        parent = Some(read.at.hash);
        let all: Vec<_> = block.body.txns.iter().flat_map(|transaction| &transaction.outputs).collect();
        let told: Vec<Droplets> =
            all.iter().map(|output| Droplets::parse_coins(&output.coins).unwrap()).collect();
        let found: Vec<u128> = read.payments.iter().map(|payment| payment.amount.get()).collect();
        assert_eq!(found, told.iter().map(|coins| u128::from(coins.get())).collect::<Vec<_>>());
        let to: Vec<String> = read.payments.iter().map(|payment| payment.address.to_string()).collect();
        assert_eq!(to, all.iter().map(|output| output.dst.clone()).collect::<Vec<_>>());
        outputs += all.len();
    }
    assert!(outputs > 180, "{outputs} outputs");
}

#[test]
fn should_see_through_a_block_that_was_tampered_with() {
    let tampered = |change: &dyn Fn(&mut SkyBlock)| {
        let mut block = blocks().remove(100);
        change(&mut block);
        skycoin_block(&block, Height::new(100), &All).is_err()
    };
    assert!(!tampered(&|_| {}));
    assert!(tampered(&|block| block.header.timestamp += 1));
    assert!(tampered(&|block| block.header.seq += 1));
    assert!(tampered(&|block| block.body.txns[0].outputs[0].coins = "5.000000".into()));
    assert!(tampered(&|block| block.body.txns[0].outputs[0].hours += 1));
    assert!(tampered(&|block| block.body.txns[0].txid = "0".repeat(64)));
}
