//! The exchange does what the naive one does.

use proptest::prelude::*;

use super::naive::Naive;
use super::operations::{Asked, Operation, operations};
use super::world::{coin, different_accounts, odd_markets};
use crate::exchange::engine::{
    AccountId, AssetId, ClientId, Exchange, ExpiryReason, MarketId, MarketState, OrderId, OrderRequest,
    OrderState, Refusal, Settings, TradeId, WithdrawalId,
};

/// Both exchanges side by side.
pub(super) struct Pair {
    exchange: Exchange,
    naive: Naive,
    assets: Vec<AssetId>,
    markets: Vec<MarketId>,
    accounts: Vec<AccountId>,
    now: u64,
}

impl Pair {
    pub(super) fn new() -> Pair {
        let mut exchange = Exchange::new(Settings::default());
        // With these decimals one lot at one tick costs 10 to 1,000 units.
        let coins = [coin("SKY", 2), coin("BTC", 1), coin("USD", 3)];
        let assets = coins.clone().map(|coin| exchange.add_asset(coin).unwrap());
        let specs = odd_markets(assets);
        let markets = specs.clone().map(|spec| exchange.add_market(spec).unwrap());
        let accounts = different_accounts().map(|settings| exchange.open_account(settings));
        let naive = Naive {
            assets: coins.to_vec(),
            markets: specs.map(|spec| (spec, MarketState::Trading)).to_vec(),
            accounts: different_accounts().to_vec(),
            money: vec![vec![0; 3]; 4],
            fees: vec![0; 3],
            orders: Vec::new(),
            trades: vec![Vec::new(); 3],
        };
        let (assets, markets, accounts) = (assets.to_vec(), markets.to_vec(), accounts.to_vec());
        let mut pair = Pair { exchange, naive, assets, markets, accounts, now: 0 };
        for account in 0..4 {
            for asset in 0..3 {
                pair.apply(&Operation::Deposit(account, asset, 9_000 + 1_000 * account as u128));
            }
        }
        pair
    }

    /// Does it in both; returns the name of a refused order's error.
    pub(super) fn apply(&mut self, operation: &Operation) -> Option<String> {
        self.now += 1_000;
        match operation {
            Operation::Place(asked) => return self.place(asked),
            Operation::Cancel(who, one) => self.cancel(*who, one.index(self.naive.orders.len() + 1)),
            Operation::HoldCancel(who, one) => self.hold(*who, one.index(self.naive.orders.len() + 1)),
            Operation::CancelAll(who, market) => self.cancel_all(*who, market.map(|one| self.markets[one])),
            Operation::Deposit(who, asset, amount) => {
                self.exchange.deposit(self.accounts[*who], self.assets[*asset], *amount).unwrap();
                self.naive.money[*who][*asset] += i128::try_from(*amount).unwrap();
            }
            Operation::Withdraw(who, asset, amount) => self.withdraw(*who, *asset, *amount),
            Operation::EndWithdrawal(one, is_sent) => {
                let count = self.exchange.withdrawals().len();
                self.end_withdrawal(WithdrawalId::new(one.index(count + 1) as u64 + 1), *is_sent);
            }
            Operation::SetState(market, state) => self.set_state(*market, *state),
        }
        None
    }

    /// Returns the states that orders have.
    pub(super) fn states(&self) -> impl Iterator<Item = String> {
        self.naive.orders.iter().map(|order| format!("{:?}", order.state))
    }

    fn place(&mut self, asked: &Asked) -> Option<String> {
        let Asked { side, terms, self_trade, refusal, .. } = *asked;
        let (account, market) = (self.accounts[asked.account], self.markets[asked.market]);
        let client_id = asked.client_id.as_ref().map(|(id, policy)| ClientId { id, policy: *policy });
        let request = OrderRequest { market, side, terms, client_id, self_trade, refusal };
        let expected = self.naive.place(account, &request);
        let tried = self.exchange.validate(account, &request);
        let placed = self.exchange.place(account, &request, self.now);
        if refusal == Refusal::Error {
            assert_eq!(tried.err(), placed.clone().err());
        }
        match (placed, expected) {
            (Ok(placed), Ok(expected)) => {
                let place = usize::try_from(placed.order.get() - 1).unwrap();
                assert_eq!((place, placed.is_repeat), expected);
                None
            }
            (Err(error), Err(expected)) => {
                let name = format!("{error:?}");
                assert_eq!(name.split([' ', '{']).next(), Some(expected));
                Some(expected.to_owned())
            }
            (placed, expected) => panic!("{placed:?}, expected {expected:?}"),
        }
    }

    fn is_cancellable(&self, who: usize, place: usize) -> bool {
        let order = self.naive.orders.get(place);
        order.is_some_and(|order| order.account == self.accounts[who] && !order.state.is_final())
    }

    fn cancel(&mut self, who: usize, place: usize) {
        let done = self.exchange.cancel(self.accounts[who], OrderId::new(place as u64 + 1), self.now);
        assert_eq!(done.is_ok(), self.is_cancellable(who, place), "{done:?}");
        if done.is_ok() {
            self.naive.orders[place].state = OrderState::Cancelled;
        }
    }

