//! Tokens on a private chain: the contracts of `contracts`, deployed and called by the node's own account.

use alloy_primitives::keccak256;
use bitcoin::hex::DisplayHex;

use super::eth::Eth;
use super::{Absent, solc};

/// Enough for a handful of transfers in one transaction.
const GAS: u64 = 1_000_000;

/// A token's contract. What is sent to it is not waited for: [`Eth::executed`] does.
#[derive(Debug, Clone)]
pub struct Token {
    eth: Eth,
    pub address: String,
}

impl Token {
    /// Deploys a token of this kind, the name of a contract. The next block has to come by itself.
    pub async fn deploy(eth: &Eth, kind: &str, decimals: u8) -> Result<Token, Absent> {
        let code = creation(kind, &[number(decimals.into())])?;
        Ok(Token { eth: eth.clone(), address: eth.create(&code).await })
    }

    /// Deploys a proxy in front of this token; the proxy is a token of its own, without any balances yet.
    pub async fn behind_proxy(&self) -> Result<Token, Absent> {
        let code = creation("Proxy", &[account(&self.address)])?;
        Ok(Token { eth: self.eth.clone(), address: self.eth.create(&code).await })
    }

    /// Makes a proxy show another token; gives the transaction's hash.
    pub async fn upgrade(&self, to: &Token) -> String {
        self.send(&call("upgrade(address)", &[account(&to.address)])).await
    }

    /// Out of the node's account.
    pub async fn transfer(&self, to: &str, value: u128) -> String {
        self.send(&call("transfer(address,uint256)", &[account(to), number(value)])).await
    }

    /// Out of another account, which has to approve it.
    pub async fn transfer_from(&self, from: &str, to: &str, value: u128) -> String {
        let words = [account(from), account(to), number(value)];
        self.send(&call("transferFrom(address,address,uint256)", &words)).await
    }

    pub async fn approve(&self, spender: &str, value: u128) -> String {
        self.send(&call("approve(address,uint256)", &[account(spender), number(value)])).await
    }

    /// New tokens, from nobody.
    pub async fn mint(&self, to: &str, value: u128) -> String {
        self.send(&call("mint(address,uint256)", &[account(to), number(value)])).await
    }

    pub async fn balance(&self, of: &str) -> u128 {
        let told = self.eth.view(&self.address, &call("balanceOf(address)", &[account(of)])).await;
        u128::from_str_radix(told.trim_start_matches("0x"), 16).unwrap()
    }

    async fn send(&self, data: &str) -> String {
        self.eth.submit_with_gas(&self.address, data, 0, GAS).await
    }
}

/// A contract that pays tokens of its own, several in one transaction.
#[derive(Debug)]
pub struct Batch {
    eth: Eth,
    pub address: String,
}

impl Batch {
    /// The next block has to come by itself.
    pub async fn deploy(eth: &Eth) -> Result<Batch, Absent> {
        Ok(Batch { eth: eth.clone(), address: eth.create(&creation("Batch", &[])?).await })
    }

    /// A transfer of each value to its address, in this order; gives the transaction's hash.
    pub async fn send(&self, token: &Token, transfers: &[(&str, u128)]) -> String {
        let to = list(transfers.iter().map(|(to, _)| account(to)));
        let values = list(transfers.iter().map(|(_, value)| number(*value)));
        // Where both lists begin, in bytes, after the three words here.
        let begin = [3, 3 + to.len()].map(|words| number(32 * u128::try_from(words).unwrap()));
        let words = [vec![account(&token.address)], begin.to_vec(), to, values].concat();
        self.call("send(address,address[],uint256[])", &words, 0).await
    }

    /// Tokens and coins to one address.
    pub async fn send_with_ether(&self, token: &Token, to: &str, value: u128, wei: u128) -> String {
        let words = [account(&token.address), account(to), number(value)];
        self.call("sendWithEther(address,address,uint256)", &words, wei).await
    }

    /// A transfer that is undone, and one that stays.
    pub async fn send_undone_and_done(&self, token: &Token, to: &str, undone: u128, done: u128) -> String {
        let words = [account(&token.address), account(to), number(undone), number(done)];
        self.call("sendUndoneAndDone(address,address,uint256,uint256)", &words, 0).await
    }

    async fn call(&self, signature: &str, words: &[String], wei: u128) -> String {
        self.eth.submit_with_gas(&self.address, &call(signature, words), wei, GAS).await
    }
}

/// What makes a contract that is compiled, with what its constructor takes.
fn creation(contract: &str, words: &[String]) -> Result<String, Absent> {
    Ok(format!("0x{}{}", solc::compiled(contract)?, words.concat()))
}

/// The input of a call: the first four bytes of the signature's hash, and what it takes.
fn call(signature: &str, words: &[String]) -> String {
    format!("0x{}{}", keccak256(signature)[..4].as_hex(), words.concat())
}

fn account(address: &str) -> String {
    format!("{:0>64}", address.trim_start_matches("0x"))
}

fn number(number: u128) -> String {
    format!("{number:064x}")
}

/// A list's words: how many there are, then each.
fn list(words: impl Iterator<Item = String>) -> Vec<String> {
    let words: Vec<String> = words.collect();
    [vec![number(u128::try_from(words.len()).unwrap())], words].concat()
}
