//! Receivers of events that are away for long: nobody waits for them, and they hear everything once they are back.

use teller::skycoin::Address;
use teller::testing::World;
use teller::types::Droplets;

const HOURS: u8 = 7 * 24;

/// An hour of the desk's: somebody buys, and is paid.
async fn purchase(world: &mut World, hour: u8) {
    world.clock.advance(60 * 60);
    world.bind(Address::from_bytes([hour.saturating_add(1); 20])).await;
    let address = world.acked.binds.last().unwrap().1;
    world.deposit(address, &format!("{hour:02x}"), 0, 200_000).await;
    world.work().await;
    world.confirm_all();
    world.work().await;
}

#[tokio::test]
async fn should_tell_a_receiver_that_was_away_for_a_week_everything_in_order() {
    let mut world = World::new(Droplets::new(1_000_000_000_000), 400);
    world.settings.has_receivers = true;
    world.stop();
    world.start().unwrap();
    world.send_away(true);
    for hour in 0..HOURS {
        purchase(&mut world, hour).await;
        // Neither a restart nor a loss of power makes it forget whom it has to tell what.
        match hour {
            50 => world.stop(),
            100 => world.cut_power(|| false),
            _ => continue,
        }
        world.start().unwrap();
    }
    world.verify(false).unwrap();
    let [well, away] = world.heard();
    assert!(well >= usize::from(HOURS) * 7, "{well} events");
    assert_eq!(away, 0);
    world.send_away(false);
    world.rest().await;
    world.verify(true).unwrap();
    let [well, back] = world.heard();
    assert_eq!(well, back);
}
