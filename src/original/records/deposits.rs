//! What was deposited and what became of it, and what was seen and not taken up.

use std::collections::{HashMap, HashSet};

use super::bindings::ByAddress;
use super::json::{Info, Seen};
use super::source::{INFOS, Named, SEEN, Source, coin, payee};
use super::{OriginalDeposit, RecordError, Unhandled};
use crate::address::DepositAddress;
use crate::coins::Family;
use crate::payout::PublicStatus;
use crate::types::{BuyMethod, Coin, DepositId, Droplets, Height, TxId, Units, UnixTime};

/// Wei in one gwei, which the original counts ether in.
const GWEI: u128 = 1_000_000_000;

/// Reads all deposits, in the order of their numbers.
pub(super) fn read(
    source: &Source<'_>,
    bound: &ByAddress<'_>,
    differences: &mut Vec<String>,
) -> Result<Vec<OriginalDeposit>, RecordError> {
    let Some(named) = source.named(INFOS) else { return Ok(Vec::new()) };
    let mut all = Vec::with_capacity(named.bucket.pairs.len());
    for (key, value) in &named.bucket.pairs {
        let info: Info = named.json(key, value)?;
        if info.btc_tx.is_some() || info.btc_address.is_some() {
            return Err(RecordError::TooOld { found: "its deposits have fields BtcTx and BtcAddress" });
        }
        all.push(one(source, bound, &named, key, info, differences)?);
    }
    all.sort_by_key(|deposit| deposit.seq);
    if let Some([first, _]) = all.array_windows().find(|[first, second]| first.seq == second.seq) {
        let why = format!("number {} is given to two deposits", first.seq);
        return Err(named.wrong(first.id.to_string().as_bytes(), why));
    }
    let last = all.last().map_or(0, |deposit| deposit.seq);
    if last != named.bucket.sequence {
        let given = named.bucket.sequence;
        differences.push(format!("the last deposit has number {last}, and {given} were given"));
    }
    Ok(all)
}

fn one(
    source: &Source<'_>,
    bound: &ByAddress<'_>,
    named: &Named<'_>,
    key: &[u8],
    info: Info,
    differences: &mut Vec<String>,
) -> Result<OriginalDeposit, RecordError> {
    let wrong = |why: String| named.wrong(key, why);
    let Place { id, address, amount, height } = place(source, key, &info.deposit).map_err(wrong)?;
    let binding = bound.get(&address.key());
    let binding = binding.ok_or_else(|| wrong(format!("it came to {address}, which is bound to nobody")))?;
    let (payee, has_blanks) = payee(&info.sky_address).map_err(wrong)?;
    if payee != binding.payee {
        let why = format!("it is to be paid to {payee}, and {address} is bound to {}", binding.payee);
        return Err(wrong(why));
    }
    agree(&info, id.coin, amount).map_err(wrong)?;
    let status = info.status.read();
    let status = status.ok_or_else(|| wrong(format!("{:?} is no status of the original", info.status)))?;
    let updated_at = u64::try_from(info.updated_at);
    let updated_at = updated_at.map_err(|_| wrong("it was changed before 1970".to_owned()))?;
    let method = method(&info.buy_method).map_err(wrong)?;
    let mut tell = |words: String| differences.push(format!("deposit {id}: {words}"));
    if has_blanks {
        tell("blanks around its payee, which are left out".to_owned());
    }
    oddities(&info, key, status, &mut tell);
    let txid = transaction(&info.txid, &mut tell);
    let order = info.passthrough.order;
    Ok(OriginalDeposit {
        seq: info.seq,
        id,
        address,
        payee,
        amount,
        rate: info.conversion_rate,
        height,
        updated_at: UnixTime::new(updated_at),
        method,
        status,
        txid,
        sent: Droplets::new(info.sky_sent),
        bought: Droplets::new(info.passthrough.sky_bought),
        error: info.error,
        order: if order.order_id.is_empty() { order.customer_id } else { order.order_id },
    })
}

/// Holds what a record repeats of the deposit in it against that.
fn agree(info: &Info, coin: Coin, amount: Units) -> Result<(), String> {
    let value = i128::from(info.deposit_value).checked_mul(i128::from(unit(coin)));
    if info.deposit_value != 0 && value != i128::try_from(amount.get()).ok() {
        let (told, seen) = (info.deposit_value, info.deposit.value);
        return Err(format!("its deposit_value is {told}, and the deposit in it has {seen}"));
    }
    if !info.coin_type.is_empty() && info.coin_type != coin.code() {
        return Err(format!("it is of {:?}, and the deposit in it of {coin}", info.coin_type));
    }
    Ok(())
}