    fn hold(&mut self, who: usize, place: usize) {
        let id = OrderId::new(place as u64 + 1);
        let held = self.exchange.hold_cancel(self.accounts[who], id, self.now);
        assert_eq!(held.is_ok(), self.is_cancellable(who, place), "{held:?}");
        let is_shown = self.exchange.order(self.accounts[who], id).is_some_and(|order| order.is_cancelling);
        assert!(is_shown || held.is_err());
    }

    fn cancel_all(&mut self, who: usize, market: Option<MarketId>) {
        let account = self.accounts[who];
        let count = self.exchange.cancel_all(account, market, self.now);
        let open = self.naive.orders.iter_mut().filter(|order| !order.state.is_final());
        let own = open.filter(|order| order.account == account);
        let meant = own.filter(|order| market.is_none_or(|market| market == order.market));
        assert_eq!(meant.map(|order| order.state = OrderState::Cancelled).count(), count);
    }

    fn withdraw(&mut self, who: usize, asset: usize, amount: u128) {
        let (account, coin) = (self.accounts[who], self.assets[asset]);
        let is_possible = amount >= 10 && amount + 3 <= self.naive.free(account, coin);
        let asked = self.exchange.request_withdrawal(account, coin, amount, "address", self.now);
        assert_eq!(asked.is_ok(), is_possible, "{asked:?}");
        if is_possible {
            self.naive.money[who][asset] -= i128::try_from(amount + 3).unwrap();
        }
    }

    fn end_withdrawal(&mut self, id: WithdrawalId, is_sent: bool) {
        let found = self.exchange.withdrawals().get(usize::try_from(id.get() - 1).unwrap()).cloned();
        let ended = if is_sent {
            self.exchange.send_withdrawal(id, "txid", self.now)
        } else {
            self.exchange.refuse_withdrawal(id, self.now)
        };
        let Some(withdrawal) = found.filter(|_| ended.is_ok()) else {
            return;
        };
        let asset = withdrawal.asset.index();
        if is_sent {
            self.naive.fees[asset] += withdrawal.fee;
        } else {
            let back = i128::try_from(withdrawal.amount + withdrawal.fee).unwrap();
            self.naive.money[withdrawal.account.index()][asset] += back;
        }
    }

    fn set_state(&mut self, market: usize, state: MarketState) {
        self.exchange.set_market_state(self.markets[market], state, self.now);
        self.naive.markets[market].1 = state;
        let open = self.naive.orders.iter_mut().filter(|order| !order.state.is_final());
        for order in open.filter(|order| order.market.index() == market && state == MarketState::Gone) {
            order.state = OrderState::Expired(ExpiryReason::MarketGone);
        }
    }

    fn compare(&self) {
        self.exchange.check_totals().unwrap();
        self.exchange.check().unwrap();
        for account in &self.accounts {
            for asset in &self.assets {
                let balance = self.exchange.balance(*account, *asset);
                let expected = (self.naive.free(*account, *asset), self.naive.frozen(*account, *asset));
                assert_eq!((balance.free, balance.frozen), expected, "{account:?} {asset:?}");
            }
        }
        for asset in &self.assets {
            assert_eq!(self.exchange.totals(*asset).fees, self.naive.fees[asset.index()]);
        }
        for (place, expected) in self.naive.orders.iter().enumerate() {
            let order = self.exchange.order(expected.account, OrderId::new(place as u64 + 1)).unwrap();
            assert_eq!(order.state, expected.state, "{order:?}");
            let traded = (order.filled, order.filled_quote, order.fee);
            assert_eq!(traded, (expected.filled, expected.quote, expected.fee), "{order:?}");
            assert_eq!((order.side, order.kind), (expected.side, expected.kind));
            assert_eq!(order.price.map_or(0, |price| u128::from(price.get())), expected.price);
            let fills = self.exchange.fills(order.id);
            let sums = fills.iter().fold((0, 0, 0), |(quantity, quote, fee), fill| {
                (quantity + fill.quantity, quote + fill.quote, fee + fill.fee)
            });
            assert_eq!(sums, traded, "{fills:?}");
        }
        self.compare_trades();
    }

    fn compare_trades(&self) {
        for market in &self.markets {
            let trades = self.exchange.trades(*market, TradeId::new(1)).map(|trade| {
                let place = |order: OrderId| usize::try_from(order.get() - 1).unwrap();
                let (maker, taker) = (place(trade.maker), place(trade.taker));
                let (price, quantity) = (u128::from(trade.price.get()), trade.quantity);
                (price, quantity, trade.quote, maker, taker, trade.maker_fee, trade.taker_fee)
            });
            assert_eq!(trades.collect::<Vec<_>>(), self.naive.trades[market.index()]);
        }
    }
}

proptest! {
    #[test]
    fn should_do_what_the_naive_exchange_does(operations in operations()) {
        let mut pair = Pair::new();
        for operation in &operations {
            pair.apply(operation);
            pair.compare();
        }
    }
}
