//! The first 180 blocks of the real chain.

use teller::address::DepositAddress;
use teller::chain::{Origin, Watch, skycoin_block};
use teller::rpc::{SkyBlock, SkyTransaction};
use teller::skycoin::{Address, CoinHours, Output, Signature, ToldTransaction};
use teller::types::{Claim, Droplets, Hash32, Height};

struct All;

impl Watch for All {
    fn may_be_watched(&self, _: &DepositAddress) -> bool {
        true
    }
}

fn blocks() -> Vec<SkyBlock> {
    blocks_of("blocks-all")
}

fn blocks_of(file: &str) -> Vec<SkyBlock> {
    #[derive(serde::Deserialize)]
    struct File {
        blocks: Vec<SkyBlock>,
    }
    let name = format!("{}/tests/data/skycoin/api/{file}.json", env!("CARGO_MANIFEST_DIR"));
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

/// Makes all ids of a transaction fit what it says now, as whoever invents one would.
fn with_ids(mut transaction: SkyTransaction) -> SkyTransaction {
    let hash = |text: &str| Hash32::parse(text).unwrap();
    let outputs: Vec<Output> = transaction
        .outputs
        .iter()
        .map(|output| Output {
            address: Address::decode(&output.dst).unwrap(),
            coins: Droplets::parse_coins(&output.coins).unwrap(),
            hours: CoinHours::new(output.hours),
        })
        .collect();
    let txid = ToldTransaction {
        length: transaction.length,
        kind: transaction.kind,
        inner_hash: hash(&transaction.inner_hash),
        signatures: transaction.sigs.iter().map(|text| Signature::parse(text).unwrap()).collect(),
        inputs: transaction.inputs.iter().map(|input| Claim::parse(input.uxid()).unwrap()).collect(),
        outputs: outputs.clone(),
    }
    .txid();
    transaction.txid = txid.to_string();
    for (told, output) in transaction.outputs.iter_mut().zip(&outputs) {
        told.uxid = output.uxid(txid).to_string();
    }
    transaction
}

#[test]
fn should_take_no_transaction_that_the_header_does_not_commit_to() {
    let refused = |change: &dyn Fn(&mut Vec<SkyTransaction>)| {
        let mut block = blocks().remove(100);
        change(&mut block.body.txns);
        skycoin_block(&block, Height::new(100), &All).map(drop).map_err(|error| error.to_string())
    };
    let unchanged = |txns: &mut Vec<SkyTransaction>| txns[0] = with_ids(txns[0].clone());
    assert_eq!(refused(&unchanged), Ok(()));
    let invented = |txns: &mut Vec<SkyTransaction>| {
        let mut more = txns[0].clone();
        more.outputs[0].coins = "77.000000".into();
        txns.push(with_ids(more));
    };
    let rewritten = |txns: &mut Vec<SkyTransaction>| {
        txns[0].outputs[0].dst = "2jBbGxZRGoQG1mqhPBnXnLTxK6oxsTf8os6".into();
        txns[0] = with_ids(txns[0].clone());
    };
    let left_out = |txns: &mut Vec<SkyTransaction>| txns.clear();
    for change in [&invented as &dyn Fn(&mut Vec<SkyTransaction>), &rewritten, &left_out] {
        assert!(refused(change).unwrap_err().contains("other transactions than it says"));
    }
}

#[test]
fn should_tell_whose_coins_they_were() {
    let mut seen = 0;
    for (height, block) in (0..).map(Height::new).zip(&blocks_of("blocks-verbose-all")).skip(1) {
        let payments = skycoin_block(block, height, &All).unwrap().payments;
        for payment in &payments {
            assert!(
                matches!(&payment.origin, Origin::Addresses(owners) if !owners.is_empty()),
                "{payment:?}"
            );
        }
        seen += payments.len();
    }
    assert!(seen > 180, "{seen}");
    let bare = &blocks()[100];
    assert_eq!(skycoin_block(bare, Height::new(100), &All).unwrap().payments[0].origin, Origin::Unknown);
    // Somebody else's name on an input.
    let mut told: SkyBlock = blocks_of("blocks-verbose-all").remove(100);
    if let teller::rpc::SkySpentInput::Told { owner, .. } = &mut told.body.txns[0].inputs[0] {
        *owner = "2jBbGxZRGoQG1mqhPBnXnLTxK6oxsTf8os6".into();
    }
    assert!(skycoin_block(&told, Height::new(100), &All).is_err());
}
