//! One value for each coin of the catalogue.

use std::ops::{Index, IndexMut};

use super::Coin;

/// One value for each coin of the catalogue.
///
/// Stored as the values by the coins' numbers, without those that say nothing: a coin that joins the catalogue changes
/// nothing that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerCoin<T>(Vec<T>);

impl<T> PerCoin<T> {
    /// Returns what `value` gives for each coin.
    pub fn new(value: impl FnMut(Coin) -> T) -> Self {
        PerCoin(Coin::all().map(value).collect())
    }

    /// Returns each coin with its value, in the catalogue's order.
    pub fn iter(&self) -> impl Iterator<Item = (Coin, &T)> {
        Coin::all().zip(&self.0)
    }
}

fn place(coin: Coin) -> usize {
    Coin::all().position(|other| other == coin).expect("BUG: a coin is a row of the catalogue")
}

impl<T: Default> Default for PerCoin<T> {
    fn default() -> Self {
        PerCoin::new(|_| T::default())
    }
}

impl<T> Index<Coin> for PerCoin<T> {
    type Output = T;

    fn index(&self, coin: Coin) -> &T {
        &self.0[place(coin)]
    }
}

impl<T> IndexMut<Coin> for PerCoin<T> {
    fn index_mut(&mut self, coin: Coin) -> &mut T {
        &mut self.0[place(coin)]
    }
}

impl<C, T: Default + PartialEq + minicbor::Encode<C>> minicbor::Encode<C> for PerCoin<T> {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let nothing = T::default();
        let told = || self.iter().filter(|(_, value)| **value != nothing);
        e.map(u64::try_from(told().count()).unwrap_or(u64::MAX))?;
        for (coin, value) in told() {
            coin.encode(e, context)?;
            value.encode(e, context)?;
        }
        Ok(())
    }
}

impl<'b, C, T: Default + minicbor::Decode<'b, C>> minicbor::Decode<'b, C> for PerCoin<T> {
    fn decode(d: &mut minicbor::Decoder<'b>, context: &mut C) -> Result<Self, minicbor::decode::Error> {
        let mut values = PerCoin::default();
        let count = d.map()?.ok_or_else(|| minicbor::decode::Error::message("a map without its length"))?;
        for _ in 0..count {
            let coin = Coin::decode(d, context)?;
            values[coin] = T::decode(d, context)?;
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_store_what_a_coin_that_joins_does_not_change() {
        let mut values = PerCoin::<u64>::default();
        assert_eq!(minicbor::to_vec(&values).unwrap(), [0xa0]);
        values[Coin::SKY] = 7;
        assert_eq!(minicbor::to_vec(&values).unwrap(), [0xa1, 2, 7]);
        assert_eq!(minicbor::decode::<PerCoin<u64>>(&[0xa1, 2, 7]).unwrap(), values);
        assert_eq!(minicbor::decode::<PerCoin<u64>>(&[0xa2, 0, 0, 2, 7]).unwrap(), values);
    }
}
