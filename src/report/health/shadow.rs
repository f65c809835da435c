//! What is told of a desk that only looks on beside the original.

use super::{HealthCheck, Problem, ProblemCode};
use crate::report::words::shadow as words;

impl HealthCheck {
    pub(super) fn is_shadow(&self) -> bool {
        self.outlook.shadow.is_some()
    }

    /// That it looks on, and what of that wants somebody to look.
    pub(super) fn of_shadow(&self) -> Vec<Problem> {
        let Some(board) = &self.outlook.shadow else { return Vec::new() };
        let obstacles = board.view().obstacles(self.clock.now());
        let for_people = obstacles.iter().filter(|obstacle| obstacle.is_for_a_person());
        let differs =
            for_people.map(|obstacle| Problem::new(ProblemCode::ShadowDiffers, words::in_the_way(obstacle)));
        std::iter::once(Problem::new(ProblemCode::Shadow, words::LOOKS_ON)).chain(differs).collect()
    }
}
