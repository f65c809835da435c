//! An exchange that is slow and obviously right: lists that are searched from end to end, prices and quantities as they
//! are asked for, and what is frozen added up anew each time.

use crate::exchange::engine::{
    AccountId, AccountSettings, Asset, AssetId, ExpiryReason, FeeCoin, IdPolicy, MAX_UNITS, MarketId,
    MarketSpec, MarketState, OrderKind, OrderRequest, OrderState, Refusal, RejectReason, SelfTrade, Side,
    Terms, TimeInForce,
};

#[derive(Debug, Clone)]
pub(super) struct NaiveOrder {
    pub(super) account: AccountId,
    pub(super) market: MarketId,
    pub(super) side: Side,
    pub(super) kind: OrderKind,
    pub(super) state: OrderState,
    pub(super) price: u128,
    pub(super) quantity: u128,
    pub(super) spend: u128,
    pub(super) filled: u128,
    pub(super) quote: u128,
    pub(super) fee: u128,
    fee_asset: AssetId,
    maker_ppb: u128,
    taker_ppb: u128,
    client_id: Option<String>,
}

/// Price, quantity, quote, maker, taker, the maker's fee, the taker's fee.
pub(super) type NaiveTrade = (u128, u128, u128, usize, usize, u128, u128);

#[derive(Debug, Clone, Default)]
pub(super) struct Naive {
    pub(super) assets: Vec<Asset>,
    pub(super) markets: Vec<(MarketSpec, MarketState)>,
    pub(super) accounts: Vec<AccountSettings>,
    /// All that an account has of an asset, frozen or not.
    pub(super) money: Vec<Vec<i128>>,
    pub(super) fees: Vec<u128>,
    pub(super) orders: Vec<NaiveOrder>,
    /// By market.
    pub(super) trades: Vec<Vec<NaiveTrade>>,
}

fn part(amount: u128, ppb: u128) -> u128 {
    amount * ppb / 1_000_000_000
}

impl NaiveOrder {
    fn paid(&self, spec: &MarketSpec) -> AssetId {
        if self.side == Side::Buy { spec.quote } else { spec.base }
    }

    fn with_fee(&self, spec: &MarketSpec, amount: u128, ppb: u128) -> u128 {
        if self.fee_asset == self.paid(spec) { amount + part(amount, ppb) } else { amount }
    }
}

impl Naive {
    fn spec(&self, market: MarketId) -> &MarketSpec {
        &self.markets[market.index()].0
    }

    fn cost(&self, market: MarketId, price: u128, quantity: u128) -> u128 {
        let spec = self.spec(market);
        let decimals = |asset: AssetId| u32::from(self.assets[asset.index()].decimals);
        let product = price * quantity * 10u128.pow(decimals(spec.quote));
        let below = 10u128.pow(u32::from(spec.price_decimals) + decimals(spec.base));
        assert_eq!(product % below, 0, "costs are whole");
        product / below
    }

    /// What the rest of an order needs, with a fee of this rate.
    fn needs(&self, order: &NaiveOrder, ppb: u128) -> u128 {
        let rest = order.quantity - order.filled;
        let paid = if order.side == Side::Buy { self.cost(order.market, order.price, rest) } else { rest };
        order.with_fee(self.spec(order.market), paid, ppb)
    }

    pub(super) fn frozen(&self, account: AccountId, asset: AssetId) -> u128 {
        let open = self.orders.iter().filter(|order| !order.state.is_final() && order.account == account);
        let paying = open.filter(|order| order.paid(self.spec(order.market)) == asset);
        paying.map(|order| self.needs(order, order.maker_ppb)).sum()
    }

    pub(super) fn free(&self, account: AccountId, asset: AssetId) -> u128 {
        let money = self.money[account.index()][asset.index()];
        u128::try_from(money).unwrap() - self.frozen(account, asset)
    }

