//! The flame graph of a running service.

use std::pin::pin;
use std::time::Duration;

use crate::api::{Answer, Api};
use crate::desk::Desk;
use crate::ledger::Ledger;
use crate::load::Load;
use crate::rng::Rng;
use crate::support::runner::Outcome;

pub(crate) async fn should_draw_where_the_time_goes() -> Outcome {
    let mut rng = Rng::seeded("profile");
    let mut desk = Desk::prepare();
    desk.set("profile", true);
    desk.fill_pools(&mut rng);
    desk.go().await;
    let load = Load::start(&desk.api, Ledger::default(), &mut rng);
    let (svg, refusals) = take_while_others_ask(&desk.api).await;
    let mut ledger = load.end().await;
    assert!(refusals > 1, "{refusals} others asked");
    assert!(svg.starts_with("<?xml") && svg.contains("<svg") && svg.trim_end().ends_with("</svg>"));
    assert!(svg.contains("teller::store::"), "no frame of the service itself");
    for seconds in ["0", "121", "x"] {
        let answer = desk.api.get_admin(&format!("/api/profile?seconds={seconds}")).await;
        assert!(matches!(&answer, Answer::Refused(400, words) if words.contains("1 to 120")), "{answer:?}");
    }
    // It went on serving, and another profile can be had.
    ledger.assert_kept(&desk.api).await;
    desk.api.get_admin("/api/profile?seconds=1").await.done();
    desk.stop().await;
    Ok(())
}

/// Takes a profile. Others who want one meanwhile, also while it is drawn, are told at once; answers how many.
async fn take_while_others_ask(api: &Api) -> (String, u32) {
    let mut first = pin!(api.get_admin("/api/profile?seconds=1"));
    let other = api.another();
    let mut refusals = 0;
    loop {
        let second = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            other.get_admin("/api/profile?seconds=1").await
        };
        tokio::select! {
            biased;
            svg = &mut first => return (svg.done(), refusals),
            answer = second => {
                assert_eq!(answer, Answer::Refused(409, "a profile is being taken already".to_owned()));
                refusals += 1;
            }
        }
    }
}

pub(crate) async fn should_not_draw_without_being_told_to() -> Outcome {
    let mut desk = Desk::start(&mut Rng::fixed()).await;
    let answer = desk.api.get_admin("/api/profile?seconds=1").await;
    assert_eq!(answer, Answer::Refused(404, "404 page not found".to_owned()));
    desk.stop().await;
    Ok(())
}
