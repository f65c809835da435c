//! A payout node without a voice and a wallet without its keys, for who looks at a copy.

use crate::rail::{
    Broadcaster, Fate, Funds, IsKnown, NodeError, Receipt, SendOutcome, Signer, SignerError, SigningRequest,
    SkyNode, Spend, SpendsSeen, TxStatus, Wallet,
};
use crate::skycoin::{Address, CoinHours, Transaction};
use crate::types::{BlockRef, Claim, Hash32, TxId};

/// The payout node, to be asked alone: what a copy would send again may never be sent.
#[derive(Debug)]
pub(super) struct Spectator(pub(super) SkyNode);

impl Wallet for Spectator {
    async fn identity(&self) -> Result<String, NodeError> {
        self.0.identity().await
    }

    async fn funds(&self) -> Result<Funds, NodeError> {
        self.0.funds().await
    }

    fn fingerprint(&self) -> Hash32 {
        self.0.fingerprint()
    }

    async fn spends(&self, after: Option<BlockRef>, is_known: IsKnown<'_>) -> Result<SpendsSeen, NodeError> {
        self.0.spends(after, is_known).await
    }

    async fn pending_spends(&self) -> Result<Vec<Spend>, NodeError> {
        self.0.pending_spends().await
    }
}

impl Broadcaster for Spectator {
    async fn send(&self, _: &[u8]) -> SendOutcome {
        SendOutcome::Unknown("nothing is sent on a copy".to_owned())
    }

    async fn status(&self, txid: TxId) -> Result<TxStatus, NodeError> {
        self.0.status(txid).await
    }

    async fn received(&self, txid: TxId, to: Address) -> Result<Receipt, NodeError> {
        self.0.received(txid, to).await
    }

    async fn burnt(&self, txid: TxId) -> Result<CoinHours, NodeError> {
        self.0.burnt(txid).await
    }

    async fn fate_of(&self, uxid: Claim) -> Result<Fate, NodeError> {
        self.0.fate_of(uxid).await
    }
}

/// A wallet without its keys.
#[derive(Debug)]
pub(super) struct Keyless {
    pub(super) addresses: Vec<Address>,
    pub(super) change: Address,
}

impl Signer for Keyless {
    fn addresses(&self) -> Vec<Address> {
        self.addresses.clone()
    }

    fn change_address(&self) -> Address {
        self.change
    }

    async fn sign(&self, _: &SigningRequest) -> Result<Transaction, SignerError> {
        Err(SignerError::Unsignable("nothing is signed on a copy".to_owned()))
    }
}
