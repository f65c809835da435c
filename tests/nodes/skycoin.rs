//! What the tests of the Skycoin side rely on, shown on the real daemon.

use teller::types::Droplets;

use crate::support::runner::Outcome;
use crate::support::skycoin::{GENESIS_ADDRESS, GENESIS_WALLET, Skycoin};
use crate::support::skycoin_cli::Cli;
use crate::support::skycoin_node::{ApiError, Status};
use crate::support::{program, wait};

const PAYEE: &str = "JUdRuTiqD1mGcw358twMg3VPpXpzbkdRvJ";
const OTHER: &str = "fyqX5YuwXMUs4GEUE3LjLyhrqvNztFHQ4B";

fn coins(whole: u64) -> Droplets {
    Droplets::new(whole * 1_000_000)
}

fn status_of(refused: &ApiError) -> Option<u16> {
    match refused {
        ApiError::Refused { status, .. } => Some(*status),
        ApiError::Transport(_) => None,
    }
}

pub(crate) async fn should_pay_over_a_pair_of_nodes() -> Outcome {
    let pair = Skycoin::start().await?;
    let cli = pair.cli()?;
    let txid = pair.split_genesis(&[(PAYEE, coins(1_000)), (PAYEE, coins(2_000)), (OTHER, coins(7))]).await?;
    assert_eq!(pair.peer.node.status(&txid).await, Some(Status::Confirmed(1)));
    assert_eq!(pair.publisher.node.height().await, 1);
    assert_eq!(pair.peer.node.balance(PAYEE).await, coins(3_000));
    assert_eq!(pair.peer.node.outputs(PAYEE).await.len(), 2);
    assert_eq!(pair.peer.node.balance(GENESIS_ADDRESS).await, coins(100_000_000 - 3_007));

    let raw = cli.transaction(&pair.peer.node, GENESIS_WALLET, &[(OTHER, coins(1))]);
    let paid = pair.peer.node.inject(&raw).await.unwrap();
    assert_eq!(
        pair.peer.node.inject(&raw).await,
        Ok(paid.clone()),
        "the same bytes are welcome while they wait"
    );
    pair.confirmed(&paid).await;
    assert_eq!(pair.publisher.node.balance(OTHER).await, coins(8));
    let late = pair.peer.node.inject(&raw).await.unwrap_err();
    assert_eq!(status_of(&late), Some(400), "{late}");
    assert_eq!(pair.peer.node.status(&"00".repeat(32)).await, None);
    Ok(())
}

pub(crate) async fn should_keep_its_chain_over_a_restart() -> Outcome {
    let mut pair = Skycoin::start().await?;
    let txid = pair.split_genesis(&[(PAYEE, coins(5))]).await?;
    pair.publisher.restart().await;
    pair.connected().await;
    assert_eq!(pair.publisher.node.status(&txid).await, Some(Status::Confirmed(1)));

    pair.peer.kill();
    assert!(pair.peer.node.health().await.is_err());
    pair.peer.start_again().await;
    pair.connected().await;
    assert_eq!(pair.peer.node.balance(PAYEE).await, coins(5));
    Ok(())
}

pub(crate) async fn should_confirm_one_of_two_that_spend_the_same() -> Outcome {
    let pair = Skycoin::start().await?;
    let cli = pair.cli()?;
    let make = |amount| cli.transaction(&pair.peer.node, GENESIS_WALLET, &[(PAYEE, coins(amount))]);
    let (one, two) = (make(1), make(2));
    let (one, two) = (pair.peer.node.inject(&one).await, pair.peer.node.inject(&two).await);
    let rivals = [one.unwrap(), two.unwrap()];
    let winner = wait::until("neither is confirmed", async || {
        for txid in &rivals {
            if let Some(Status::Confirmed(_)) = pair.publisher.node.status(txid).await {
                return Some(txid);
            }
        }
        None
    })
    .await;
    let loser = rivals.iter().find(|txid| *txid != winner).unwrap();
    // It waits on until the daemon's clean-up, once a minute, and then was never there.
    assert!(matches!(pair.publisher.node.status(loser).await, Some(Status::Waiting) | None));
    Ok(())
}

pub(crate) async fn should_need_a_peer_to_broadcast() -> Outcome {
    let alone = Skycoin::start_alone().await?;
    let cli = Cli::find(&program::find(Skycoin::TOOL)?)?;
    let raw = cli.transaction(&alone.node, GENESIS_WALLET, &[(PAYEE, coins(5))]);
    let refused = alone.node.inject(&raw).await.unwrap_err();
    assert_eq!(status_of(&refused), Some(503), "{refused}");
    let txid = alone.node.inject_alone(&raw).await.unwrap();
    assert_eq!(alone.node.confirmed(&txid).await, 1);
    Ok(())
}