/// Tells what is odd about a record, and changes nothing of what counts.
fn oddities(info: &Info, key: &[u8], status: PublicStatus, tell: &mut impl FnMut(String)) {
    if !info.deposit_id.is_empty() && info.deposit_id.as_bytes() != key {
        tell(format!("it calls itself {:?}", info.deposit_id));
    }
    if !info.deposit_address.is_empty() && info.deposit_address != info.deposit.address {
        tell(format!("it came to {:?} by one word of it", info.deposit_address));
    }
    let (bought, sent) = (info.passthrough.sky_bought, info.sky_sent);
    if status == PublicStatus::Done && bought > sent {
        let (bought, sent) = (Droplets::new(bought), Droplets::new(sent));
        tell(format!("{bought} SKY were bought for it, and {sent} paid"));
    }
}

/// The transaction that a deposit names; none where it names none, or one that cannot be.
fn transaction(text: &str, tell: &mut impl FnMut(String)) -> Option<TxId> {
    let txid = TxId::parse(text).ok();
    if txid.is_none() && !text.is_empty() {
        tell(format!("{text:?} is no transaction: it counts as paid by none"));
    }
    txid
}

fn method(text: &str) -> Result<BuyMethod, String> {
    match text {
        "" | "direct" => Ok(BuyMethod::Direct),
        "passthrough" => Ok(BuyMethod::Passthrough),
        other => Err(format!("{other:?} is neither direct nor passthrough")),
    }
}

/// Where coins came to, and how many.
struct Place {
    id: DepositId,
    address: DepositAddress,
    amount: Units,
    height: Height,
}

fn place(source: &Source<'_>, key: &[u8], seen: &Seen) -> Result<Place, String> {
    let coin = coin(&seen.coin_type)?;
    let address = source.address(coin, &seen.address)?;
    let called = format!("{}:{}", seen.tx, seen.n);
    if called.as_bytes() != key {
        return Err(format!("the deposit in it is {called:?}"));
    }
    let value = u128::try_from(seen.value).ok().filter(|value| *value > 0);
    let amount = value.and_then(|value| value.checked_mul(u128::from(unit(coin))));
    let amount = amount.ok_or_else(|| format!("{} is no amount of a deposit", seen.value))?;
    let height =
        u64::try_from(seen.height).map_err(|_| format!("{} is no height of a block", seen.height))?;
    let id = DepositId { coin, tx: written(&seen.tx), n: seen.n, token: None };
    Ok(Place { id, address, amount: Units::new(amount), height: Height::new(height) })
}

/// Smallest units in one of what the original counts.
fn unit(coin: Coin) -> u64 {
    match coin.family() {
        Family::Ethereum => u64::try_from(GWEI).unwrap_or(u64::MAX),
        Family::BitcoinLike | Family::Skycoin => 1,
    }
}

/// A transaction as its chain is read here: hexadecimal digits in lower case.
fn written(tx: &str) -> String {
    let digits = tx.strip_prefix("0x").unwrap_or(tx);
    let is_hash = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash { tx.to_lowercase() } else { tx.to_owned() }
}

/// What the scanner saw, and nothing became of.
pub(super) fn unhandled(
    source: &Source<'_>,
    deposits: &[OriginalDeposit],
    differences: &mut Vec<String>,
) -> Result<Vec<Unhandled>, RecordError> {
    let Some(named) = source.named(SEEN) else { return Ok(Vec::new()) };
    let taken: HashMap<_, _> = deposits.iter().map(|deposit| (&deposit.id, deposit)).collect();
    let (mut left, mut seen) = (Vec::new(), HashSet::new());
    for (key, value) in &named.bucket.pairs {
        let value: Seen = named.json(key, value)?;
        let place = place(source, key, &value).map_err(|why| named.wrong(key, why))?;
        let Place { id, address, amount, height } = place;
        match taken.get(&id) {
            None => left.push(Unhandled { id: id.clone(), address, amount, height }),
            Some(deposit) if deposit.amount != amount || deposit.address.key() != address.key() => {
                let why = format!("it differs from what {INFOS} has of it");
                return Err(named.wrong(key, why));
            }
            Some(_) => {}
        }
        seen.insert(id);
    }
    // In dummy mode nothing is seen, and everything taken up.
    if !seen.is_empty() {
        let unseen = deposits.iter().filter(|deposit| !seen.contains(&deposit.id));
        differences.extend(unseen.map(|deposit| format!("deposit {}: its scanner never saw it", deposit.id)));
    }
    left.sort_by(|a, b| (a.id.coin, a.height, &a.id).cmp(&(b.id.coin, b.height, &b.id)));
    Ok(left)
}
