//! What happens to prices that live: they move, jump, grow old, disagree, and are away.

use rust_decimal::Decimal;
use teller::price::Promised;
use teller::testing::{StepEnd, World};
use teller::types::Coin;

use super::history::{Act, History, Setup, at_the_exchange};
use crate::random::Random;

/// The most that is bought at in a world whose prices live.
const CEILING: Decimal = Decimal::from_parts(205, 0, 0, false, 5);
/// What the exchange asks in the end, in hundred thousandths.
const CALM: u32 = 200;

impl History {
    /// The same things, to a desk whose prices live; every second one buys upstream too.
    pub(crate) fn living(coin: Coin, seed: u64) -> History {
        let is_direct = seed.is_multiple_of(2);
        let mut history = if is_direct { History::on(coin, seed) } else { History::upstream(coin, seed) };
        let mut random = Random::new(seed ^ 0x11fe);
        history.setup.living = Some(if random.one_in(3) { Promised::Final } else { Promised::Seen });
        for step in &mut history.steps {
            match random.below(8) {
                0 => step.act = moved(&mut random),
                1 | 2 => step.act = Act::Price,
                3 => step.act = Act::Push { hundredths: 92 + u32::try_from(random.below(16)).unwrap() },
                4 if random.one_in(3) => step.act = Act::AcceptJumps,
                5 if random.one_in(4) => step.seconds = 650,
                _ => {}
            }
        }
        history
    }
}

/// By a little, or out of all bounds.
fn moved(random: &mut Random) -> Act {
    let mut act = at_the_exchange(random);
    if let Act::Exchange { price, .. } = &mut act {
        *price = match random.below(4) {
            0 => 120 + u32::try_from(random.below(200)).unwrap(),
            _ => 195 + u32::try_from(random.below(10)).unwrap(),
        };
    }
    act
}

/// The most that is paid for what is bought.
pub(super) fn ceiling(setup: &Setup) -> Option<Decimal> {
    setup.living.map(|_| CEILING)
}

/// Does what is done about prices; none where it is something else.
pub(super) async fn act(world: &mut World, act: &Act) -> Option<StepEnd> {
    match *act {
        Act::Price => Some(world.pricer_step().await),
        Act::AcceptJumps => Some(world.accept_jumps().await),
        Act::Push { hundredths } => {
            let asks = world.exchange.state().asks * Decimal::from(100_000 * u64::from(hundredths));
            Some(world.push(&format!("10000000/{}", asks.trunc().normalize())).await)
        }
        _ => None,
    }
}

/// The price is as the operator thinks, is told by everybody, and is accepted.
pub(super) async fn calm(world: &mut World) {
    if world.settings.living.is_none() {
        return;
    }
    world.exchange.change(|state| state.asks = Decimal::new(CALM.into(), 5));
    world.note_price();
    for _ in 0..3 {
        world.clock.advance(15);
        world.push("500").await;
        world.pricer_step().await;
        world.accept_jumps().await;
    }
}
