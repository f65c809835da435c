//! A known key that earns the rewards of a node without a wallet, and spends them with transactions of its own.

use bitcoin::absolute::LockTime;
use bitcoin::hashes::Hash;
use bitcoin::script::PushBytesBuf;
use bitcoin::secp256k1::{All, Message, Secp256k1, SecretKey};
use bitcoin::sighash::{EcdsaSighashType, SighashCache};
use bitcoin::transaction::Version;
use bitcoin::{
    Address, Amount, Network, OutPoint, PrivateKey, PublicKey, ScriptBuf, Sequence, Transaction, TxIn, TxOut,
    Witness,
};

/// A throw-away test key: every byte is this.
const KEY_BYTE: u8 = 0x11;

/// An output that the miner may spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spendable {
    pub outpoint: OutPoint,
    pub value: Amount,
}

pub struct Miner {
    secp: Secp256k1<All>,
    key: PrivateKey,
    public: PublicKey,
}

impl Miner {
    pub fn new() -> Miner {
        let secp = Secp256k1::new();
        let secret = SecretKey::from_slice(&[KEY_BYTE; 32]).expect("BUG: a valid key");
        let key = PrivateKey::new(secret, Network::Regtest);
        let public = key.public_key(&secp);
        Miner { secp, key, public }
    }

    /// Where rewards go. The oldest kind of address: every node knows it at any height.
    pub fn address(&self) -> Address {
        Address::p2pkh(self.public, Network::Regtest)
    }

    /// A signed transaction that pays `outputs` and gives itself the rest less `fee`, replaceable.
    pub fn spend(&self, coin: Spendable, outputs: &[(ScriptBuf, Amount)], fee: Amount) -> Transaction {
        let paid: Amount = outputs.iter().map(|(_, value)| *value).sum();
        let change = coin.value.checked_sub(paid + fee).expect("BUG: the test pays more than the coin holds");
        let pay = |(script, value): (ScriptBuf, Amount)| TxOut { value, script_pubkey: script };
        let change = (self.address().script_pubkey(), change);
        let mut transaction = Transaction {
            version: Version::TWO,
            lock_time: LockTime::ZERO,
            input: vec![TxIn {
                previous_output: coin.outpoint,
                script_sig: ScriptBuf::new(),
                sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
                witness: Witness::new(),
            }],
            output: outputs.iter().cloned().chain([change]).map(pay).collect(),
        };
        transaction.input[0].script_sig = self.sign(&transaction);
        transaction
    }

    fn sign(&self, transaction: &Transaction) -> ScriptBuf {
        let kind = EcdsaSighashType::All;
        let locked_by = self.address().script_pubkey();
        let hash = SighashCache::new(transaction)
            .legacy_signature_hash(0, &locked_by, kind.to_u32())
            .expect("BUG: there is an input 0");
        let message = Message::from_digest(hash.to_byte_array());
        let mut signature = self.secp.sign_ecdsa(&message, &self.key.inner).serialize_der().to_vec();
        signature.push(u8::try_from(kind.to_u32()).expect("BUG: ALL is 1"));
        let signature = PushBytesBuf::try_from(signature).expect("BUG: a signature is short");
        ScriptBuf::builder().push_slice(signature).push_key(&self.public).into_script()
    }
}

impl Default for Miner {
    fn default() -> Miner {
        Miner::new()
    }
}