    /// Returns the place of the order, and whether it was there before.
    pub(super) fn place(
        &mut self,
        account: AccountId,
        request: &OrderRequest<'_>,
    ) -> Result<(usize, bool), &'static str> {
        if self.markets[request.market.index()].1 != MarketState::Trading {
            return Err("NotTrading");
        }
        if let Some(order) = self.repeated(account, request)? {
            return Ok((order, true));
        }
        self.look_at(request)?;
        let mut order = self.make(account, request);
        let self_trade = request.self_trade.unwrap_or(self.accounts[account.index()].self_trade);
        match self.admit(&order, self_trade) {
            Ok(()) => self.execute(order, self_trade),
            Err((name, reason)) if request.refusal == Refusal::Recorded => {
                assert!(!name.is_empty());
                order.state = OrderState::Rejected(reason);
                self.orders.push(order);
            }
            Err((name, _)) => return Err(name),
        }
        Ok((self.orders.len() - 1, false))
    }

    fn repeated(
        &self,
        account: AccountId,
        request: &OrderRequest<'_>,
    ) -> Result<Option<usize>, &'static str> {
        let Some(client_id) = request.client_id else {
            return Ok(None);
        };
        let is_named = |order: &&NaiveOrder| {
            order.account == account && order.client_id.as_deref() == Some(client_id.id)
        };
        let newest = self.orders.iter().rposition(|order| is_named(&order));
        let is_open = self.orders.iter().filter(is_named).any(|order| !order.state.is_final());
        match client_id.policy {
            IdPolicy::UniqueForEver if newest.is_some() => Err("IdTaken"),
            IdPolicy::UniqueAmongOpen if is_open => Err("IdTaken"),
            IdPolicy::ReturnsExisting => Ok(newest),
            _ => Ok(None),
        }
    }

    fn look_at(&self, request: &OrderRequest<'_>) -> Result<(), &'static str> {
        let spec = self.spec(request.market);
        let quantity_is_fine = |quantity: u128| {
            if quantity < spec.min_quantity || quantity > spec.max_quantity {
                return Err("Quantity");
            }
            if quantity.is_multiple_of(spec.step) { Ok(()) } else { Err("Step") }
        };
        match request.terms {
            Terms::Limit { price, quantity, .. } => {
                if price.get() == 0 || !price.get().is_multiple_of(spec.tick.get()) {
                    return Err("Price");
                }
                quantity_is_fine(quantity)?;
                let worth = self.cost(request.market, price.get().into(), quantity);
                if worth < spec.min_notional { Err("Notional") } else { Ok(()) }
            }
            Terms::Market { quantity } => quantity_is_fine(quantity),
            Terms::MarketSpend { .. } if request.side == Side::Sell => Err("SpendOnSell"),
            Terms::MarketSpend { quote } if quote > MAX_UNITS => Err("Spend"),
            Terms::MarketSpend { quote } if quote < spec.min_notional => Err("Notional"),
            Terms::MarketSpend { .. } => Ok(()),
        }
    }

    fn make(&self, account: AccountId, request: &OrderRequest<'_>) -> NaiveOrder {
        let (spec, settings) = (self.spec(request.market), self.accounts[account.index()]);
        let fees = settings.fees.unwrap_or(spec.fees);
        let fee_asset = match settings.fee_coin.unwrap_or(spec.fee_coin) {
            FeeCoin::Received if request.side == Side::Buy => spec.base,
            FeeCoin::Received | FeeCoin::Quote => spec.quote,
            FeeCoin::Base => spec.base,
        };
        let (kind, price, quantity, spend) = match request.terms {
            Terms::Limit { price, quantity, time_in_force } => {
                (OrderKind::Limit(time_in_force), u128::from(price.get()), quantity, 0)
            }
            Terms::Market { quantity } => (OrderKind::Market, 0, quantity, 0),
            Terms::MarketSpend { quote } => (OrderKind::MarketSpend, 0, 0, quote),
        };
        NaiveOrder {
            account,
            market: request.market,
            side: request.side,
            kind,
            state: OrderState::Open,
            price,
            quantity,
            spend,
            filled: 0,
            quote: 0,
            fee: 0,
            fee_asset,
            maker_ppb: fees.maker.ppb().into(),
            taker_ppb: fees.taker.ppb().into(),
            client_id: request.client_id.map(|client_id| client_id.id.to_owned()),
        }
    }

    fn admit(&self, order: &NaiveOrder, self_trade: SelfTrade) -> Result<(), (&'static str, RejectReason)> {
        if order.kind == OrderKind::Limit(TimeInForce::PostOnly)
            && self
                .best(order)
                .is_some_and(|place| accepts(order, Some(order.price), self.orders[place].price))
        {
            return Err(("WouldTake", RejectReason::WouldTake));
        }
        let needed = match order.kind {
            OrderKind::MarketSpend => order.spend,
            OrderKind::Market if order.side == Side::Buy => {
                // What it would cost is found by doing it.
                let (mut trial, mut copy) = (self.clone(), order.clone());
                trial.trade(&mut copy, self_trade);
                copy.with_fee(self.spec(order.market), copy.quote, copy.taker_ppb)
            }
            OrderKind::Market | OrderKind::Limit(_) => {
                self.needs(order, order.maker_ppb.max(order.taker_ppb))
            }
        };
        let free = self.free(order.account, order.paid(self.spec(order.market)));
        if needed > free { Err(("Balance", RejectReason::Balance)) } else { Ok(()) }
    }

    fn execute(&mut self, mut order: NaiveOrder, self_trade: SelfTrade) {
        let before = self.clone();
        let untouched = order.clone();
        let stop = self.trade(&mut order, self_trade);
        let reason = match order.kind {
            OrderKind::Limit(TimeInForce::FillOrKill) if order.filled < order.quantity => {
                *self = before;
                order = untouched;
                Some(ExpiryReason::FillOrKill)
            }
            _ if stop == "self" => Some(ExpiryReason::SelfTrade),
            _ if stop == "little" && order.filled == 0 => Some(ExpiryReason::TooLittle),
            _ if stop == "done" || stop == "little" => None,
            OrderKind::Limit(TimeInForce::ImmediateOrCancel) => Some(ExpiryReason::ImmediateOrCancel),
            OrderKind::Limit(_) => None,
            _ if stop == "empty" => Some(ExpiryReason::NoLiquidity),
            _ => Some(ExpiryReason::PriceRange),
        };
        let is_over = stop == "done" || stop == "little";
        order.state = match reason {
            Some(reason) => OrderState::Expired(reason),
            None if is_over => OrderState::Filled,
            None if order.filled > 0 => OrderState::PartlyFilled,
            None => OrderState::Open,
        };
        self.orders.push(order);
    }

    /// The place of the order that one trades with next.
    fn best(&self, order: &NaiveOrder) -> Option<usize> {
        let is_other = |other: &NaiveOrder| {
            !other.state.is_final() && other.market == order.market && other.side == order.side.opposite()
        };
        let others = (0..self.orders.len()).filter(|place| is_other(&self.orders[*place]));
        let price = |place: usize| i128::try_from(self.orders[place].price).unwrap();
        match order.side {
            Side::Buy => others.min_by_key(|place| (price(*place), *place)),
            Side::Sell => others.min_by_key(|place| (-price(*place), *place)),
        }
    }

    fn worst_price(&self, order: &NaiveOrder) -> Option<u128> {
        if matches!(order.kind, OrderKind::Limit(_)) {
            return Some(order.price);
        }
        let spec = self.spec(order.market);
        let (best, tick) = (self.orders[self.best(order)?].price, u128::from(spec.tick.get()));
        let far = part(best / tick, spec.price_range?.ppb().into()) * tick;
        Some(if order.side == Side::Buy { best + far } else { best - far })
    }

    fn trade(&mut self, order: &mut NaiveOrder, self_trade: SelfTrade) -> &'static str {
        let worst = self.worst_price(order);
        let spec = self.spec(order.market).clone();
        // The most of `spend` that leaves room for its fee.
        let ppb = if order.with_fee(&spec, 1 << 60, 1_000_000_000) > 1 << 60 { order.taker_ppb } else { 0 };
        let mut budget = order.spend * 1_000_000_000 / (1_000_000_000 + ppb);
        loop {
            let is_spend = order.kind == OrderKind::MarketSpend;
            if if is_spend { budget == 0 } else { order.filled == order.quantity } {
                return "done";
            }
            let Some(place) = self.best(order) else {
                return "empty";
            };
            let maker = self.orders[place].clone();
            if !accepts(order, worst, maker.price) {
                return "bound";
            }
            if maker.account == order.account && self_trade != SelfTrade::Allow {
                if self_trade != SelfTrade::ExpireTaker {
                    self.orders[place].state = OrderState::Expired(ExpiryReason::SelfTrade);
                }
                if self_trade != SelfTrade::ExpireMaker {
                    return "self";
                }
                continue;
            }
            let step_cost = self.cost(order.market, maker.price, spec.step);
            let wanted =
                if is_spend { budget / step_cost * spec.step } else { order.quantity - order.filled };
            let quantity = wanted.min(maker.quantity - maker.filled);
            if quantity == 0 {
                return "little";
            }
            let cost = self.settle(order, place, quantity);
            budget = budget.saturating_sub(cost);
        }
    }

    /// Returns what the trade cost.
    fn settle(&mut self, order: &mut NaiveOrder, place: usize, quantity: u128) -> u128 {
        let quote = self.cost(order.market, self.orders[place].price, quantity);
        let mut maker = self.orders[place].clone();
        let maker_ppb = maker.maker_ppb;
        let maker_fee = self.move_money(&mut maker, maker_ppb, quantity, quote);
        let taker_ppb = order.taker_ppb;
        let taker_fee = self.move_money(order, taker_ppb, quantity, quote);
        maker.state =
            if maker.filled == maker.quantity { OrderState::Filled } else { OrderState::PartlyFilled };
        let trade = (maker.price, quantity, quote, place, self.orders.len(), maker_fee, taker_fee);
        self.trades[order.market.index()].push(trade);
        self.orders[place] = maker;
        quote
    }

    fn move_money(&mut self, order: &mut NaiveOrder, ppb: u128, quantity: u128, quote: u128) -> u128 {
        let spec = self.spec(order.market).clone();
        let fee = part(if order.fee_asset == spec.base { quantity } else { quote }, ppb);
        let sign = if order.side == Side::Buy { 1 } else { -1 };
        let money = &mut self.money[order.account.index()];
        money[spec.base.index()] += sign * i128::try_from(quantity).unwrap();
        money[spec.quote.index()] -= sign * i128::try_from(quote).unwrap();
        money[order.fee_asset.index()] -= i128::try_from(fee).unwrap();
        self.fees[order.fee_asset.index()] += fee;
        order.filled += quantity;
        order.quote += quote;
        order.fee += fee;
        fee
    }
}

fn accepts(order: &NaiveOrder, worst: Option<u128>, price: u128) -> bool {
    match (worst, order.side) {
        (None, _) => true,
        (Some(worst), Side::Buy) => price <= worst,
        (Some(worst), Side::Sell) => price >= worst,
    }
}
