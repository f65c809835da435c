//! Scenarios `throttle`, `throttle-small`, `throttle-big` and `throttle-proxy`.

use super::Ours::{AfterBurst, Bound, Statuses};
use super::{Deviation, FROM_ZERO, NOBODY, was};

const ONE_A_SECOND: &str = "60 in 60s means one a second, with a burst of one";

pub(super) const TABLE: &[Deviation] = &[
    was("throttle", "throttle: 1st status", "{}", NOBODY),
    was("throttle", "throttle: 2nd status at once", ONE_A_SECOND, NOBODY),
    was("throttle", "throttle: 2nd bind at once", ONE_A_SECOND, Bound("1HWbuhpB6xrLYMUQDgyokGxXnshNhpBGxc")),
    was("throttle", "throttle: invalid method also counts", ONE_A_SECOND, AfterBurst(58)),
    was("throttle", "throttle: refused with allowed origin", ONE_A_SECOND, AfterBurst(58)),
    was(
        "throttle",
        "throttle: one second later",
        FROM_ZERO,
        Statuses(&[(1, "waiting_deposit", "BTC"), (2, "waiting_deposit", "BTC")]),
    ),
    was("throttle-small", "throttle 2/60s: request 1", "{}", NOBODY),
    was("throttle-small", "throttle 2/60s: request 2", "2 in 60s means a burst of one", NOBODY),
    was("throttle-big", "throttle 180/60s: request 1", "{}", NOBODY),
    was("throttle-big", "throttle 180/60s: request 2", "{}", NOBODY),
    was("throttle-big", "throttle 180/60s: request 3", "{}", NOBODY),
    was("throttle-big", "throttle 180/60s: request 4", "180 in 60s means a burst of three", AfterBurst(177)),
    was("throttle-proxy", "proxy: client 1.1.1.1", "{}", NOBODY),
    was("throttle-proxy", "proxy: client 1.1.1.1 again", ONE_A_SECOND, AfterBurst(59)),
    was("throttle-proxy", "proxy: client 2.2.2.2", "{}", NOBODY),
    was("throttle-proxy", "proxy: list, last entry 3.3.3.3", "{}", NOBODY),
    was("throttle-proxy", "proxy: list, last entry 3.3.3.3 again, other first", ONE_A_SECOND, AfterBurst(59)),
    was("throttle-proxy", "proxy: no header -> remote address", "{}", NOBODY),
    was("throttle-proxy", "proxy: no header again", ONE_A_SECOND, AfterBurst(59)),
];
