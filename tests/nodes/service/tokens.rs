//! Tokens on both kinds of node, honest ones and others: what arrived is paid for, and nothing else.

use serde_json::{Value, json};
use teller::types::{Coin, Units};

use super::world::{World, admin, assert_received};
use crate::support::Absent;
use crate::support::anvil::Anvil;
use crate::support::eth::Eth;
use crate::support::geth::Geth;
use crate::support::runner::Outcome;
use crate::support::token::{Batch, Token};

const DECIMALS: u8 = 6;
/// One token, in its smallest units. It buys half a SKY.
const TOKEN: u128 = 1_000_000;
const STOCK: u128 = 1_000_000 * TOKEN;
const ONE_SKY: u128 = 10_000_000_000_000_000;
/// Blocks on top of a deposit's, by node: geth makes one a second, anvil one for each transaction.
const ON_ANVIL: u64 = 0;
const ON_GETH: u64 = 1;

const OUT: &str = "waiting for the deposit to be in a block again: the one it was in was replaced";

/// A service that takes a token, and an address of a buyer.
struct Shop {
    world: World,
    eth: Eth,
    /// USDT for the service. The node's account has a stock of it.
    token: Token,
    payee: String,
    to: String,
}

impl Shop {
    /// Takes a token of this kind.
    async fn open(eth: &Eth, confirmations: u64, kind: &str) -> Result<Shop, Absent> {
        Shop::open_for(eth, confirmations, Token::deploy(eth, kind, DECIMALS).await?).await
    }

    async fn open_for(eth: &Eth, confirmations: u64, token: Token) -> Result<Shop, Absent> {
        eth.executed(&token.mint(eth.account(), STOCK).await).await;
        let mut world = World::new().await?;
        world.take_ether(eth.rpc().url(), chain_id(eth).await, confirmations);
        take_token(&mut world, "USDT", &token);
        world.open(Coin::ETH).await;
        let payee = world.payee();
        let to = world.bind(&payee, Coin::ETH).await;
        Ok(Shop { world, eth: eth.clone(), token, payee, to })
    }

    /// A contract that pays several at once, with a stock of tokens.
    async fn batch(&self) -> Result<Batch, Absent> {
        let batch = Batch::deploy(&self.eth).await?;
        self.eth.executed(&self.token.mint(&batch.address, STOCK).await).await;
        Ok(batch)
    }

    /// Transfers this many tokens to the buyer's address.
    async fn transfer(&self, tokens: u128) -> String {
        let transaction = self.token.transfer(&self.to, tokens * TOKEN).await;
        self.eth.executed(&transaction).await;
        transaction
    }

    async fn says(&self, words: &str) {
        let says = |statuses: &[Value]| statuses.iter().any(|status| status["message"] == words);
        self.world.status(&self.payee, words, says).await;
    }

    /// Waits until the buyer is paid these amounts of SKY for these deposits, and for no others.
    async fn paid(&self, amounts: &[&str], expected: &[(&str, u128)]) {
        self.world.paid(&self.payee, amounts).await;
        let mut expected: Vec<(String, String)> =
            expected.iter().map(|(coin, units)| ((*coin).to_owned(), units.to_string())).collect();
        expected.sort();
        assert_eq!(self.deposits().await, expected);
    }

    /// The deposits of all buyers: coin and smallest units.
    async fn deposits(&self) -> Vec<(String, String)> {
        let listed = admin(&self.world.desk, "/api/deposits").await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let deposits = listed["deposits"].as_array().unwrap().iter();
        let mut deposits: Vec<(String, String)> =
            deposits.map(|one| (text(&one["coin_type"]), text(&one["deposit_value_exact"]))).collect();
        deposits.sort();
        deposits
    }

    /// The operator is shown that the address holds so much of the token, all of it by deposits.
    async fn explains_all_of(&self, units: u128) {
        let told = admin(&self.world.desk, &format!("/api/deposit-addresses/{}/balance", self.to)).await;
        let amount = Units::new(units).to_coins(DECIMALS);
        let token = &told["tokens"][0];
        assert_eq!((&token["symbol"], &token["balance"]), (&json!("USDT"), &json!(amount)), "{told}");
        assert_eq!((&token["seen"], &token["unexplained"]), (&json!(amount), &Value::Null), "{told}");
    }

