//! What a signer signs, and what it does not.

use secrecy::SecretString;

use super::plan::Unspent;
use super::{HotWallet, RequestRefused, Signer, SignerError, SigningRequest};
use crate::rail::{Pays, Purpose};
use crate::skycoin::{Address, CoinHours, NewWallet, Output, Wallet};
use crate::types::{AttemptNo, Claim, DepositNo, Droplets, UnixTime};

const OWN: Address = Address::from_bytes([1; 20]);
const PAYEE: Address = Address::from_bytes([2; 20]);

fn claim(number: u8, coins: u64, hours: u64) -> Unspent {
    let (coins, hours) = (Droplets::new(coins), CoinHours::new(hours));
    Unspent { uxid: Claim([number; 32]), owner: OWN, coins, hours }
}

fn output(address: Address, coins: u64, hours: u64) -> Output {
    Output { address, coins: Droplets::new(coins), hours: CoinHours::new(hours) }
}

fn pays(payout: u64, output: u32) -> Pays {
    Pays { payout: DepositNo::new(payout), output }
}

/// Pays 3 SKY for payout 7, and has change.
fn request() -> SigningRequest {
    SigningRequest {
        attempt: AttemptNo::FIRST,
        purpose: Purpose::Payouts,
        claims: vec![claim(1, 4_000_000, 10), claim(2, 1_000_000, 0)],
        outputs: vec![output(PAYEE, 3_000_000, 1), output(OWN, 2_000_000, 4)],
        pays: vec![pays(7, 0)],
    }
}

fn refused(change: impl FnOnce(&mut SigningRequest)) -> RequestRefused {
    let mut request = request();
    change(&mut request);
    request.check(|address| address == OWN).unwrap_err()
}

#[test]
fn should_pass_what_pays_payouts_and_the_wallet_alone() {
    let unsigned = request().check(|address| address == OWN).unwrap();
    assert_eq!(unsigned.inputs(), [Claim([1; 32]), Claim([2; 32])]);
    assert_eq!(unsigned.outputs(), request().outputs);
    let withdrawal = SigningRequest {
        purpose: Purpose::Withdrawal { of: AttemptNo::FIRST },
        outputs: vec![output(OWN, 5_000_000, 5)],
        pays: Vec::new(),
        ..request()
    };
    assert!(withdrawal.check(|address| address == OWN).is_ok());
}

#[test]
fn should_refuse_what_makes_coins_or_hours() {
    let told = refused(|request| request.outputs[1].coins = Droplets::new(1_999_999));
    let (spent, paid) = (Droplets::new(5_000_000), Droplets::new(4_999_999));
    assert_eq!(told, RequestRefused::Coins { spent, paid });
    let told = refused(|request| request.outputs[1].hours = CoinHours::new(10));
    assert_eq!(told, RequestRefused::Hours { spent: CoinHours::new(10), given: CoinHours::new(11) });
    let most = Droplets::new(u64::MAX);
    assert!(matches!(refused(|request| request.outputs[1].coins = most), RequestRefused::CoinSum(_)));
    let most = CoinHours::new(u64::MAX);
    assert!(matches!(refused(|request| request.claims[1].hours = most), RequestRefused::HourSum(_)));
}

#[test]
fn should_refuse_to_pay_whom_nothing_is_owed() {
    let told = refused(|request| request.outputs[1].address = PAYEE);
    assert_eq!(told, RequestRefused::Stranger { output: 1, address: PAYEE });
    assert_eq!(refused(|request| request.pays.clear()), RequestRefused::PaysNothing);
    let away = refused(|request| request.purpose = Purpose::Withdrawal { of: AttemptNo::FIRST });
    assert_eq!(away, RequestRefused::PayingWithdrawal);
    let away = refused(|request| {
        request.purpose = Purpose::Withdrawal { of: AttemptNo::FIRST };
        request.pays.clear();
    });
    assert_eq!(away, RequestRefused::Stranger { output: 0, address: PAYEE });
}

#[test]
fn should_refuse_payouts_that_are_named_twice_or_not_there() {
    for (twice, told) in [(pays(8, 0), (8, 0)), (pays(7, 1), (7, 1)), (pays(8, 2), (8, 2))] {
        let told = RequestRefused::Pays { payout: DepositNo::new(told.0), output: told.1 };
        assert_eq!(refused(|request| request.pays.push(twice)), told);
    }
}

#[test]
fn should_refuse_to_spend_what_is_not_the_wallets() {
    let uxid = Claim([2; 32]);
    let told = refused(|request| request.claims[1].owner = PAYEE);
    assert_eq!(told, RequestRefused::Foreign { uxid, owner: PAYEE });
    let twice = refused(|request| request.claims[1].uxid = Claim([1; 32]));
    assert!(matches!(twice, RequestRefused::NoTransaction(_)), "{twice}");
}

#[tokio::test]
async fn should_sign_in_the_hot_wallet_what_passes_alone() {
    let (seed, created) = (SecretString::from("a seed"), UnixTime::default());
    let new = NewWallet { filename: "test.wlt", label: "test", seed: &seed, addresses: 1, created };
    let wallet = HotWallet::new(Wallet::load(new.to_json().unwrap().as_bytes(), None).unwrap());
    let own = wallet.change_address();
    let mut request = request();
    request.claims.iter_mut().for_each(|claim| claim.owner = own);
    request.outputs[1].address = own;
    let signed = wallet.sign(&request).await.unwrap();
    assert_eq!(signed.inner_hash(), request.unsigned().unwrap().inner_hash());
    assert_eq!(signed.verify_signatures(&request.owners()), Ok(()));

    request.outputs[1].address = PAYEE;
    let why = RequestRefused::Stranger { output: 1, address: PAYEE };
    let told = SignerError::Refused { attempt: AttemptNo::FIRST, why };
    assert_eq!(wallet.sign(&request).await, Err(told));
}
