//! Orders, as they are asked for and as they are told.

use std::fmt;

use minicbor::{Decode, Encode};
use rust_decimal::Decimal;

/// The id that we give an order, in the form that its venue takes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct ClientId(#[n(0)] pub String);

/// The id that the venue gives an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct VenueOrderId(#[n(0)] pub String);

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for VenueOrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An order to buy up to a quantity at no more than a price, carried out at once as far as it goes. Venues that have no
/// such order rest what is left of it: see [`Exchange::rests`](super::Exchange::rests).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// The market's name at the venue.
    pub market: String,
    /// Our own id of it.
    pub client_id: ClientId,
    /// The most that is paid, in quote for one base; a multiple of the market's step.
    pub price: Decimal,
    /// How much is bought at most, in base; a multiple of the market's step.
    pub quantity: Decimal,
}

/// Whether an order can still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderState {
    /// It can still be carried out, also where a cancel was asked for.
    Open,
    /// Nothing will come to it any more: carried out, cancelled, expired or refused.
    Ended,
}

/// A fee, in whatever coin it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    /// The coin, as the venue calls it.
    pub asset: String,
    /// How much, in whole coins.
    pub amount: Decimal,
}

/// What a venue tells of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderReport {
    /// The venue's id of it.
    pub id: VenueOrderId,
    /// Ours; none where the venue does not tell it.
    pub client_id: Option<ClientId>,
    /// Whether it can still change.
    pub state: OrderState,
    /// What was bought, in base, before fees.
    pub filled: Decimal,
    /// What was spent, in quote, before fees.
    pub cost: Decimal,
    /// The fees of all its fills; none where the venue does not (yet) tell them.
    pub fees: Option<Vec<Fee>>,
}