    async fn assert_well(&self) {
        assert_eq!(self.world.problems().await, [""; 0]);
    }
}

async fn chain_id(eth: &Eth) -> i64 {
    let told = eth.rpc().call("eth_chainId", json!([])).await;
    i64::from_str_radix(told.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

fn take_token(world: &mut World, symbol: &str, token: &Token) {
    let key = |name: &str| format!("eth_tokens.{symbol}.{name}");
    world.desk.set(&key("contract"), token.address.as_str()).set(&key("decimals"), i64::from(DECIMALS));
    world.desk.set(&key("rate"), "0.5");
}

/// A transfer of twenty tokens of a kind is paid for by what arrives.
async fn pays_for(eth: &Eth, confirmations: u64, kind: &str, sky: &str, units: u128) -> Outcome {
    let shop = Shop::open(eth, confirmations, kind).await?;
    shop.transfer(20).await;
    shop.paid(&[sky], &[("USDT", units)]).await;
    assert_eq!(shop.token.balance(&shop.to).await, units);
    shop.explains_all_of(units).await;
    shop.assert_well().await;
    Ok(())
}

pub(crate) async fn should_pay_for_a_token_on_anvil() -> Outcome {
    pays_for(&Anvil::start().await?.eth, ON_ANVIL, "Honest", "10.000000", 20_000_000).await
}

pub(crate) async fn should_pay_for_a_token_on_geth() -> Outcome {
    pays_for(&Geth::start().await?.eth, ON_GETH, "Honest", "10.000000", 20_000_000).await
}

pub(crate) async fn should_pay_for_a_token_that_returns_nothing_on_anvil() -> Outcome {
    pays_for(&Anvil::start().await?.eth, ON_ANVIL, "Silent", "10.000000", 20_000_000).await
}

pub(crate) async fn should_pay_for_a_token_that_returns_nothing_on_geth() -> Outcome {
    pays_for(&Geth::start().await?.eth, ON_GETH, "Silent", "10.000000", 20_000_000).await
}

pub(crate) async fn should_pay_for_what_a_fee_left_of_a_token_on_anvil() -> Outcome {
    pays_for(&Anvil::start().await?.eth, ON_ANVIL, "Taking", "9.900000", 19_800_000).await
}

pub(crate) async fn should_pay_for_what_a_fee_left_of_a_token_on_geth() -> Outcome {
    pays_for(&Geth::start().await?.eth, ON_GETH, "Taking", "9.900000", 19_800_000).await
}

pub(crate) async fn should_not_believe_a_token_that_tells_too_much_on_anvil() -> Outcome {
    pays_for(&Anvil::start().await?.eth, ON_ANVIL, "Lying", "9.900000", 19_800_000).await
}

pub(crate) async fn should_not_believe_a_token_that_tells_too_much_on_geth() -> Outcome {
    pays_for(&Geth::start().await?.eth, ON_GETH, "Lying", "9.900000", 19_800_000).await
}

/// Tokens that come from nobody, before and after some that somebody sent.
async fn pays_for_new_tokens(eth: &Eth, confirmations: u64) -> Outcome {
    let shop = Shop::open(eth, confirmations, "Honest").await?;
    eth.executed(&shop.token.mint(&shop.to, 2 * TOKEN).await).await;
    shop.transfer(4).await;
    eth.executed(&shop.token.mint(&shop.to, 6 * TOKEN).await).await;
    let deposits = [("USDT", 2 * TOKEN), ("USDT", 4 * TOKEN), ("USDT", 6 * TOKEN)];
    shop.paid(&["1.000000", "2.000000", "3.000000"], &deposits).await;
    shop.assert_well().await;
    Ok(())
}

pub(crate) async fn should_pay_for_new_tokens_on_anvil() -> Outcome {
    pays_for_new_tokens(&Anvil::start().await?.eth, ON_ANVIL).await
}

pub(crate) async fn should_pay_for_new_tokens_on_geth() -> Outcome {
    pays_for_new_tokens(&Geth::start().await?.eth, ON_GETH).await
}

/// Several transfers of one transaction: equal ones to one address, one to another buyer's between them.
async fn pays_for_each(eth: &Eth, confirmations: u64) -> Outcome {
    let shop = Shop::open(eth, confirmations, "Honest").await?;
    let (batch, other) = (shop.batch().await?, shop.world.payee());
    let to_other = shop.world.bind(&other, Coin::ETH).await;
    let (two, four) = (2 * TOKEN, 4 * TOKEN);
    let transfers = [(shop.to.as_str(), two), (&to_other, two), (&shop.to, two), (&shop.to, four)];
    eth.executed(&batch.send(&shop.token, &transfers).await).await;
    shop.world.paid(&other, &["1.000000"]).await;
    let deposits = [("USDT", two), ("USDT", two), ("USDT", two), ("USDT", four)];
    shop.paid(&["1.000000", "1.000000", "2.000000"], &deposits).await;
    shop.assert_well().await;
    Ok(())
}

pub(crate) async fn should_pay_for_each_transfer_of_a_transaction_on_anvil() -> Outcome {
    pays_for_each(&Anvil::start().await?.eth, ON_ANVIL).await
}

pub(crate) async fn should_pay_for_each_transfer_of_a_transaction_on_geth() -> Outcome {
    pays_for_each(&Geth::start().await?.eth, ON_GETH).await
}

/// A transfer that is undone inside a transaction that succeeds.
async fn leaves_out_what_was_undone(eth: &Eth, confirmations: u64) -> Outcome {
    let shop = Shop::open(eth, confirmations, "Honest").await?;
    let batch = shop.batch().await?;
    let sent = batch.send_undone_and_done(&shop.token, &shop.to, 6 * TOKEN, 4 * TOKEN).await;
    eth.executed(&sent).await;
    shop.paid(&["2.000000"], &[("USDT", 4 * TOKEN)]).await;
    shop.assert_well().await;
    Ok(())
}

pub(crate) async fn should_not_count_an_undone_transfer_on_anvil() -> Outcome {
    leaves_out_what_was_undone(&Anvil::start().await?.eth, ON_ANVIL).await
}

pub(crate) async fn should_not_count_an_undone_transfer_on_geth() -> Outcome {
    leaves_out_what_was_undone(&Geth::start().await?.eth, ON_GETH).await
}

/// Ether and tokens in one transaction.
async fn pays_for_both(eth: &Eth, confirmations: u64) -> Outcome {
    let shop = Shop::open(eth, confirmations, "Honest").await?;
    let batch = shop.batch().await?;
    let sent = batch.send_with_ether(&shop.token, &shop.to, 4 * TOKEN, ONE_SKY).await;
    eth.executed(&sent).await;
    shop.paid(&["1.000000", "2.000000"], &[("ETH", ONE_SKY), ("USDT", 4 * TOKEN)]).await;
    shop.assert_well().await;
    Ok(())
}

pub(crate) async fn should_pay_for_ether_and_tokens_of_a_transaction_on_anvil() -> Outcome {
    pays_for_both(&Anvil::start().await?.eth, ON_ANVIL).await
}

pub(crate) async fn should_pay_for_ether_and_tokens_of_a_transaction_on_geth() -> Outcome {
    pays_for_both(&Geth::start().await?.eth, ON_GETH).await
}

/// Each in a transaction of its own; of the tokens two that are equal.
pub(crate) async fn should_pay_for_ether_and_tokens_of_a_block() -> Outcome {
    let anvil = Anvil::start().await?;
    let shop = Shop::open(&anvil.eth, ON_ANVIL, "Honest").await?;
    anvil.eth.rpc().call("evm_setAutomine", json!([false])).await;
    let first = shop.token.transfer(&shop.to, 4 * TOKEN).await;
    let ether = anvil.eth.pay(&shop.to, ONE_SKY).await;
    let second = shop.token.transfer(&shop.to, 4 * TOKEN).await;
    anvil.mine(1).await;
    assert_eq!(anvil.eth.tip().await.transactions, [first, ether, second]);
    let deposits = [("ETH", ONE_SKY), ("USDT", 4 * TOKEN), ("USDT", 4 * TOKEN)];
    shop.paid(&["1.000000", "2.000000", "2.000000"], &deposits).await;
    shop.assert_well().await;
    Ok(())
}

pub(crate) async fn should_pay_once_for_a_token_that_a_fork_took_and_brought_back() -> Outcome {
    let anvil = Anvil::start().await?;
    let shop = Shop::open(&anvil.eth, 3, "Honest").await?;
    let transaction = shop.transfer(4).await;
    let signed = anvil.eth.rpc().call("eth_getRawTransactionByHash", json!([transaction])).await;
    anvil.mine(1).await;
    shop.says("waiting for confirmations of the deposit: 1 of 3").await;
    anvil.reorg(2).await;
    shop.says(OUT).await;
    // Deep enough for the block it was in, were it still there.
    anvil.mine(5).await;
    shop.world.followed(Coin::ETH, anvil.eth.height().await).await;
    shop.says(OUT).await;
    assert_received(&shop.world.treasury.node, &shop.payee, &[]).await;
    // The same transaction, in a block again.
    assert_eq!(anvil.eth.rpc().call("eth_sendRawTransaction", json!([signed])).await, transaction);
    anvil.eth.executed(&transaction).await;
    anvil.mine(3).await;
    shop.paid(&["2.000000"], &[("USDT", 4 * TOKEN)]).await;
    shop.assert_well().await;
    Ok(())
}

/// One contract becomes another between two transfers.
async fn pays_for_what_is_upgraded(eth: &Eth, confirmations: u64) -> Outcome {
    let honest = Token::deploy(eth, "Honest", DECIMALS).await?;
    let shop = Shop::open_for(eth, confirmations, honest.behind_proxy().await?).await?;
    shop.transfer(20).await;
    let taking = Token::deploy(eth, "Taking", DECIMALS).await?;
    eth.executed(&shop.token.upgrade(&taking).await).await;
    shop.transfer(20).await;
    shop.paid(&["10.000000", "9.900000"], &[("USDT", 20_000_000), ("USDT", 19_800_000)]).await;
    shop.assert_well().await;
    Ok(())
}

pub(crate) async fn should_pay_for_a_token_that_is_upgraded_on_anvil() -> Outcome {
    pays_for_what_is_upgraded(&Anvil::start().await?.eth, ON_ANVIL).await
}

pub(crate) async fn should_pay_for_a_token_that_is_upgraded_on_geth() -> Outcome {
    pays_for_what_is_upgraded(&Geth::start().await?.eth, ON_GETH).await
}

pub(crate) async fn should_not_pay_for_a_token_that_is_not_configured() -> Outcome {
    let anvil = Anvil::start().await?;
    let shop = Shop::open(&anvil.eth, ON_ANVIL, "Honest").await?;
    let stranger = Token::deploy(&anvil.eth, "Honest", DECIMALS).await?;
    anvil.eth.executed(&stranger.mint(&shop.to, 20 * TOKEN).await).await;
    // What comes after it is paid for: it was not overlooked for want of time.
    anvil.eth.executed(&anvil.eth.pay(&shop.to, ONE_SKY).await).await;
    shop.transfer(4).await;
    shop.paid(&["1.000000", "2.000000"], &[("ETH", ONE_SKY), ("USDT", 4 * TOKEN)]).await;
    Ok(())
}

/// Nothing tells of them but the balance.
pub(crate) async fn should_not_pay_for_tokens_that_no_event_tells_of() -> Outcome {
    let anvil = Anvil::start().await?;
    let shop = Shop::open(&anvil.eth, ON_ANVIL, "Mute").await?;
    shop.transfer(20).await;
    assert_eq!(shop.token.balance(&shop.to).await, 20 * TOKEN);
    anvil.eth.executed(&anvil.eth.pay(&shop.to, ONE_SKY).await).await;
    shop.paid(&["1.000000"], &[("ETH", ONE_SKY)]).await;
    Ok(())
}
